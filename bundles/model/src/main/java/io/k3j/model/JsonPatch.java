package io.k3j.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// RFC 6902, JSON Patch: operations in order, all or none.
public final class JsonPatch {
    /// The most operations one patch may hold, upstream's bound.
    public static final int MOST_OPERATIONS = 10_000;

    /// The most that all copies of one patch, and moves to deeper places, may hold, in bytes of JSON: upstream's bound
    /// of copies. A copy of a value into itself doubles it, so a few lines would stand for more than any memory holds.
    public static final int MOST_COPIED_BYTES = 3 << 20;

    /// How deep values may nest after a patch, as deep as JSON is read. Operations that each go below what the one
    /// before has made would nest them without end.
    public static final int MOST_LEVELS = 1000;
    private long copied;

    private JsonPatch() {
    }

    /// `object` after all operations.
    /// @throws PatchFailure naming the first operation that cannot be done
    public static Struct apply(Struct object, Seq operations) {
        if (operations.size() > MOST_OPERATIONS) {
            throw new PatchFailure("The allowed maximum operations in a JSON patch is " + MOST_OPERATIONS + ", got "
                    + operations.size(), true);
        }
        JsonPatch patch = new JsonPatch();
        Object now = object;
        for (Object o : operations) {
            if (!(o instanceof Struct operation)) {
                throw new PatchFailure("json: cannot unmarshal into an operation of a JSON patch", true);
            }
            now = patch.step(now, operation);
        }
        if (now instanceof Struct s) {
            return s;
        }
        throw new PatchFailure("a JSON patch must leave an object", false);
    }

    private Object step(Object root, Struct operation) {
        String op = operation.text("op");
        List<String> path = pointer(operation, "path");
        return switch (op) {
            case "add" -> add(root, path, 0, fitting(value(operation), path));
            case "remove" -> remove(root, path, 0, op);
            case "replace" -> replace(root, path, fitting(value(operation), path));
            case "test" -> test(root, path, operation);
            case "copy" -> add(root, path, 0,
                    fitting(counted(existing(root, pointer(operation, "from"), op)), path));
            case "move" -> {
                List<String> from = pointer(operation, "from");
                Object moved = existing(root, from, op);
                if (path.size() > from.size()) {
                    fitting(counted(moved), path);
                }
                yield add(remove(root, from, 0, op), path, 0, moved);
            }
            default -> throw new PatchFailure("Unexpected kind: " + op, true);
        };
    }

    private Object counted(Object value) {
        copied += JsonSize.atLeast(value, MOST_COPIED_BYTES + 1L - copied);
        if (copied > MOST_COPIED_BYTES) {
            throw new PatchFailure("Unable to complete the copy, the accumulated size increase of copy exceeds the"
                    + " limit " + MOST_COPIED_BYTES, false);
        }
        return value;
    }

    /// A value whose place is not too deep for it. So no value of a patch ever nests too deep, whatever is done to it.
    private static Object fitting(Object value, List<String> path) {
        if (JsonSize.deeper(value, MOST_LEVELS - path.size())) {
            throw new PatchFailure("the patch would nest values deeper than " + MOST_LEVELS + " levels", true);
        }
        return value;
    }

    private static Object value(Struct operation) {
        Object value = operation.get("value");
        if (value == null) {
            throw new PatchFailure("missing value in the " + operation.text("op") + " operation at "
                    + operation.text("path"), true);
        }
        return value;
    }

    private static List<String> pointer(Struct operation, String field) {
        if (!(operation.get(field) instanceof String text) || !text.isEmpty() && text.charAt(0) != '/') {
            throw new PatchFailure("missing or invalid " + field + " in the " + operation.text("op") + " operation",
                    true);
        }
        List<String> parts = new ArrayList<>();
        if (!text.isEmpty()) {
            for (String part : text.substring(1).split("/", -1)) {
                parts.add(part.replace("~1", "/").replace("~0", "~"));
            }
        }
        return parts;
    }

