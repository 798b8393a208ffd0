package io.k3j.resourcescrd;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.MetadataRules;
import io.k3j.validation.Problems;
import io.k3j.webhookclient.CallFailure;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What of an object's metadata a conversion webhook may change: labels and annotations. Another name, namespace or uid
/// is an error; everything else is put back without a word. Pure.
final class ConvertedMetadata {
    private static final List<String> CHANGEABLE = List.of("labels", "annotations");

    private ConvertedMetadata() {
    }

    /// @throws CallFailure when the webhook took one object for another
    static void same(Struct before, Struct after) throws CallFailure {
        same("name", "name", before, after);
        same("namespace", "namespace", before, after);
        same("UID", "uid", before, after);
    }

    private static void same(String what, String field, Struct before, Struct after) throws CallFailure {
        String expected = before.struct("metadata").text(field);
        String got = after.struct("metadata").text(field);
        if (!expected.equals(got)) {
            throw new CallFailure("must have the same " + what + ": " + expected + " != "
                    + ConversionReviews.cut(got));
        }
    }

    /// The converted object with the metadata it may have.
    /// @throws CallFailure for labels and annotations that are none
    static Struct restored(Struct before, Struct after) throws CallFailure {
        Object given = after.get("metadata");
        if (given == null) {
            throw new CallFailure("missing metadata in converted object");
        }
        if (!(given instanceof Struct changed)) {
            throw new CallFailure("invalid metadata of type " + type(given) + " in converted object");
        }
        Struct metadata = before.struct("metadata");
        for (String field : CHANGEABLE) {
            Object value = changed.get(field);
            metadata = value == null || value == Null.NULL ? metadata.without(field)
                    : metadata.with(field, checked(field, metadata.struct(field), value));
        }
        return after.with("metadata", metadata);
    }

    private static Struct checked(String field, Struct before, Object value) throws CallFailure {
        if (!(value instanceof Struct all)) {
            throw new CallFailure("invalid metadata." + field + " of type " + type(value) + " in converted object");
        }
        for (String key : all.names()) {
            if (!(all.get(key) instanceof String)) {
                throw new CallFailure("metadata." + field + "[" + ConversionReviews.cut(key)
                        + "] must be a string, but is " + type(all.get(key)) + " in converted object");
            }
        }
        List<FieldProblem> problems = all.equals(before) ? List.of() : problems(field, all);
        if (!problems.isEmpty()) {
            List<String> texts = problems.stream().map(FieldProblem::toString).toList();
            throw new CallFailure(texts.size() == 1 ? texts.getFirst() : "[" + String.join(", ", texts) + "]");
        }
        return all;
    }

    private static List<FieldProblem> problems(String field, Struct all) {
        Problems problems = Problems.none();
        if (field.equals("labels")) {
            MetadataRules.labels(all, problems.at("metadata.labels"));
            return problems.found();
        }
        // upstream's path has no s
        Problems at = problems.at("metadata.annotation");
        long bytes = 0;
        for (var e : all.texts().entrySet()) {
            at.invalid(e.getKey(), Names.annotationKey(e.getKey()));
            bytes += e.getKey().length() + (long) e.getValue().getBytes(StandardCharsets.UTF_8).length;
        }
        if (bytes > MetadataRules.ANNOTATION_BYTES) {
            at.add(FieldProblem.tooLong(at.path(), MetadataRules.ANNOTATION_BYTES));
        }
        return problems.found();
    }

    /// As Go calls it.
    private static String type(@Nullable Object value) {
        return switch (value) {
            case null -> "<nil>";
            case Boolean _ -> "bool";
            case Long _ -> "int64";
            case Double _ -> "float64";
            case String _ -> "string";
            case Struct _ -> "map[string]interface {}";
            case Seq _ -> "[]interface {}";
            default -> "<nil>";
        };
    }
}
