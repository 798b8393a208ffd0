package io.k3j.openapi;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.protobufwire.WireOut;
import io.k3j.schema.Flow;

/// OpenAPI version 2 in protobuf, by the table of [OpenApiForm]; what is not in it is left out.
///
/// Written by hand because it is one direction of one document: the generated classes would be many times the table.
/// Messages are made inside out, each in a buffer of its own, since protobuf says the length before the content.
/// Pure; any thread.
final class Gnostic {
    /// It grows: a document of all built-in kinds has some more bytes.
    private static final int EXPECTED = 1 << 18;

    private Gnostic() {
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
        OpenApiForm.Message form = OpenApiForm.message(name);
        for (int i = s.size() - 1; i >= 0; i--) {
            String field = s.name(i);
            OpenApiForm.Part part = form.parts().get(field);
            if (part != null && s.value(i) != Null.NULL) {
                write(out, part.number(), part.kind(), s.value(i));
            } else if (part == null && form.isExtension(field)) {
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
            case "ResponseValue" -> {
                boolean reference = OpenApiForm.reference((Struct) value);
                write(out, reference ? 2 : 1, reference ? "Reference" : "Response", value);
            }
            case "SchemaItem" -> {
                String schema = OpenApiForm.answer((Struct) value);
                write(out, schema.equals("Schema") ? 1 : 2, schema, value);
            }
            case "ItemsItem" -> write(out, 1, value instanceof Seq ? "Schema*" : "Schema", value);
            case "SecurityItem" -> write(out, 2, "ApiKey", value);
            case "TypeItem" -> write(out, 1, value instanceof Seq ? "s*" : "s", value);
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
        boolean reference = OpenApiForm.reference(s);
        write(out, reference ? 2 : 1, reference ? "Reference" : "Parameter", s);
    }

    /// Gnostic tells a body from other parameters, and those by where they stand.
    private static void parameter(WireOut out, Struct s) {
        if (OpenApiForm.body(s)) {
            write(out, 1, "Body", s);
            return;
        }
        int mark = out.mark();
        OpenApiForm.Place place = OpenApiForm.place(s);
        write(out, place.number, place.message, s);
        out.message(2, mark);
    }
}
