package io.k3j.aggregator;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/// What an OpenAPI 2 document says of one version: its paths, and the definitions and parameters that these lead to. A
/// server's document is of all that it serves, and of types that each server has; upstream's
/// `FilterSpecByPathsWithoutSideEffects`. Pure; takes time and memory as the document has bytes.
final class OpenApiFilter {
    /// How deep values may nest: a hundred schemas within each other. Those of Kubernetes refer to each other instead.
    static final int MOST_DEPTH = 200;
    /// Of each, in the whole document; Kubernetes itself has some eight hundred definitions and a thousand paths.
    static final int MOST_DEFINITIONS = 10_000;
    static final int MOST_PATHS = 10_000;
    static final int MOST_PARAMETERS = 1_000;
    private static final byte[] NOTHING = {};
    private final Struct document;
    private final String prefix;

    private OpenApiFilter(Struct document, String prefix) {
        this.document = document;
        this.prefix = prefix;
    }

    /// The part of a version.
    /// @return JSON; nothing when the document has no path of the version
    /// @throws MalformedInput when it is no JSON object, or beyond a bound
    static byte[] part(byte[] json, String group, String version) {
        Struct document = Json.object(json);
        if (tooDeep(document, MOST_DEPTH)) {
            throw beyond("values nest deeper", MOST_DEPTH);
        }
        bounded(document, "paths", MOST_PATHS);
        bounded(document, "definitions", MOST_DEFINITIONS);
        bounded(document, "parameters", MOST_PARAMETERS);
        Struct part = new OpenApiFilter(document, "/apis/" + group + "/" + version + "/").part();
        return part.struct("paths").isEmpty() ? NOTHING : Json.bytes(part);
    }

    private static void bounded(Struct document, String of, int most) {
        if (document.struct(of).size() > most) {
            throw beyond("there are more " + of, most);
        }
    }

    private static MalformedInput beyond(String what, int most) {
        return new MalformedInput("the OpenAPI document is too large: " + what + " than " + most);
    }

    private static boolean tooDeep(Object value, int most) {
        if (value instanceof Struct s) {
            for (int i = 0; i < s.size(); i++) {
                if (most == 0 || tooDeep(s.value(i), most - 1)) {
                    return true;
                }
            }
        } else if (value instanceof Seq s) {
            for (int i = 0; i < s.size(); i++) {
                if (most == 0 || tooDeep(s.get(i), most - 1)) {
                    return true;
                }
            }
        }
        return false;
    }

    /// A definition that no path of the whole document leads to stays, as upstream: it is not there for others.
    private Struct part() {
        Struct.Builder paths = Struct.builder();
        document.struct("paths").forEach((path, item) -> {
            if (path.startsWith(prefix)) {
                paths.put(path, item);
            }
        });
        Struct kept = paths.build();
        Set<String> everything = reached(document.struct("paths"));
        Set<String> reached = reached(kept);
        return Struct.of("paths", kept, "definitions",
                chosen("definitions", r -> reached.contains(r) || !everything.contains(r)), "parameters",
                chosen("parameters", reached::contains));
    }

    private Struct chosen(String of, Predicate<String> references) {
        Struct.Builder chosen = Struct.builder();
        document.struct(of).forEach((name, what) -> {
            if (references.test("#/" + of + "/" + name)) {
                chosen.put(name, what);
            }
        });
        return chosen.build();
    }

    /// All references in a value, and in what these lead to. What looks like a reference in a default or an example
    /// counts as well, and keeps at most a definition too many.
    private Set<String> reached(Struct from) {
        Set<String> found = new HashSet<>();
        Deque<String> waiting = new ArrayDeque<>();
        look(from, found, waiting);
        while (!waiting.isEmpty()) {
            look(target(waiting.pop()), found, waiting);
        }
        return found;
    }

    private Struct target(String reference) {
        for (String of : new String[] {"definitions", "parameters"}) {
            String pointer = "#/" + of + "/";
            if (reference.startsWith(pointer)) {
                return document.struct(of).struct(reference.substring(pointer.length()));
            }
        }
        return Struct.EMPTY;
    }

    private static void look(Object at, Set<String> found, Deque<String> waiting) {
        if (at instanceof Struct s) {
            if (s.get("$ref") instanceof String reference && found.add(reference)) {
                waiting.push(reference);
            }
            for (int i = 0; i < s.size(); i++) {
                look(s.value(i), found, waiting);
            }
        } else if (at instanceof Seq s) {
            for (int i = 0; i < s.size(); i++) {
                look(s.get(i), found, waiting);
            }
        }
    }
}
