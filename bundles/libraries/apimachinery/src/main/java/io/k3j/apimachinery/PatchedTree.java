package io.k3j.apimachinery;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// An object while a JSON patch changes it, by places (RFC 6901). What an operation goes through is copied once, then
/// changed in place: a patch has 10 000 operations, and each would copy a list of 300 000 elements. The object it began
/// with never changes. Recursive; the depth is that of its values, which [JsonPatch] bounds. For one thread.
final class PatchedTree {
    /// Structs and lists that were gone through are maps and lists here.
    private Object root;

    PatchedTree(Struct object) {
        root = object;
    }

    /// As it is now.
    Object value() {
        return closed(root);
    }

    /// A value as trees have it, which later operations do not change.
    static Object closed(Object value) {
        return switch (value) {
            case Map<?, ?> m -> Struct.owning(m.keySet().toArray(String[]::new),
                    m.values().stream().map(PatchedTree::closed).toArray());
            case List<?> l -> Seq.owning(l.stream().map(PatchedTree::closed).toArray());
            default -> value;
        };
    }

    private static Object opened(Object value) {
        return switch (value) {
            case Struct s -> {
                Map<String, Object> map = LinkedHashMap.newLinkedHashMap(s.size());
                s.forEach(map::put);
                yield map;
            }
            case Seq s -> {
                List<Object> list = new ArrayList<>(s.size());
                s.forEach(list::add);
                yield list;
            }
            default -> value;
        };
    }

    /// Puts a value into a struct, or before an element of a list, `-` being the end. What contains the place must be
    /// there: JSON patches make no structs on the way (§4.1). The root is no such place to upstream's library.
    void add(List<String> path, Object value) {
        if (path.isEmpty()) {
            throw missing("add", path);
        }
        Object parent = parent(path, "add");
        if (fields(parent) instanceof Map<String, Object> fields) {
            fields.put(path.getLast(), value);
        } else if (elements(parent) instanceof List<Object> elements) {
            elements.add(place(elements, path.getLast(), path, true), value);
        } else {
            throw missing("add", path);
        }
    }

    /// Takes a value out, which must be there (§4.2). The root cannot be taken out: nothing would be left to store.
    void remove(List<String> path, String op) {
        if (path.isEmpty()) {
            throw missing(op, path);
        }
        Object parent = parent(path, op);
        if (elements(parent) instanceof List<Object> elements) {
            elements.remove(place(elements, path.getLast(), path, false));
        } else if (!(fields(parent) instanceof Map<String, Object> fields)
                || fields.remove(path.getLast()) == null) {
            throw missing(op, path);
        }
    }

    /// Puts a value where one is (§4.3). In a list it takes an element's place, where `add` would move it aside. A
    /// field need not be there, which upstream's library does not look at.
    void replace(List<String> path, Object value) {
        if (path.isEmpty()) {
            root = value;
            return;
        }
        Object parent = parent(path, "replace");
        if (elements(parent) instanceof List<Object> elements) {
            elements.set(place(elements, path.getLast(), path, false), value);
        } else if (fields(parent) instanceof Map<String, Object> fields) {
            fields.put(path.getLast(), value);
        } else {
            throw missing("replace", path);
        }
    }

    /// Whether a value is there that is equal as JSON: the order of fields does not matter. A missing value equals
    /// null, as in upstream's library.
    boolean holds(List<String> path, @Nullable Object wanted) {
        Object found = look(path);
        return found == null ? wanted == null || wanted == Null.NULL : wanted != null && equal(found, wanted);
    }

    private static boolean equal(@Nullable Object found, Object wanted) {
        if (found instanceof Map<?, ?> m && wanted instanceof Struct s) {
            boolean same = m.size() == s.size();
            for (int i = 0; same && i < s.size(); i++) {
                same = equal(m.get(s.name(i)), s.value(i));
            }
            return same;
        }
        if (found instanceof List<?> l && wanted instanceof Seq s) {
            boolean same = l.size() == s.size();
            for (int i = 0; same && i < s.size(); i++) {
                same = equal(l.get(i), s.get(i));
            }
            return same;
        }
        return found != null && found.equals(wanted);
    }

