package io.k3j.model;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Which fields of an object somebody reads: all, or those below some chains of fields (`google.protobuf.FieldMask`).
/// Immutable; every `with` gives another mask.
///
/// A list has no place in a chain, nor has one within a list: what is kept is kept of each struct in it, as by `spec`,
/// `containers`, `ports`, `name`. A value that is neither struct nor list is kept as it is, however long the chain.
public final class FieldMask {
    /// Every field.
    public static final FieldMask ALL = new FieldMask(true, Map.of());
    /// What every cache needs of an object: version, kind, namespace, name, uid and revision.
    public static final FieldMask IDENTITY = new FieldMask(false, Map.of()).with("apiVersion").with("kind")
            .with("metadata", "namespace").with("metadata", "name").with("metadata", "uid")
            .with("metadata", "resourceVersion");

    private final boolean everything;
    private final Map<String, FieldMask> kept;

    private FieldMask(boolean everything, Map<String, FieldMask> kept) {
        this.everything = everything;
        this.kept = kept;
    }

    /// Whether no field is left out.
    public boolean everything() {
        return everything;
    }

    /// The same and all that is below a chain of fields.
    public FieldMask with(String... path) {
        return with(path, 0);
    }

    private FieldMask with(String[] path, int depth) {
        if (everything || depth == path.length) {
            return ALL;
        }
        FieldMask known = kept.get(path[depth]);
        FieldMask now = (known == null ? new FieldMask(false, Map.of()) : known).with(path, depth + 1);
        Map<String, FieldMask> more = new HashMap<>(kept);
        more.put(path[depth], now);
        return new FieldMask(false, Map.copyOf(more));
    }

    /// The mask of a struct that has what this one is about in a field, and nothing else to keep.
    public FieldMask under(String field) {
        return new FieldMask(false, Map.of(field, this));
    }

    /// The mask of a field's value; null when the field is left out.
    public @Nullable FieldMask at(String field) {
        return everything ? ALL : kept.get(field);
    }

    /// Whether this keeps all that another one keeps.
    public boolean covers(FieldMask other) {
        return everything || !other.everything && other.kept.entrySet().stream().allMatch(e -> {
            FieldMask mine = kept.get(e.getKey());
            return mine != null && mine.covers(e.getValue());
        });
    }

    /// An object without what is left out, at its revision; the object itself when that is nothing.
    public Obj of(Obj object) {
        Struct tree = of(object.tree());
        return tree == object.tree() ? object : object.withTree(tree);
    }

    /// A struct without what is left out; the struct itself when that is nothing.
    public Struct of(Struct whole) {
        if (everything) {
            return whole;
        }
        String[] names = new String[whole.size()];
        Object[] values = new Object[whole.size()];
        int count = 0;
        boolean same = true;
        for (int i = 0; i < whole.size(); i++) {
            FieldMask its = kept.get(whole.name(i));
            if (its == null) {
                same = false;
                continue;
            }
            names[count] = whole.name(i);
            values[count] = its.value(whole.value(i));
            same &= values[count++] == whole.value(i);
        }
        return same ? whole : Struct.owning(Arrays.copyOf(names, count), Arrays.copyOf(values, count));
    }

    private Object value(Object whole) {
        return switch (whole) {
            case Struct s -> of(s);
            case Seq s -> everything ? s : each(s);
            default -> whole;
        };
    }

    private Seq each(Seq whole) {
        Object[] values = new Object[whole.size()];
        boolean same = true;
        for (int i = 0; i < values.length; i++) {
            values[i] = value(whole.get(i));
            same &= values[i] == whole.get(i);
        }
        return same ? whole : Seq.owning(values);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FieldMask m && m.everything == everything && m.kept.equals(kept);
    }

    @Override
    public int hashCode() {
        return kept.hashCode() * 31 + Boolean.hashCode(everything);
    }

    /// For people reading logs and test failures.
    @Override
    public String toString() {
        return everything ? "*" : new TreeMap<>(kept).toString();
    }
}
