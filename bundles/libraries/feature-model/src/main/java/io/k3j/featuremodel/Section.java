package io.k3j.featuremodel;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One JSON object of a file, read with type checks whose messages name the place. Immutable.
public final class Section {
    private final Path file;
    /// Where this object stands in the file; empty for the outermost.
    private final String place;
    private final Map<String, Object> values;

    /// Reads a file.
    ///
    /// @param place the path of this object in the file, for messages
    /// @param allowed the known keys; empty allows any
    /// @throws FeatureProblem naming the file, when it is not readable, no JSON object, or has another key
    public Section(Path file, String place, Set<String> allowed) {
        this(file, place, JsonFiles.read(file), allowed);
    }

    private Section(Path file, String place, Map<String, Object> values, Set<String> allowed) {
        this.file = file;
        this.place = place;
        this.values = values;
        for (String key : values.keySet()) {
            if (!allowed.isEmpty() && !allowed.contains(key)) {
                throw problem("unknown key " + key + "; known are " + allowed);
            }
        }
    }

    /// Refuses keys that are not among these.
    void only(Set<String> allowed) {
        values.keySet().stream().filter(key -> !allowed.contains(key)).findFirst().ifPresent(key -> {
            throw problem("unknown key " + key + "; known are " + allowed);
        });
    }

    /// What is wrong with this place of the file, to be thrown.
    public FeatureProblem problem(String what) {
        return new FeatureProblem(file + ": " + (place.isEmpty() ? "" : place + ": ") + what);
    }

    /// Whether it has a key.
    public boolean has(String key) {
        return values.containsKey(key);
    }

    /// Its keys, in the order of the file.
    public Set<String> names() {
        return values.keySet();
    }

    /// A text.
    /// @throws FeatureProblem when it is absent or another kind of value
    public String text(String key) {
        if (values.get(key) instanceof String text) {
            return text;
        }
        throw problem(key + " is missing or not a text");
    }

    /// A list of texts; empty when absent.
    public List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        for (Object element : list(key)) {
            if (!(element instanceof String text)) {
                throw problem(key + " is not a list of texts");
            }
            texts.add(text);
        }
        return texts;
    }

    /// A value of a configuration: a text, a boolean, or a list of texts. A number is the text that it is written as.
    /// @throws FeatureProblem when it is absent or another kind of value
    public Object property(String key) {
        return switch (values.get(key)) {
            case String text -> text;
            case Boolean truth -> truth;
            case List<?> _ -> texts(key);
            case null, default -> throw problem(key + " is no text, number, boolean or list of texts");
        };
    }

    /// A nested object; empty when absent.
    public Section section(String key) {
        return nested(key, values.getOrDefault(key, Map.of()), Set.of());
    }

    /// A list of nested objects; empty when absent.
    ///
    /// @param allowed their known keys; empty allows any
    public List<Section> sections(String key, Set<String> allowed) {
        List<Section> sections = new ArrayList<>();
        for (Object element : list(key)) {
            sections.add(nested(key + "[" + sections.size() + "]", element, allowed));
        }
        return sections;
    }

    private List<?> list(String key) {
        if (values.getOrDefault(key, List.of()) instanceof List<?> list) {
            return list;
        }
        throw problem(key + " is not a list");
    }

    private Section nested(String where, Object value, Set<String> allowed) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> copy = new LinkedHashMap<>();
            map.forEach((name, element) -> copy.put(name.toString(), element));
            return new Section(file, where, copy, allowed);
        }
        throw problem(where + " is not an object");
    }
}
