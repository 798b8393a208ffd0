package io.k3j.apimachinery;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// RFC 6902, JSON Patch: operations in order, all or none. Trees never change, so a patch that fails half way leaves
/// nothing behind. One instance is one patch at work; pure to the outside, any thread.
///
/// A patch is written by a user and small, what it makes need not be: every bound here is on the outcome. Messages are
/// those of the library that upstream uses (evanphx/json-patch) where clients see them.
///
/// | operation | needs | fails when |
/// |---|---|---|
/// | `add` | `value` | what contains the place is missing, an index is beyond the end |
/// | `remove` | | there is nothing |
/// | `replace` | `value` | there is nothing |
/// | `move`, `copy` | `from` | there is nothing at `from` |
/// | `test` | `value`, missing is null | something else is there |
public final class JsonPatch {
    /// The most operations one patch may hold, upstream's bound.
    public static final int MOST_OPERATIONS = 10_000;

    /// The most that all copies of one patch, and moves to deeper places, may hold, in bytes of JSON: upstream's bound
    /// of copies. A copy of a value into itself doubles it, so a few lines would stand for more than any memory holds.
    public static final int MOST_COPIED_BYTES = 3 << 20;

    /// How deep values may nest after a patch, as deep as JSON is read. Operations that each go below what the one
    /// before has made would nest them without end.
    public static final int MOST_LEVELS = 1000;
    /// Bytes of JSON that copies and moves to deeper places have put into the object so far.
    private long copied;

    private JsonPatch() {
    }

    /// `object` after all operations.
    ///
    /// @param object is not changed
    /// @param operations the patch as it was decoded
    /// @throws PatchFailure naming the first operation that cannot be done; malformed when it could be done to no
    ///     object
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

    /// One operation (RFC 6902 §4). A move is a removal and an addition; it counts like a copy when it goes deeper,
    /// since with copies it makes values contain themselves.
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

    /// The value, counted into the bound of copies. The count stops where the bound is reached, so a refusal is cheap.
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

    /// The operand of `add` and `replace`; null is a value ([Null#NULL]), a missing one is an error.
    private static Object value(Struct operation) {
        Object value = operation.get("value");
        if (value == null) {
            throw new PatchFailure("missing value in the " + operation.text("op") + " operation at "
                    + operation.text("path"), true);
        }
        return value;
    }

    /// A JSON pointer in its parts (RFC 6901); none for the whole document. `~1` is undone before `~0`, as §4 says: the
    /// other way round `~01` would become a slash.
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

    /// Puts a value into a struct, or before an element of a list, `-` being the end. What contains the place must be
    /// there: JSON patches make no structs on the way (§4.1). Recursive; the depth is that of the path, and [#fitting]
    /// bounds it.
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

    /// Takes a value out, which must be there (§4.2). The root cannot be taken out: nothing would be left to store.
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

    /// Puts a value where one is (§4.3). In a list it takes an element's place, where `add` would move it aside.
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

    /// Refuses the whole patch unless the value is there (§4.6). Equal means equal as JSON: the order of fields does
    /// not matter. A missing value equals null, as in upstream's library.
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

    /// The value at a place, or null when there is none: also where the path leads through a scalar.
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

    /// The index in a list, which must be there; with `end` also the one behind the last element.
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

    /// -1 for what is no number, so that no such index is found.
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

    /// By position: a list may hold equal elements.
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
