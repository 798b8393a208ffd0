package io.k3j.schema;

import io.k3j.apimachinery.GoPrint;
import io.k3j.apimachinery.PatchFailure;
import io.k3j.apimachinery.ValueKey;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Strategic merge patch: a merge that knows how lists of a kind are merged, with the directives `$patch`,
/// `$retainKeys`, `$setElementOrder/…` and `$deleteFromPrimitiveList/…`. Built-in kinds only: upstream answers 415 for
/// custom ones. Rules and messages are those of `apimachinery/pkg/util/strategicpatch`; see
/// <https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md>.
///
/// Pure; any thread. Neither the object nor the patch is changed; parts the patch does not name are shared with the
/// object. Nothing is typed here: the result has to be decoded, which finds values of the wrong type, and directives
/// where nothing is merged, as within what is new.
///
/// | directive | where | what it does |
/// |---|---|---|
/// | `$patch` | a struct | `replace`: takes its place; `delete`: empties it, or leaves out what is new |
/// | `$patch` | an element of a list | `delete`: takes out those of its key; `replace`: drops all that were there |
/// | `$retainKeys` | a struct | drops the fields it does not name |
/// | `$setElementOrder/F` | beside the list `F` | says how its elements are to stand |
/// | `$deleteFromPrimitiveList/F` | beside the list `F` | takes these scalars out |
public final class StrategicMerge {
    static final String PATCH = "$patch";
    /// Of a struct: the fields that may stay, as for the members of a union.
    private static final String RETAIN = "$retainKeys";
    private static final String ORDERS = "$setElementOrder";
    /// Followed by the name of a list field.
    private static final String ORDER = ORDERS + "/";
    private static final String DELETES = "$deleteFromPrimitiveList";
    /// Followed by the name of a field that is a list of scalars.
    private static final String DELETE = DELETES + "/";

    /// Of fields and elements that one patch may copy. One that names each element once copies no more than the object
    /// has, some hundred thousand at most; one that names an element again copies all that is in it again, so that in
    /// the largest body the same name makes thousands of millions.
    private static final long MOST_COPIED = 4_000_000;
    private long copied;

    private StrategicMerge() {
    }

    /// `object` with `changes` laid over it by the rules of `shape`.
    ///
    /// @param shape that of the kind; what it does not know is merged as by a JSON merge patch
    /// @param object as it is stored
    /// @param changes the patch; a field that is null is taken out
    /// @return the patched object, not decoded and not bounded in size
    /// @throws PatchFailure for a directive that makes no sense, an element without its merge key, or one that is large
    /// and named so often that the patch would take minutes
    public static Struct apply(Shape shape, Struct object, Struct changes) {
        return new StrategicMerge().struct(shape, object, changes);
    }

    /// Before anything is copied.
    private void copies(int many) {
        copied += many;
        if (copied > MOST_COPIED) {
            throw new PatchFailure("the patch names the same elements of lists too often: more than " + MOST_COPIED
                    + " fields and elements would be copied; name each element once, or send several patches",
                    PatchFailure.MALFORMED);
        }
    }

    /// @param shape null below fields nobody knows
    private Struct struct(@Nullable Shape shape, Struct object, Struct changes) {
        if (changes.get(PATCH) instanceof Object directive) {
            return switch (directive instanceof String s ? s : "") {
                case "replace" -> changes.without(PATCH);
                case "delete" -> Struct.EMPTY;
                default -> throw PatchValues.unknown(directive, changes);
            };
        }
        copies(object.size());
        Struct left = deletions(retained(object, changes), changes);
        Struct.Builder merged = left.toBuilder();
        Set<String> arranged = new HashSet<>();
        changes.forEach((name, order) -> {
            if (name.startsWith(ORDERS)) {
                String field = name.startsWith(ORDER) ? name.substring(ORDER.length()) : "";
                arranged.add(field);
                put(merged, field, arranged(shape, left, changes, named(field, ORDERS), order));
            }
        });
        changes.forEach((name, change) -> {
            if (!name.equals(RETAIN) && !name.startsWith(ORDERS) && !name.startsWith(DELETES)
                    && !arranged.contains(name)) {
                Shape child = shape == null ? null : shape.child(name);
                put(merged, name, change == Null.NULL ? null : value(child, left.get(name), change));
            }
        });
        return merged.build();
    }

    private static void put(Struct.Builder merged, String name, @Nullable Object value) {
        if (value == null) {
            merged.remove(name);
        } else {
            merged.put(name, value);
        }
    }

    /// What becomes of a field; null: it goes.
    private @Nullable Object value(@Nullable Shape child, @Nullable Object now, Object change) {
        if (now instanceof Struct o && change instanceof Struct s) {
            return child != null && child.patchReplace() ? s : struct(child, o, s);
        }
        if (now instanceof Seq o && change instanceof Seq l) {
            return child != null && child.patchMerge() ? list(child, o, l) : l;
        }
        return PatchValues.fresh(change);
    }

