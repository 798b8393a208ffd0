package io.k3j.cel;

import io.k3j.model.Null;
import io.k3j.model.Struct;
import io.k3j.schema.Shape;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// An object or map of a tree. Fields of objects that have a schema are known by their escaped names.
final class StructView extends AbstractMap<Object, Object> implements Viewed {
    private final Struct struct;
    private final @Nullable Shape shape;

    StructView(Struct struct, @Nullable Shape shape) {
        this.struct = struct;
        this.shape = shape;
    }

    @Override
    public Struct raw() {
        return struct;
    }

    private @Nullable String name(@Nullable Object key) {
        if (!(key instanceof String s)) {
            return null;
        }
        return shape != null && shape.type() == Shape.Type.OBJECT ? Escaped.unescape(s) : s;
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return value(name(key)) != null;
    }

    @Override
    public @Nullable Object get(@Nullable Object key) {
        String name = name(key);
        Object value = value(name);
        return value == null || name == null ? null : adapted(name, value);
    }

    /// A field that is null is not set, as upstream has it; in a map, null is a value.
    private @Nullable Object value(@Nullable String name) {
        Object value = name == null ? null : struct.get(name);
        return value == Null.NULL && shape != null && shape.type() == Shape.Type.OBJECT ? null : value;
    }

    private Object adapted(String name, Object value) {
        Shape child = shape == null ? null : shape.child(name);
        return child == null || child.type() == Shape.Type.ANY ? Adapter.DYN.adapt(value)
                : Adapter.shaped(child, value);
    }

    @Override
    public int size() {
        return struct.size();
    }

    @Override
    public Set<Entry<Object, Object>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Entry<Object, Object>> iterator() {
                return IntStream.range(0, struct.size())
                        .<Entry<Object, Object>>mapToObj(i -> new SimpleImmutableEntry<>(
                                struct.name(i), adapted(struct.name(i), struct.value(i))))
                        .iterator();
            }

            @Override
            public int size() {
                return struct.size();
            }
        };
    }
}
