package io.k3j.apimachinery;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;

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
    private final PatchedTree tree;
    /// Bytes of JSON that copies and moves to deeper places have put into the object so far.
    private long copied;

    private JsonPatch(Struct object) {
        tree = new PatchedTree(object);
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
        JsonPatch patch = new JsonPatch(object);
        for (Object o : operations) {
            if (!(o instanceof Struct operation)) {
                throw new PatchFailure("json: cannot unmarshal into an operation of a JSON patch", true);
            }
            patch.step(operation);
        }
        if (patch.tree.value() instanceof Struct s) {
            return s;
        }
        throw new PatchFailure("a JSON patch must leave an object", false);
    }

    /// One operation (RFC 6902 §4).
    private void step(Struct operation) {
        String op = operation.text("op");
        List<String> path = pointer(operation, "path");
        switch (op) {
            case "add" -> tree.add(path, fitting(value(operation), path));
            case "remove" -> tree.remove(path, op);
            case "replace" -> tree.replace(path, fitting(value(operation), path));
            case "test" -> test(path, operation);
            case "copy" -> tree.add(path, fitting(counted(tree.existing(pointer(operation, "from"), op)), path));
            case "move" -> move(pointer(operation, "from"), path);
            default -> throw new PatchFailure("Unexpected kind: " + op, true);
        }
    }

    /// A removal and an addition; it counts like a copy when it goes deeper, since with copies it makes values contain
    /// themselves.
    private void move(List<String> from, List<String> path) {
        Object moved = tree.existing(from, "move");
        if (path.size() > from.size()) {
            moved = fitting(counted(moved), path);
        }
        tree.remove(from, "move");
        tree.add(path, moved);
    }

    /// The value, counted into the bound of copies. The count stops where the bound is reached, so a refusal is cheap.
    private Object counted(Object open) {
        Object value = PatchedTree.closed(open);
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

    /// The operand of `add` and `replace`; null is a value ([io.k3j.model.Null#NULL]), a missing one is an error.
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

    /// Refuses the whole patch unless the value is there (§4.6).
    private void test(List<String> path, Struct operation) {
        if (!tree.holds(path, operation.get("value"))) {
            throw new PatchFailure("testing value " + operation.text("path") + " failed: test failed", false);
        }
    }
}
