package io.k3j.apiserverapi;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.FieldPaths;
import java.util.List;

/// One thing wrong with one field, in upstream's form
/// (`spec.replicas: Invalid value: -1: must be greater than or equal to 0`).
/// @param field the path, as `spec.containers[0].name`
/// @param type the cause's reason, as `FieldValueInvalid`
/// @param message without the path, as `Invalid value: -1: must be …`; cut, as the path is, behind 4096 characters:
/// both hold what a client has sent, and an answer has each twice
public record FieldProblem(String field, String type, String message) {
    /// How many problems an answer tells.
    private static final int MOST = 100;
    private static final int LONGEST = 4096;

    /// Cuts what is too long.
    public FieldProblem {
        field = cut(field);
        message = cut(message);
    }

    private static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
    }

    /// A value that must not be.
    public static FieldProblem invalid(String field, Object value, String why) {
        return new FieldProblem(field, "FieldValueInvalid", "Invalid value: " + shown(value) + ": " + why);
    }

    /// A value that is missing.
    public static FieldProblem required(String field, String why) {
        return new FieldProblem(field, "FieldValueRequired",
                why.isEmpty() ? "Required value" : "Required value: " + why);
    }

    /// A value outside a fixed set; `supported` is the list as `"A", "B"`.
    public static FieldProblem unsupported(String field, Object value, String supported) {
        return new FieldProblem(field, "FieldValueNotSupported",
                "Unsupported value: " + shown(value) + ": supported values: " + supported);
    }

    /// A value that is there twice.
    public static FieldProblem duplicate(String field, Object value) {
        return new FieldProblem(field, "FieldValueDuplicate", "Duplicate value: " + shown(value));
    }

    /// A value that may not be set here.
    public static FieldProblem forbidden(String field, String why) {
        return new FieldProblem(field, "FieldValueForbidden", "Forbidden: " + why);
    }

    /// A reference to nothing.
    public static FieldProblem notFound(String field, Object value) {
        return new FieldProblem(field, "FieldValueNotFound", "Not found: " + shown(value));
    }

    /// A list or text beyond its bound.
    public static FieldProblem tooMany(String field, int actual, int most) {
        return new FieldProblem(field, "FieldValueTooMany",
                "Too many: " + actual + ": must have at most " + most + " items");
    }

    /// A text beyond its bound, in bytes.
    public static FieldProblem tooLong(String field, int most) {
        return new FieldProblem(field, "FieldValueTooLong", "Too long: may not be more than " + most + " bytes");
    }

    /// 422 for an object, with everything that is wrong with it as a message and as `details.causes`, or the beginning
    /// of it: the answer has every problem twice, and a body may have a million.
    /// @param kind as the answer names it; without its version
    /// @param name empty where upstream names none, as in reviews; cut where it is long
    /// @param all at least one
    public static ApiFault fault(Gvk kind, String name, List<FieldProblem> all) {
        boolean more = all.size() > MOST;
        List<FieldProblem> told = more ? all.subList(0, MOST) : all;
        List<String> texts = told.stream().map(FieldProblem::toString).distinct().toList();
        String message = texts.size() == 1 && !more ? texts.getFirst()
                : "[" + String.join(", ", texts) + (more ? ", and more]" : "]");
        String qualified = kind.group().isEmpty() ? kind.kind() : kind.kind() + "." + kind.group();
        String called = FieldPaths.shortened(name);
        Struct details = Struct.builder().putUnlessEmpty("name", called).putUnlessEmpty("group", kind.group())
                .putUnlessEmpty("kind", kind.kind())
                .put("causes", Seq.copyOf(told.stream().map(FieldProblem::cause).toList())).build();
        return new ApiFault(422, "Invalid", qualified + " \"" + called + "\" is invalid: " + message, details);
    }

    private static String shown(Object value) {
        return JsonText.value(value);
    }

    /// As an element of `details.causes`.
    public Struct cause() {
        return Struct.of("reason", type, "message", message, "field", field);
    }

    @Override
    public String toString() {
        return field + ": " + message;
    }
}