    /// The value at a place, possibly still to be [closed][#closed].
    /// @throws PatchFailure when there is none
    Object existing(List<String> path, String op) {
        Object found = look(path);
        if (found == null) {
            throw missing(op, path);
        }
        return found;
    }

    /// The value at a place, null of JSON where a field is missing.
    /// @throws PatchFailure when what contains the place is missing, or the index is
    Object found(List<String> path, String op) {
        if (path.isEmpty()) {
            throw missing(op, path);
        }
        Object parent = look(path.subList(0, path.size() - 1));
        if (parent instanceof Struct || parent instanceof Map<?, ?>) {
            return Objects.requireNonNullElse(child(parent, path.getLast()), Null.NULL);
        }
        return existing(path, op);
    }

    /// The value at a place, or null when there is none: also where the path leads through a scalar.
    private @Nullable Object look(List<String> path) {
        Object at = root;
        for (int i = 0; i < path.size() && at != null; i++) {
            at = child(at, path.get(i));
        }
        return at;
    }

    private static @Nullable Object child(Object at, String name) {
        return switch (at) {
            case Struct s -> s.get(name);
            case Map<?, ?> m -> m.get(name);
            case Seq l -> {
                int i = index(name, l.size());
                yield i >= 0 && i < l.size() ? l.get(i) : null;
            }
            case List<?> l -> {
                int i = index(name, l.size());
                yield i >= 0 && i < l.size() ? l.get(i) : null;
            }
            default -> null;
        };
    }

    /// What contains a place, opened, and all on the way to it.
    private Object parent(List<String> path, String op) {
        root = opened(root);
        Object at = root;
        for (String name : path.subList(0, path.size() - 1)) {
            at = next(at, name, path, op);
        }
        return at;
    }

    private static Object next(Object at, String name, List<String> path, String op) {
        if (elements(at) instanceof List<Object> elements) {
            int i = place(elements, name, path, false);
            elements.set(i, opened(elements.get(i)));
            return elements.get(i);
        }
        if (!(fields(at) instanceof Map<String, Object> fields) || !(fields.get(name) instanceof Object child)) {
            throw missing(op, path);
        }
        Object open = opened(child);
        fields.put(name, open);
        return open;
    }

    @SuppressWarnings("unchecked") // opened() has made it
    private static @Nullable Map<String, Object> fields(Object at) {
        return at instanceof Map<?, ?> ? (Map<String, Object>) at : null;
    }

    @SuppressWarnings("unchecked") // opened() has made it
    private static @Nullable List<Object> elements(Object at) {
        return at instanceof List<?> ? (List<Object>) at : null;
    }

    /// The index in a list, which must be there; with `end` also the one behind the last element.
    private static int place(List<Object> list, String name, List<String> path, boolean end) {
        if (end && name.equals("-")) {
            return list.size();
        }
        int size = list.size() + (end ? 1 : 0);
        int i = index(name, size);
        if (i < 0 || i >= size) {
            throw new PatchFailure("Unable to access invalid index: " + name + ": /" + String.join("/", path),
                    PatchFailure.UNFIT);
        }
        return i;
    }

    /// Negative numbers count from the end, as upstream's library takes them. Less than 0 for what is no index.
    private static int index(String name, int size) {
        try {
            int i = Integer.parseInt(name);
            return i < 0 ? i + size : i;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static PatchFailure missing(String op, List<String> path) {
        return missing(op, path.isEmpty() ? "" : "/" + String.join("/", path));
    }

    static PatchFailure missing(String op, String path) {
        return new PatchFailure(op + " operation does not apply: doc is missing path: \"" + path + "\": missing value",
                PatchFailure.UNFIT);
    }
}