    private static Object add(Object at, List<String> path, int depth, Object value) {
        if (path.size() == depth) {
            return value;
        }
        String name = path.get(depth);
        boolean last = path.size() == depth + 1;
        return switch (at) {
            case Struct s when last -> s.with(name, value);
            case Seq l when last -> inserted(l, place(l, name, path, true), value);
            case Struct s -> s.with(name, add(child(s, name, path, "add"), path, depth + 1, value));
            case Seq l -> {
                int i = place(l, name, path, false);
                yield l.with(i, add(l.get(i), path, depth + 1, value));
            }
            default -> throw missing("add", path);
        };
    }

    private static Object remove(Object at, List<String> path, int depth, String op) {
        if (path.size() == depth) {
            throw missing(op, path);
        }
        String name = path.get(depth);
        boolean last = path.size() == depth + 1;
        return switch (at) {
            case Struct s when last -> {
                child(s, name, path, op);
                yield s.without(name);
            }
            case Struct s -> s.with(name, remove(child(s, name, path, op), path, depth + 1, op));
            case Seq l when last -> removed(l, place(l, name, path, false));
            case Seq l -> {
                int i = place(l, name, path, false);
                yield l.with(i, remove(l.get(i), path, depth + 1, op));
            }
            default -> throw missing(op, path);
        };
    }

    private static Object replace(Object root, List<String> path, Object value) {
        existing(root, path, "replace");
        return path.isEmpty() ? value : set(root, path, 0, value);
    }

    private static Object set(Object at, List<String> path, int depth, Object value) {
        if (path.size() == depth) {
            return value;
        }
        String name = path.get(depth);
        return switch (at) {
            case Struct s -> s.with(name, set(child(s, name, path, "replace"), path, depth + 1, value));
            case Seq l -> {
                int i = place(l, name, path, false);
                yield l.with(i, set(l.get(i), path, depth + 1, value));
            }
            default -> throw missing("replace", path);
        };
    }

    private static Object test(Object root, List<String> path, Struct operation) {
        Object wanted = operation.get("value");
        Object found = look(root, path);
        boolean absent = found == null && (wanted == null || wanted == Null.NULL);
        if (!absent && (found == null || !found.equals(wanted))) {
            throw new PatchFailure("testing value " + operation.text("path") + " failed: test failed", false);
        }
        return root;
    }

    private static Object existing(Object root, List<String> path, String op) {
        Object found = look(root, path);
        if (found == null) {
            throw missing(op, path);
        }
        return found;
    }

    private static @Nullable Object look(Object root, List<String> path) {
        Object at = root;
        for (String name : path) {
            at = switch (at) {
                case Struct s -> s.get(name);
                case Seq l -> {
                    int i = number(name);
                    yield i >= 0 && i < l.size() ? l.get(i) : null;
                }
                case null, default -> null;
            };
        }
        return at;
    }

    private static Object child(Struct s, String name, List<String> path, String op) {
        Object child = s.get(name);
        if (child == null) {
            throw missing(op, path);
        }
        return child;
    }

    private static int place(Seq list, String name, List<String> path, boolean end) {
        if (end && name.equals("-")) {
            return list.size();
        }
        int i = number(name);
        if (i < 0 || i >= list.size() + (end ? 1 : 0)) {
            throw new PatchFailure("Unable to access invalid index: " + name + ": /" + String.join("/", path), false);
        }
        return i;
    }

    private static int number(String name) {
        try {
            return Integer.parseInt(name);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static Seq inserted(Seq list, int at, Object value) {
        List<Object> values = new ArrayList<>(list.stream().toList());
        values.add(at, value);
        return Seq.copyOf(values);
    }

    private static Seq removed(Seq list, int at) {
        Object[] kept = new Object[list.size() - 1];
        Arrays.setAll(kept, i -> list.get(i < at ? i : i + 1));
        return Seq.owning(kept);
    }

    private static PatchFailure missing(String op, List<String> path) {
        String shown = "/" + String.join("/", path);
        return new PatchFailure(op + " operation does not apply: doc is missing path: \"" + shown + "\": missing value",
                false);
    }
}
