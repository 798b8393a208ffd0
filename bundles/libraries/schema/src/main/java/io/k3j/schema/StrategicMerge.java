package io.k3j.schema;

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
import org.jspecify.annotations.Nullable;

/// Strategic merge patch: a merge that knows how lists of a kind are merged, with the directives `$patch`,
/// `$retainKeys`, `$setElementOrder/…` and `$deleteFromPrimitiveList/…`. Built-in kinds only: upstream answers 415 for
/// custom ones. See
/// <https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md>.
///
/// Pure; any thread. Neither the object nor the patch is changed; parts the patch does not name are shared with the
/// object. Nothing is typed here: the result has to be decoded, which finds values of the wrong type.
///
/// | directive | where | what it does |
/// |---|---|---|
/// | `$patch` | a struct, or an element of a list | `replace`: takes its place; `delete`: goes; `merge`: as without |
/// | `$retainKeys` | a struct | drops the fields it does not name |
/// | `$setElementOrder/F` | beside the list `F` | says how its elements are to stand |
/// | `$deleteFromPrimitiveList/F` | beside the list `F` | takes these scalars out |
public final class StrategicMerge {
    private static final String PATCH = "$patch";
    /// Of a struct: the fields that may stay, as for the members of a union.
    private static final String RETAIN = "$retainKeys";
    /// Followed by the name of a list field.
    private static final String ORDER = "$setElementOrder/";
    /// Followed by the name of a field that is a list of scalars.
    private static final String DELETE = "$deleteFromPrimitiveList/";

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
                    + " fields and elements would be copied; name each element once, or send several patches", true);
        }
    }

    /// @param shape null below fields nobody knows
    private Struct struct(@Nullable Shape shape, Struct object, Struct changes) {
        switch (changes.text(PATCH)) {
            case "" -> {
            }
            case "merge" -> {
            }
            case "replace" -> {
                return changes.without(PATCH);
            }
            case "delete" -> {
                return Struct.EMPTY;
            }
            default -> throw unknown(changes.text(PATCH));
        }
        copies(object.size());
        Struct left = deletions(retained(object, changes), changes);
        Struct.Builder merged = left.toBuilder();
        changes.forEach((name, change) -> {
            if (name.startsWith("$")) {
                return;
            }
            Shape child = shape == null ? null : shape.child(name);
            Object now = merged.has(name) ? object.get(name) : null;
            switch (change) {
                case Null n -> merged.remove(name);
                case Struct s when s.text(PATCH).equals("delete") -> merged.remove(name);
                case Struct s when child != null && child.patchReplace() -> merged.put(name, s.without(PATCH));
                case Struct s -> merged.put(name, struct(child, now instanceof Struct o ? o : Struct.EMPTY, s));
                case Seq l when child != null && child.patchMerge() -> merged.put(name,
                        list(child, left.seq(name), l, order(changes, name)));
                default -> merged.put(name, change);
            }
        });
        reorder(shape, left, object, changes).forEach(merged::put);
        return merged.build();
    }

    /// Fields the patch does not name among those to keep are dropped.
    private static Struct retained(Struct object, Struct changes) {
        if (!(changes.get(RETAIN) instanceof Seq keep)) {
            return object;
        }
        Struct.Builder kept = Struct.builder();
        Set<Object> named = new HashSet<>(keep.stream().filter(String.class::isInstance).toList());
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
            if (!name.startsWith(DELETE)) {
                return;
            }
            String field = name.substring(DELETE.length());
            Set<Object> gone = listed(name, value).stream().map(ValueKey::of).collect(Collectors.toSet());
            if (object.has(field)) {
                copies(object.seq(field).size());
                left.put(field, Seq.copyOf(object.seq(field).stream()
                        .filter(v -> !gone.contains(ValueKey.of(v))).toList()));
            }
        });
        return left.build();
    }

    private static Seq listed(String name, Object value) {
        if (value instanceof Seq list) {
            return list;
        }
        throw new PatchFailure("expected a list in " + name, true);
    }

    /// The lists of which only the order was changed, not the elements: the patch has the directive and no list.
    ///
    /// @param left of the object after deletions
    private Map<String, Seq> reorder(@Nullable Shape shape, Struct left, Struct object, Struct changes) {
        Map<String, Seq> arranged = new LinkedHashMap<>();
        changes.forEach((name, value) -> {
            if (!name.startsWith(ORDER) || !(value instanceof Seq order)) {
                return;
            }
            String field = name.substring(ORDER.length());
            Shape child = shape == null ? null : shape.child(field);
            if (!changes.has(field) && child != null && left.get(field) instanceof Object now && now != Null.NULL) {
                copies(object.seq(field).size());
                arranged.put(field, ElementOrder.arranged(listed(field, now), object.seq(field), order,
                        child.mergeKey()));
            }
        });
        return arranged;
    }

    /// The order wanted for a field, null when the patch says none.
    private static @Nullable Seq order(Struct changes, String name) {
        return changes.get(ORDER + name) instanceof Seq order ? order : null;
    }

    /// A list with the strategy `merge`: structs by the merge key, scalars as a set.
    private Seq list(Shape shape, Seq now, Seq changes, @Nullable Seq order) {
        copies(now.size());
        boolean structs = changes.stream().anyMatch(Struct.class::isInstance);
        Seq merged = structs ? elements(shape, now, changes) : union(now, changes);
        // without a wanted order the elements of the patch stand as in the patch: what is new comes first
        return ElementOrder.arranged(merged, now, order == null ? changes : order, shape.mergeKey());
    }

    private static Seq union(Seq now, Seq changes) {
        Map<Object, Object> all = new LinkedHashMap<>();
        now.forEach(v -> all.putIfAbsent(ValueKey.of(v), v));
        changes.forEach(v -> all.putIfAbsent(ValueKey.of(v), v));
        return Seq.copyOf(all.values());
    }

    /// Elements by the merge key. One element with `$patch: replace` drops all there were; it counts itself if it has
    /// more fields than that.
    private Seq elements(Shape shape, Seq now, Seq changes) {
        String key = shape.mergeKey();
        if (key.isEmpty()) {
            return changes;
        }
        boolean replace = changes.structs().stream().anyMatch(s -> s.text(PATCH).equals("replace"));
        KeyedElements merged = new KeyedElements(key, replace ? List.of() : now.stream().toList());
        for (Struct change : changes.structs()) {
            switch (change.text(PATCH)) {
                case "delete" -> merged.remove(change);
                case "replace" -> {
                    if (change.size() > 1) {
                        merged.add(change.without(PATCH));
                    }
                }
                case "", "merge" -> element(shape.items(), merged, change, key);
                default -> throw unknown(change.text(PATCH));
            }
        }
        return merged.seq();
    }

    /// Merges one element, or adds it. The first of several with the same key is meant.
    private void element(Shape shape, KeyedElements merged, Struct change, String key) {
        if (!change.has(key)) {
            throw new PatchFailure("map: " + change.names() + " does not contain declared merge key: " + key, true);
        }
        merged.merge(change, now -> struct(shape, now, change));
    }

    private static PatchFailure unknown(String directive) {
        return new PatchFailure("unknown patch type found: " + directive, true);
    }
}
