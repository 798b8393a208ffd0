package io.k3j.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// An immutable JSON object: names to values, in order of writing. Two are equal when they hold the
/// same names and values in any order.
///
/// Access is forgiving where Kubernetes is: a missing or differently typed field reads as the empty
/// value of the asked type, so `pod.struct("spec").text("nodeName")` needs no check. Use [#get] to
/// tell missing from empty.
public final class Struct {
    /// Without any field.
    public static final Struct EMPTY = new Struct(new String[0], new Object[0]);

    private final String[] names;
    private final Object[] values;
    private NameOrder order = NameOrder.NONE;

    private Struct(String[] names, Object[] values) {
        this.names = names;
        this.values = values;
    }

    /// Takes both arrays over: same length, no name twice, values as a tree may hold them. For
    /// decoders, which have just made them and forget them.
    public static Struct owning(String[] names, Object[] values) {
        return names.length == 0 ? EMPTY : new Struct(names, values);
    }

    /// A struct of `name, value, name, value …`. Numbers are widened, lists and maps copied, a null
    /// becomes [Null#NULL].
    public static Struct of(@Nullable Object... pairs) {
        Builder b = builder();
        for (int i = 0; i < pairs.length; i += 2) {
            b.put((String) Objects.requireNonNull(pairs[i]), pairs[i + 1]);
        }
        return b.build();
    }

    /// A copy of a map with string keys.
    public static Struct copyOf(Map<?, ?> map) {
        Builder b = builder();
        map.forEach((k, v) -> b.put((String) k, v));
        return b.build();
    }

    /// An empty builder.
    public static Builder builder() {
        return new Builder();
    }

    /// How many fields there are.
    public int size() {
        return names.length;
    }

    /// Whether there is no field.
    public boolean isEmpty() {
        return names.length == 0;
    }

    /// The name of the field at a position.
    public String name(int index) {
        return names[index];
    }

    /// The value of the field at a position.
    public Object value(int index) {
        return values[index];
    }

    /// The position of a field, -1 when there is none.
    public int index(String name) {
        NameOrder known = order;
        NameOrder now = NameOrder.asked(known, names);
        if (now != known) {
            order = now;
        }
        return now.find(names, name);
    }

    /// Whether the field is there, even as null.
    public boolean has(String name) {
        return index(name) >= 0;
    }

    /// The value of a field, or null when there is no such field.
    public @Nullable Object get(String name) {
        int i = index(name);
        return i < 0 ? null : values[i];
    }

    /// The value below a chain of fields, or null where the chain ends early.
    public @Nullable Object at(String... path) {
        Object now = this;
        for (String name : path) {
            now = now instanceof Struct s ? s.get(name) : null;
        }
        return now;
    }

    /// The string in a field, else the empty string.
    public String text(String name) {
        return get(name) instanceof String s ? s : "";
    }

    /// The string in a field, else `otherwise`.
    public String text(String name, String otherwise) {
        return get(name) instanceof String s ? s : otherwise;
    }

    /// The whole number in a field, else `otherwise`.
    public long whole(String name, long otherwise) {
        Object v = get(name);
        return v instanceof Long l ? l : v instanceof Double d && d == Math.rint(d) ? d.longValue() : otherwise;
    }

    /// Whether the field holds `true`.
    public boolean flag(String name) {
        return Boolean.TRUE.equals(get(name));
    }

    /// The boolean in a field, else `otherwise`.
    public boolean flag(String name, boolean otherwise) {
        return get(name) instanceof Boolean b ? b : otherwise;
    }

    /// The struct in a field, else the empty one.
    public Struct struct(String name) {
        return get(name) instanceof Struct s ? s : EMPTY;
    }

    /// The list in a field, else the empty one.
    public Seq seq(String name) {
        return get(name) instanceof Seq s ? s : Seq.EMPTY;
    }

    /// The fields as text to text, as labels and annotations are; values of other types are left out.
    public Map<String, String> texts() {
        Map<String, String> map = LinkedHashMap.newLinkedHashMap(names.length);
        forEach((name, value) -> {
            if (value instanceof String s) {
                map.put(name, s);
            }
        });
        return map;
    }

