package io.k3j.openapi;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/// A part of another server's document as OpenAPI 2 has it: with the fields that the form knows and no others, each of
/// the type it must have, so that neither what is written of it nor a client stumbles over it; and with references that
/// lead elsewhere where that is wanted. Upstream refuses a value of another type as well. Pure; one thread.
final class OpenApiFit {
    private final UnaryOperator<String> references;

    /// @param references where each reference (`#/definitions/…`) leads from now on
    OpenApiFit(UnaryOperator<String> references) {
        this.references = references;
    }

    /// A part, anew.
    /// @param kind a name of the table of [OpenApiForm]
    /// @param field where it stands, for the message
    /// @throws IllegalArgumentException when a value is of another type
    Struct part(String kind, String field, Object value) {
        return (Struct) value(kind, field, struct(field, value));
    }

    private Object value(String kind, String field, Object value) {
        if (kind.endsWith("*")) {
            return list(kind.substring(0, kind.length() - 1), field, of(Seq.class, field, value));
        }
        if (kind.startsWith("%")) {
            return map(kind.substring(1), struct(field, value));
        }
        return switch (kind) {
            case "any" -> value;
            case "s" -> field.equals("$ref") ? references.apply(of(String.class, field, value))
                    : of(String.class, field, value);
            case "b" -> of(Boolean.class, field, value);
            case "n" -> of(Long.class, field, value);
            case "d" -> of(Number.class, field, value);
            case "StringArray" -> list("s", field, of(Seq.class, field, value));
            case "TypeItem" -> value instanceof Seq s ? list("s", field, s) : of(String.class, field, value);
            case "ItemsItem" -> value instanceof Seq s ? list("Schema", field, s) : message("Schema", field, value);
            case "AdditionalProperties" -> value instanceof Boolean ? value : message("Schema", field, value);
            default -> message(chosen(kind, struct(field, value)), field, value);
        };
    }

    /// Of kinds whose form depends on the value the message that it is, of others their own name.
    private static String chosen(String kind, Struct s) {
        return switch (kind) {
            case "ParametersItem" -> OpenApiForm.reference(s) ? "Reference" : chosen("Parameter", s);
            case "Parameter" -> OpenApiForm.body(s) ? "Body" : OpenApiForm.place(s).message;
            case "ResponseValue" -> OpenApiForm.reference(s) ? "Reference" : "Response";
            case "SchemaItem" -> OpenApiForm.answer(s);
            default -> kind;
        };
    }

    private Struct message(String name, String at, Object value) {
        Struct s = struct(at, value);
        OpenApiForm.Message form = OpenApiForm.message(name);
        String[] names = new String[s.size()];
        Object[] values = new Object[s.size()];
        int size = 0;
        for (int i = 0; i < s.size(); i++) {
            String field = s.name(i);
            OpenApiForm.Part part = form.parts().get(field);
            if (s.value(i) != Null.NULL && (part != null || form.isExtension(field))) {
                names[size] = field;
                values[size++] = part == null ? s.value(i) : value(part.kind(), field, s.value(i));
            }
        }
        return Struct.owning(Arrays.copyOf(names, size), Arrays.copyOf(values, size));
    }

    /// Names are free, those of extensions among them.
    private Struct map(String kind, Struct s) {
        String[] names = new String[s.size()];
        Object[] values = new Object[s.size()];
        int size = 0;
        for (int i = 0; i < s.size(); i++) {
            boolean extension = kind.equals("ResponseValue") && s.name(i).startsWith("x-");
            if (s.value(i) != Null.NULL && !extension) {
                names[size] = s.name(i);
                // a name is no field: one that is called as a reference is none
                values[size++] = value(kind, "", s.value(i));
            }
        }
        return Struct.owning(Arrays.copyOf(names, size), Arrays.copyOf(values, size));
    }

    private Seq list(String kind, String field, Seq list) {
        Object[] values = new Object[list.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(kind, field, list.get(i));
        }
        return Seq.owning(values);
    }

    private static Struct struct(String field, Object value) {
        return of(Struct.class, field, value);
    }

    private static <T> T of(Class<T> type, String field, Object value) {
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException("\"" + field + "\" is of a type that OpenAPI 2 does not have there");
        }
        return type.cast(value);
    }
}