    /// Fields the patch does not name among those to keep are dropped, and may not be in the patch either.
    private static Struct retained(Struct object, Struct changes) {
        Object keep = changes.get(RETAIN);
        if (keep == null) {
            return object;
        }
        Set<Object> named = new HashSet<>(keep instanceof Seq list ? list.stream().toList() : List.of());
        boolean strange = !(keep instanceof Seq);
        for (int i = 0; i < changes.size() && !strange; i++) {
            String name = changes.name(i);
            strange = !name.equals(RETAIN) && changes.value(i) != Null.NULL && !name.startsWith(DELETES)
                    && !name.startsWith(ORDERS) && !named.contains(name);
        }
        if (strange) {
            throw new PatchFailure("invalid patch format of retainKeys", PatchFailure.MALFORMED);
        }
        Struct.Builder kept = Struct.builder();
        object.forEach((name, value) -> {
            if (named.contains(name)) {
                kept.put(name, value);
            }
        });
        return kept.build();
    }

    /// Before the merge, so that what a patch adds stays although it deletes the same value.
    private Struct deletions(Struct object, Struct changes) {
        Struct.Builder left = object.toBuilder();
        changes.forEach((name, value) -> {
            if (!name.startsWith(DELETES)) {
                return;
            }
            String field = named(name.startsWith(DELETE) ? name.substring(DELETE.length()) : "", DELETES);
            if (value == Null.NULL) {
                left.remove(field);
            } else if (value instanceof Seq list && object.get(field) instanceof Seq now) {
                copies(now.size());
                Set<Object> gone = list.stream().map(ValueKey::of).collect(Collectors.toSet());
                left.put(field, Seq.copyOf(now.stream().filter(v -> !gone.contains(ValueKey.of(v))).toList()));
            }
        });
        return left.build();
    }

    private static String named(String field, String directive) {
        if (field.isEmpty()) {
            throw new PatchFailure(directive.equals(ORDERS) ? "invalid patch format of setElementOrder list"
                    : "invalid patch format of primitive list", PatchFailure.MALFORMED);
        }
        return field;
    }

    /// A list that the patch wants in an order, with what the patch has for it. Null: there is none.
    private @Nullable Seq arranged(@Nullable Shape shape, Struct left, Struct changes, String field, Object asked) {
        Seq order = PatchValues.listed(asked);
        Object now = left.get(field);
        Object change = changes.get(field);
        Shape child = shape == null ? null : shape.child(field);
        String key = child == null ? "" : child.mergeKey();
        Seq before = now == null ? Seq.EMPTY : PatchValues.listed(now);
        if (change == null) {
            if (now == null) {
                return null;
            }
            copies(before.size());
            return ElementOrder.arranged(before, before, order, key);
        }
        ElementOrder.check(PatchValues.listed(change), order, key);
        Object merged = value(child, now, change);
        return merged == null ? null : ElementOrder.arranged((Seq) merged, before, order, key);
    }

    /// A list with the strategy `merge`: structs by the merge key, scalars as a set. What the patch names stands as in
    /// the patch, so that what is new comes first.
    private Seq list(Shape shape, Seq now, Seq changes) {
        copies(now.size());
        if (Stream.concat(now.stream(), changes.stream()).noneMatch(Struct.class::isInstance)) {
            return ElementOrder.arranged(union(now, changes), now, changes, shape.mergeKey());
        }
        String key = shape.mergeKey();
        if (key.isEmpty()) {
            throw new PatchFailure("cannot merge lists without merge key for "
                    + GoNames.simple(shape.items().definition()), PatchFailure.UNKNOWN);
        }
        if (changes.structs().size() < changes.size()) {
            throw new PatchFailure("list element types are not identical: " + GoPrint.value(changes),
                    PatchFailure.UNKNOWN);
        }
        Seq plain = Seq.copyOf(changes.structs().stream().filter(s -> !s.has(PATCH)).toList());
        KeyedElements merged = new KeyedElements(key, now.stream().toList());
        boolean replaced = false;
        for (Struct change : changes.structs()) {
            replaced |= directive(merged, change, key).equals("replace");
        }
        if (replaced) {
            return plain;
        }
        plain.structs().forEach(change -> element(shape.items(), merged, change, key));
        return ElementOrder.arranged(merged.seq(), now, plain, key);
    }

    private static Seq union(Seq now, Seq changes) {
        Map<Object, Object> all = new LinkedHashMap<>();
        now.forEach(v -> all.putIfAbsent(ValueKey.of(v), v));
        changes.forEach(v -> all.putIfAbsent(ValueKey.of(v), v));
        return Seq.copyOf(all.values());
    }

    /// Does what an element of the patch says by `$patch`; empty for one that says nothing.
    private static String directive(KeyedElements merged, Struct change, String key) {
        Object directive = change.get(PATCH);
        switch (directive) {
            case null -> {
                return "";
            }
            case String s when s.equals("delete") -> merged.remove(PatchValues.keyed(change, key));
            case String s when s.equals("replace") -> {
                return s;
            }
            case String s when s.equals("merge") ->
                throw new PatchFailure("merging lists cannot yet be specified in the patch", PatchFailure.UNKNOWN);
            default -> throw PatchValues.unknown(directive, change);
        }
        return "";
    }

    /// Merges one element, or adds it as it is. The first of several with the same key is meant.
    private void element(Shape shape, KeyedElements merged, Struct change, String key) {
        merged.merge(PatchValues.keyed(change, key), now -> now == null ? change : struct(shape, now, change));
    }
}
