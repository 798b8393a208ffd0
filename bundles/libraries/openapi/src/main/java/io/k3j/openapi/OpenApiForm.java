package io.k3j.openapi;

import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The messages of OpenAPI 2 and their fields, by the numbers of
/// <https://github.com/google/gnostic-models/blob/main/openapiv2/OpenAPIv2.proto>: what [Gnostic] writes, and what
/// [OpenApiFit] takes from other servers. Pure; any thread.
final class OpenApiForm {
    /// Message, number of its extensions (0: none), then `name:number:kind`. Kinds: `s` text, `s*` texts,
    /// `b` flag, `d` decimal, `n` whole number, `any`, `any*`, a message, a message with `*`, or `%M` for a
    /// message that maps names to M.
    private static final String FORM = """
            Document 16 swagger:1:s info:2:Info paths:8:Paths definitions:9:%Schema parameters:10:%Parameter \
            security:12:%StringArray* securityDefinitions:13:%SecurityItem
            Info 7 title:1:s version:2:s description:3:s
            Operation 13 tags:1:s* summary:2:s description:3:s externalDocs:4:ExternalDocs operationId:5:s \
            produces:6:s* consumes:7:s* parameters:8:ParametersItem* responses:9:%ResponseValue schemes:10:s* \
            deprecated:11:b security:12:%StringArray*
            PathItem 10 $ref:1:s get:2:Operation put:3:Operation post:4:Operation delete:5:Operation \
            options:6:Operation head:7:Operation patch:8:Operation parameters:9:ParametersItem*
            Response 5 description:1:s schema:2:SchemaItem headers:3:%Header examples:4:%any
            Header 19 type:1:s format:2:s items:3:PrimitivesItems collectionFormat:4:s default:5:any maximum:6:d \
            exclusiveMaximum:7:b minimum:8:d exclusiveMinimum:9:b maxLength:10:n minLength:11:n pattern:12:s \
            maxItems:13:n minItems:14:n uniqueItems:15:b enum:16:any* multipleOf:17:d description:18:s
            PrimitivesItems 18 type:1:s format:2:s items:3:PrimitivesItems collectionFormat:4:s default:5:any \
            maximum:6:d exclusiveMaximum:7:b minimum:8:d exclusiveMinimum:9:b maxLength:10:n minLength:11:n \
            pattern:12:s maxItems:13:n minItems:14:n uniqueItems:15:b enum:16:any* multipleOf:17:d
            Body 6 description:1:s name:2:s in:3:s required:4:b schema:5:Schema
            Query 23 required:1:b in:2:s description:3:s name:4:s allowEmptyValue:5:b type:6:s format:7:s \
            items:8:PrimitivesItems collectionFormat:9:s default:10:any maximum:11:d exclusiveMaximum:12:b \
            minimum:13:d exclusiveMinimum:14:b maxLength:15:n minLength:16:n pattern:17:s maxItems:18:n \
            minItems:19:n uniqueItems:20:b enum:21:any* multipleOf:22:d
            Path 22 required:1:b in:2:s description:3:s name:4:s type:5:s format:6:s items:7:PrimitivesItems \
            collectionFormat:8:s default:9:any maximum:10:d exclusiveMaximum:11:b minimum:12:d \
            exclusiveMinimum:13:b maxLength:14:n minLength:15:n pattern:16:s maxItems:17:n minItems:18:n \
            uniqueItems:19:b enum:20:any* multipleOf:21:d
            Reference 0 $ref:1:s description:2:s
            ApiKey 5 type:1:s name:2:s in:3:s description:4:s
            ExternalDocs 3 description:1:s url:2:s
            Xml 6 name:1:s namespace:2:s prefix:3:s attribute:4:b wrapped:5:b
            FileSchema 10 format:1:s title:2:s description:3:s default:4:any required:5:s* type:6:s readOnly:7:b \
            externalDocs:8:ExternalDocs example:9:any
            Schema 31 $ref:1:s format:2:s title:3:s description:4:s default:5:any multipleOf:6:d maximum:7:d \
            exclusiveMaximum:8:b minimum:9:d exclusiveMinimum:10:b maxLength:11:n minLength:12:n pattern:13:s \
            maxItems:14:n minItems:15:n uniqueItems:16:b maxProperties:17:n minProperties:18:n required:19:s* \
            enum:20:any* additionalProperties:21:AdditionalProperties type:22:TypeItem items:23:ItemsItem \
            allOf:24:Schema* properties:25:%Schema discriminator:26:s readOnly:27:b xml:28:Xml \
            externalDocs:29:ExternalDocs example:30:any
            """;
    /// The table, read. Never changed afterwards.
    private static final Map<String, Message> MESSAGES = messages();

    private OpenApiForm() {
    }

    /// How a message is made: the number of `vendor_extension` and the parts by their JSON names.
    record Message(int extensions, Map<String, Part> parts) {
        /// Whether a field that is no part is an extension: a name and any value.
        boolean isExtension(String field) {
            return extensions > 0 && field.startsWith("x-");
        }
    }

    /// A field's number and its kind, as in the table.
    record Part(int number, String kind) {
    }

    /// Where parameters that are not bodies stand: the number of the choice, and the message.
    enum Place {
        /// `in: header`.
        HEADER(1, "Path"),
        /// `in: formData`.
        FORM_DATA(2, "Query"),
        /// `in: query`, and what says nothing.
        QUERY(3, "Query"),
        /// `in: path`.
        PATH(4, "Path");

        final int number;
        final String message;

        Place(int number, String message) {
            this.number = number;
            this.message = message;
        }
    }

    /// Reads the table, once when the class is loaded.
    private static Map<String, Message> messages() {
        Map<String, Message> all = new HashMap<>();
        for (String line : FORM.split("\n")) {
            List<String> words = new ArrayList<>(List.of(line.split(" ")));
            Map<String, Part> parts = new HashMap<>();
            for (String word : words.subList(2, words.size())) {
                String[] cells = word.split(":");
                parts.put(cells[0], new Part(Integer.parseInt(cells[1]), cells[2]));
            }
            all.put(words.get(0), new Message(Integer.parseInt(words.get(1)), parts));
        }
        return Map.copyOf(all);
    }

    /// A message of the table.
    static Message message(String name) {
        return Objects.requireNonNull(MESSAGES.get(name), name);
    }

    /// Gnostic has numbers of their own for parameters by where they stand, and for bodies another message.
    static Place place(Struct parameter) {
        return switch (parameter.text("in")) {
            case "header" -> Place.HEADER;
            case "formData" -> Place.FORM_DATA;
            case "path" -> Place.PATH;
            default -> Place.QUERY;
        };
    }

    /// Whether a parameter is the body.
    static boolean body(Struct parameter) {
        return parameter.text("in").equals("body");
    }

    /// Whether a parameter or an answer stands elsewhere.
    static boolean reference(Struct s) {
        return s.has("$ref");
    }

    /// The message of a schema of an answer, which may be a file.
    static String answer(Struct schema) {
        return schema.text("type").equals("file") ? "FileSchema" : "Schema";
    }
}
