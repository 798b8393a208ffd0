package io.k3j.objectregistry;

import io.k3j.codec.Document;
import io.k3j.codec.FieldOrder;
import io.k3j.schema.Decoding;
import io.k3j.schema.FieldPaths;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What is said of fields that are unknown or given twice, in upstream's words and order, which clients parse: for
/// JSON of built-in kinds in the order of the text, else first what is given twice. The strict decoder of upstream
/// is `sigs.k8s.io/json`, for YAML `sigs.k8s.io/yaml`.
/// @param yaml whether the document came as YAML
/// @param duplicates as the document has them
/// @param unknown paths
public record StrictErrors(boolean yaml, List<String> duplicates, List<String> unknown) {
    /// Those of a document; `json` is its text where the order of the text counts, else empty.
    static StrictErrors of(Document document, List<String> unknown, byte[] json) {
        List<String> duplicates = document.duplicates();
        boolean yaml = !duplicates.isEmpty() && duplicates.getFirst().startsWith("line ");
        boolean cut = Stream.concat(duplicates.stream(), unknown.stream())
                .anyMatch(path -> path.length() >= FieldPaths.MAX_LENGTH);
        if (json.length == 0 || duplicates.isEmpty() || unknown.isEmpty() || yaml || cut) {
            return new StrictErrors(yaml, worded(duplicates, yaml), unknown.stream().map(Decoding::unknown).toList());
        }
        return new StrictErrors(false, ordered(duplicates, unknown, json), List.of());
    }

    private static List<String> worded(List<String> duplicates, boolean yaml) {
        return yaml ? duplicates : duplicates.stream().map(Decoding::duplicate).toList();
    }

    /// What is given twice within something unknown is not looked at.
    private static List<String> ordered(List<String> duplicates, List<String> unknown, byte[] json) {
        Set<String> strange = new HashSet<>(unknown);
        Set<String> all = Stream.concat(duplicates.stream(), unknown.stream()).collect(Collectors.toSet());
        List<String> texts = new ArrayList<>();
        for (FieldOrder.Occurrence o : FieldOrder.of(json, all)) {
            if (strange.contains(o.path())) {
                texts.add(Decoding.unknown(o.path()));
            } else if (o.again() && !within(o.path(), strange)) {
                texts.add(Decoding.duplicate(o.path()));
            }
        }
        return texts;
    }

    /// Whether something above a path is unknown itself.
    private static boolean within(String path, Set<String> strange) {
        for (int dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
            if (strange.contains(path.substring(0, dot))) {
                return true;
            }
        }
        return false;
    }

    /// As go-yaml says it.
    ///
    /// @param lines each as `line 3: key "name" already set in map`
    public static String repeated(List<String> lines) {
        return "yaml: unmarshal errors:\n  " + String.join("\n  ", lines);
    }

    /// One warning for each.
    List<String> warnings() {
        return Stream.concat(duplicates.stream(), unknown.stream()).toList();
    }

    /// All in one, for the refusal of `Strict`.
    String text() {
        List<String> first = yaml ? List.of(repeated(duplicates)) : duplicates;
        return Stream.concat(first.stream(), unknown.stream()).collect(Collectors.joining(", "));
    }
}
