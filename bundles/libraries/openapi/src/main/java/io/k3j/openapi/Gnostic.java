package io.k3j.openapi;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.protobufwire.WireOut;
import io.k3j.schema.Flow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// OpenAPI version 2 in protobuf, by the message numbers of
/// <https://github.com/google/gnostic-models/blob/main/openapiv2/OpenAPIv2.proto>. Only what our documents hold is
/// known; anything else is left out.
///
/// Written by hand because it is one direction of one document: the generated classes would be many times the table
/// below. Messages are made inside out, each in a buffer of its own, since protobuf says the length before the content.
/// Pure; any thread.
final class Gnostic {
    /// Message, number of its extensions (0: none), then `name:number:kind`. Kinds: `s` text, `s*` texts,
    /// `b` flag, `d` decimal, `n` whole number, `any`, `any*`, a message, a message with `*`, or `%M` for a
    /// message that maps names to M.
    private static final String FORM = """
            Document 16 swagger:1:s info:2:Info paths:8:Paths definitions:9:%Schema parameters:10:%Parameter \
            security:12:%StringArray* securityDefinitions:13:%SecurityItem
            Info 7 title:1:s version:2:s description:3:s
            Operation 13 tags:1:s* description:3:s operationId:5:s produces:6:s* consumes:7:s* \
            parameters:8:ParametersItem* responses:9:%ResponseValue schemes:10:s* deprecated:11:b
            PathItem 10 get:2:Operation put:3:Operation post:4:Operation delete:5:Operation options:6:Operation \
            head:7:Operation patch:8:Operation parameters:9:ParametersItem*
            Response 5 description:1:s schema:2:SchemaItem
            Body 6 description:1:s name:2:s in:3:s required:4:b schema:5:Schema
            Query 23 required:1:b in:2:s description:3:s name:4:s type:6:s format:7:s uniqueItems:20:b
            Path 22 required:1:b in:2:s description:3:s name:4:s type:5:s format:6:s uniqueItems:19:b
            Reference 0 $ref:1:s description:2:s
            ApiKey 5 type:1:s name:2:s in:3:s description:4:s
            Schema 31 $ref:1:s format:2:s title:3:s description:4:s default:5:any multipleOf:6:d maximum:7:d \
            exclusiveMaximum:8:b minimum:9:d exclusiveMinimum:10:b maxLength:11:n minLength:12:n pattern:13:s \
            maxItems:14:n minItems:15:n uniqueItems:16:b maxProperties:17:n minProperties:18:n required:19:s* \
            enum:20:any* additionalProperties:21:AdditionalProperties type:22:TypeItem items:23:ItemsItem \
            allOf:24:Schema* properties:25:%Schema example:30:any
            """;
    /// The table, read. Never changed afterwards.
    private static final Map<String, Message> MESSAGES = messages();
    /// It grows: a document of all built-in kinds has some more bytes.
    private static final int EXPECTED = 1 << 18;

    private Gnostic() {
    }

    /// How to write one message: the number of `vendor_extension` and the parts by their JSON names.
    private record Message(int extensions, Map<String, Part> parts) {
    }

    /// A field's number and its kind, as in the table.
    private record Part(int number, String kind) {
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

    /// The document as gnostic's `Document`. What the form does not know is left out.
    /// @param document as [OpenApi#v2] makes it
    static byte[] document(Struct document) {
        WireOut out = new WireOut(EXPECTED);
        message(out, "Document", document);
        return out.bytes();
    }

    /// The fields of a message, the last one first, as [WireOut] wants them; they stand in the order of the struct,
    /// which protobuf allows. Fields that begin with `x-` are extensions: a name and any value.
    private static void message(WireOut out, String name, Struct s) {
        Message form = Objects.requireNonNull(MESSAGES.get(name), name);
        for (int i = s.size() - 1; i >= 0; i--) {
            String field = s.name(i);
            Part part = form.parts().get(field);
            if (part != null && s.value(i) != Null.NULL) {
                write(out, part.number(), part.kind(), s.value(i));
            } else if (field.startsWith("x-") && form.extensions() > 0) {
                named(out, form.extensions(), field, "any", s.value(i));
            }
        }
    }

    /// One field of a message, or one for each element of a list. A zero is written as well: a field that is there was
    /// said.
    private static void write(WireOut out, int number, String kind, Object value) {
        if (kind.endsWith("*")) {
            Seq list = (Seq) value;
            for (int i = list.size() - 1; i >= 0; i--) {
                write(out, number, kind.substring(0, kind.length() - 1), list.get(i));
            }
            return;
        }
        switch (kind) {
            case "s" -> out.text(number, value.toString());
            case "b" -> out.number(number, (Boolean) value ? 1 : 0);
            case "n" -> out.number(number, ((Number) value).longValue());
            case "d" -> out.decimal(number, ((Number) value).doubleValue());
            default -> {
                int mark = out.mark();
                content(out, kind, value);
                out.message(number, mark);
            }
        }
    }

    /// What is in a message. Of some kinds the form depends on the value: gnostic has a message for each choice, with
    /// one field set in it.
    private static void content(WireOut out, String kind, Object value) {
        if (kind.startsWith("%")) {
            map(out, kind.substring(1), (Struct) value, 1);
            return;
        }
        switch (kind) {
            // any value, as YAML (in its form of one line, which is JSON): so gnostic keeps what has no form of its own
            case "any" -> out.text(2, Flow.text(value) + "\n");
            case "Paths" -> map(out, "PathItem", (Struct) value, 2);
            case "ParametersItem" -> parameterOrReference(out, (Struct) value);
            case "Parameter" -> parameter(out, (Struct) value);
            case "ResponseValue" -> write(out, 1, "Response", value);
            case "SchemaItem", "ItemsItem" -> write(out, 1, "Schema", value);
            case "SecurityItem" -> write(out, 2, "ApiKey", value);
            case "TypeItem" -> write(out, 1, "s", value);
            case "StringArray" -> write(out, 1, "s*", value);
            case "AdditionalProperties" -> {
                boolean flag = value instanceof Boolean;
                write(out, flag ? 2 : 1, flag ? "b" : "Schema", value);
            }
            default -> message(out, kind, (Struct) value);
        }
    }

    /// A map of names: for each a message of name and value.
    /// @param number that of the field in which these stand
    private static void map(WireOut out, String kind, Struct s, int number) {
        for (int i = s.size() - 1; i >= 0; i--) {
            named(out, number, s.name(i), kind, s.value(i));
        }
    }

    /// One entry of a map: field 1 is the name, field 2 the value.
    private static void named(WireOut out, int number, String name, String kind, Object value) {
        int mark = out.mark();
        content(out, kind, value);
        out.message(2, mark);
        out.text(1, name);
        out.message(number, mark);
    }

    /// Shared parameters are references, those of one operation stand where they are used.
    private static void parameterOrReference(WireOut out, Struct s) {
        boolean reference = s.has("$ref");
        write(out, reference ? 2 : 1, reference ? "Reference" : "Parameter", s);
    }

    /// Gnostic tells a body from other parameters, and those by where they stand.
    private static void parameter(WireOut out, Struct s) {
        if (s.text("in").equals("body")) {
            write(out, 1, "Body", s);
            return;
        }
        int mark = out.mark();
        boolean path = s.text("in").equals("path");
        write(out, path ? 4 : 3, path ? "Path" : "Query", s);
        out.message(2, mark);
    }
}