    /// The names in order; unmodifiable.
    public List<String> names() {
        return List.of(names);
    }

    /// Calls `action` for each field in order.
    public void forEach(BiConsumer<String, Object> action) {
        for (int i = 0; i < names.length; i++) {
            action.accept(names[i], values[i]);
        }
    }

    /// The same with one field set, at its old place when it was there, else at the end.
    public Struct with(String name, @Nullable Object value) {
        int there = NameOrder.search(names, name);
        int i = there < 0 ? names.length : there;
        String[] n = there < 0 ? Arrays.copyOf(names, i + 1) : names;
        Object[] w = Arrays.copyOf(values, n.length);
        n[i] = there < 0 ? name : n[i];
        w[i] = Values.of(value);
        return new Struct(n, w);
    }

    /// The same without one field.
    public Struct without(String name) {
        int i = NameOrder.search(names, name);
        if (i < 0) {
            return this;
        }
        String[] n = new String[names.length - 1];
        Object[] w = new Object[names.length - 1];
        System.arraycopy(names, 0, n, 0, i);
        System.arraycopy(values, 0, w, 0, i);
        System.arraycopy(names, i + 1, n, i, n.length - i);
        System.arraycopy(values, i + 1, w, i, n.length - i);
        return owning(n, w);
    }

    /// The same with the value below a chain of fields set; structs on the way are made where they
    /// are missing.
    public Struct withAt(@Nullable Object value, String... path) {
        return put(value, path, 0);
    }

    private Struct put(@Nullable Object value, String[] path, int depth) {
        return depth == path.length - 1
                ? with(path[depth], value)
                : with(path[depth], struct(path[depth]).put(value, path, depth + 1));
    }

    /// The same without the field below a chain of fields.
    public Struct withoutAt(String... path) {
        return cut(path, 0);
    }

    private Struct cut(String[] path, int depth) {
        if (depth == path.length - 1) {
            return without(path[depth]);
        }
        return get(path[depth]) instanceof Struct s ? with(path[depth], s.cut(path, depth + 1)) : this;
    }

    /// A builder that starts with these fields.
    public Builder toBuilder() {
        Builder b = new Builder();
        forEach(b::put);
        return b;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        if (!(other instanceof Struct o) || o.names.length != names.length) {
            return false;
        }
        for (int i = 0; i < names.length; i++) {
            Object theirs = o.names[i].equals(names[i]) ? o.values[i] : o.get(names[i]);
            if (!values[i].equals(theirs)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        int sum = 0;
        for (int i = 0; i < names.length; i++) {
            sum += names[i].hashCode() ^ values[i].hashCode();
        }
        return sum;
    }

    /// For people reading test failures; not JSON, and never for secrets.
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        forEach((n, v) -> parts.add(n + ": " + v));
        return "{" + String.join(", ", parts) + "}";
    }

    /// Collects fields; a name put twice keeps its first place and takes the last value. For one thread.
    public static final class Builder {
        private final FieldList fields = new FieldList();

        private Builder() {
        }

        /// Sets a field.
        public Builder put(String name, @Nullable Object value) {
            fields.put(name, Values.of(value));
            return this;
        }

        /// Sets a field unless the value is null or an empty string, struct, list, collection or map.
        public Builder putUnlessEmpty(String name, @Nullable Object value) {
            boolean empty = switch (value) {
                case null -> true;
                case String s -> s.isEmpty();
                case Struct s -> s.isEmpty();
                case Seq s -> s.isEmpty();
                case Collection<?> c -> c.isEmpty();
                case Map<?, ?> m -> m.isEmpty();
                default -> false;
            };
            return empty ? this : put(name, value);
        }

        /// Whether the field was set.
        public boolean has(String name) {
            return fields.has(name);
        }

        /// Takes a field out again.
        public Builder remove(String name) {
            fields.remove(name);
            return this;
        }

        /// The struct; the builder may be used on.
        public Struct build() {
            return fields.struct();
        }
    }
}
