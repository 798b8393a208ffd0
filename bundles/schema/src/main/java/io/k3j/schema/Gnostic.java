package io.k3j.schema;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// OpenAPI version 2 in protobuf, by the message numbers of
/// <https://github.com/google/gnostic-models/blob/main/openapiv2/OpenAPIv2.proto>. Only what our documents
/// hold is known; anything else is left out.
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
    private static final Map<String, Message> MESSAGES = messages();

    private Gnostic() {
    }

    private record Message(int extensions, Map<String, Part> parts) {
    }

    private record Part(int number, String kind) {
    }

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

    static byte[] document(Struct document) {
        return message("Document", document).toByteArray();
    }

    private static ByteArrayOutputStream message(String name, Struct s) {
        Message form = Objects.requireNonNull(MESSAGES.get(name), name);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        s.forEach((field, value) -> {
            Part part = form.parts().get(field);
            if (part != null && value != Null.NULL) {
                write(out, part.number(), part.kind(), value);
            } else if (field.startsWith("x-") && form.extensions() > 0) {
                named(out, form.extensions(), field, any(value));
            }
        });
        return out;
    }

    private static void write(ByteArrayOutputStream out, int number, String kind, Object value) {
        if (kind.endsWith("*")) {
            for (Object v : (Seq) value) {
                write(out, number, kind.substring(0, kind.length() - 1), v);
            }
            return;
        }
        switch (kind) {
            case "s" -> bytes(out, number, value.toString().getBytes(StandardCharsets.UTF_8));
            case "b" -> number(out, number, (Boolean) value ? 1 : 0);
            case "n" -> number(out, number, ((Number) value).longValue());
            case "d" -> decimal(out, number, ((Number) value).doubleValue());
            case "any" -> bytes(out, number, any(value).toByteArray());
            default -> bytes(out, number, part(kind, value).toByteArray());
        }
    }

    /// Messages whose form depends on the value.
    private static ByteArrayOutputStream part(String kind, Object value) {
        if (kind.startsWith("%")) {
            return map(kind.substring(1), (Struct) value, 1);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        switch (kind) {
            case "Paths" -> {
                return map("PathItem", (Struct) value, 2);
            }
            case "ParametersItem" -> parameterOrReference(out, (Struct) value);
            case "Parameter" -> parameter(out, (Struct) value);
            case "ResponseValue" -> bytes(out, 1, message("Response", (Struct) value).toByteArray());
            case "SchemaItem", "ItemsItem" -> bytes(out, 1, message("Schema", (Struct) value).toByteArray());
            case "SecurityItem" -> bytes(out, 2, message("ApiKey", (Struct) value).toByteArray());
            case "TypeItem" -> write(out, 1, "s", value);
            case "StringArray" -> write(out, 1, "s*", value);
            case "AdditionalProperties" -> {
                if (value instanceof Boolean b) {
                    number(out, 2, b ? 1 : 0);
                } else {
                    bytes(out, 1, message("Schema", (Struct) value).toByteArray());
                }
            }
            default -> {
                return message(kind, (Struct) value);
            }
        }
        return out;
    }

    private static ByteArrayOutputStream map(String kind, Struct s, int number) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        s.forEach((name, value) -> named(out, number, name, part(kind, value)));
        return out;
    }

    private static void named(ByteArrayOutputStream out, int number, String name, ByteArrayOutputStream value) {
        ByteArrayOutputStream entry = new ByteArrayOutputStream();
        write(entry, 1, "s", name);
        bytes(entry, 2, value.toByteArray());
        bytes(out, number, entry.toByteArray());
    }

    private static void parameterOrReference(ByteArrayOutputStream out, Struct s) {
        if (s.has("$ref")) {
            bytes(out, 2, message("Reference", s).toByteArray());
        } else {
            bytes(out, 1, part("Parameter", s).toByteArray());
        }
    }

    private static void parameter(ByteArrayOutputStream out, Struct s) {
        if (s.text("in").equals("body")) {
            bytes(out, 1, message("Body", s).toByteArray());
            return;
        }
        ByteArrayOutputStream inner = new ByteArrayOutputStream();
        boolean path = s.text("in").equals("path");
        bytes(inner, path ? 4 : 3, message(path ? "Path" : "Query", s).toByteArray());
        bytes(out, 2, inner.toByteArray());
    }

    /// Any value, as YAML (in its form of one line, which is JSON).
    private static ByteArrayOutputStream any(Object value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(out, 2, "s", Flow.text(value) + "\n");
        return out;
    }

    private static void number(ByteArrayOutputStream out, int field, long value) {
        varint(out, (long) field << 3);
        varint(out, value);
    }

    private static void decimal(ByteArrayOutputStream out, int field, double value) {
        varint(out, (long) field << 3 | 1);
        long bits = Double.doubleToRawLongBits(value);
        for (int i = 0; i < 64; i += 8) {
            out.write((int) (bits >>> i));
        }
    }

    private static void bytes(ByteArrayOutputStream out, int field, byte[] value) {
        varint(out, (long) field << 3 | 2);
        varint(out, value.length);
        out.writeBytes(value);
    }

    private static void varint(ByteArrayOutputStream out, long value) {
        long rest = value;
        for (; (rest & ~127L) != 0; rest >>>= 7) {
            out.write((int) (rest & 127 | 128));
        }
        out.write((int) rest);
    }
}
