package io.k3j.apimachinery;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// RFC 6902, JSON Patch: operations in order, all or none. Trees never change, so a patch that fails half way leaves
/// nothing behind. One instance is one patch at work; pure to the outside, any thread.
///
/// A patch is written by a user and small, what it makes need not be: every bound here is on the outcome. Messages are
/// those of the library that upstream uses (evanphx/json-patch) where clients see them.
///
/// | operation | needs | fails when |
/// |---|---|---|
/// | `add` | `value`, missing is null | what contains the place is missing, an index is beyond the end |
/// | `remove` | | there is nothing |
/// | `replace` | `value`, missing is null | what contains the place is missing, or there is no such index |
/// | `move` | `from` | there is nothing at `from` |
/// | `copy` | `from` | what contains `from` is missing; nothing at `from` is copied as null |
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
    private static final Set<String> OPERATIONS = Set.of("add", "remove", "replace", "test", "copy", "move");
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
                    + operations.size(), PatchFailure.TOO_LARGE);
        }
        JsonPatch patch = new JsonPatch(object);
        for (Object o : operations) {
            if (!(o instanceof Struct operation)) {
                throw new PatchFailure("json: cannot unmarshal into Go value of type jsonpatch.Operation",
                        PatchFailure.MALFORMED);
            }
            patch.step(operation);
        }
        if (patch.tree.value() instanceof Struct s) {
            return s;
        }
        throw new PatchFailure("a JSON patch must leave an object", PatchFailure.UNFIT);
    }

    /// One operation (RFC 6902 §4).
    private void step(Struct operation) {
        String op = operation.text("op", "unknown");
        if (!OPERATIONS.contains(op)) {
            throw new PatchFailure("Unexpected kind: " + op, PatchFailure.UNFIT);
        }
        List<String> path = pointer(operation, "path");
        switch (op) {
            case "add" -> tree.add(path, fitting(value(operation), path));
            case "remove" -> tree.remove(path, op);
            case "replace" -> tree.replace(path, fitting(value(operation), path));
            case "test" -> test(path, operation);
            case "copy" -> tree.add(path, fitting(counted(tree.found(pointer(operation, "from"), op)), path));
            default -> move(pointer(operation, "from"), path);
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
                    + " limit " + MOST_COPIED_BYTES, PatchFailure.UNFIT);
        }
        return value;
    }

    /// A value whose place is not too deep for it. So no value of a patch ever nests too deep, whatever is done to it.
    private static Object fitting(Object value, List<String> path) {
        if (JsonSize.deeper(value, MOST_LEVELS - path.size())) {
            throw new PatchFailure("the patch would nest values deeper than " + MOST_LEVELS + " levels",
                    PatchFailure.MALFORMED);
        }
        return value;
    }

    /// The operand of `add` and `replace`.
    private static Object value(Struct operation) {
        return Objects.requireNonNullElse(operation.get("value"), Null.NULL);
    }

    /// A JSON pointer in its parts (RFC 6901); none for the whole document. `~1` is undone before `~0`, as §4 says: the
    /// other way round `~01` would become a slash. What stands before the first slash does not count, as upstream.
    private static List<String> pointer(Struct operation, String field) {
        if (!(operation.get(field) instanceof String text)) {
            throw new PatchFailure(operation.text("op") + " operation failed to decode " + field + ": missing value",
                    PatchFailure.UNFIT);
        }
        List<String> parts = new ArrayList<>();
        int slash = text.indexOf('/');
        if (slash >= 0) {
            for (String part : text.substring(slash + 1).split("/", -1)) {
                parts.add(part.replace("~1", "/").replace("~0", "~"));
            }
        } else if (!text.isEmpty()) {
            throw PatchedTree.missing(operation.text("op"), text);
        }
        return parts;
    }

    /// Refuses the whole patch unless the value is there (§4.6).
    private void test(List<String> path, Struct operation) {
        if (!tree.holds(path, operation.get("value"))) {
            throw new PatchFailure("testing value " + operation.text("path") + " failed: test failed",
                    PatchFailure.UNFIT);
        }
    }
}
