package io.k3j.celvalues;

import com.google.common.collect.ImmutableSet;
import io.k3j.model.Null;
import io.k3j.model.Struct;
import io.k3j.schema.Field;
import io.k3j.schema.Shape;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// An object or map of a tree. Fields of objects that have a schema are known by their escaped names. What validation
/// rules of a CustomResourceDefinition may not see (fields without a schema, `metadata` but for the names) is not
/// there, even where the type is not known; it counts in the size and when two are compared, as upstream has it.
public final class StructView extends AbstractMap<Object, Object> implements Viewed {
    /// What validation rules see of `metadata`, in this order.
    public static final Set<String> RULED_METADATA = ImmutableSet.of("name", "generateName");
    private final Struct struct;
    private final @Nullable Shape shape;
    /// Whether it is seen by a validation rule.
    private final boolean ruled;

    StructView(Struct struct, @Nullable Shape shape, boolean ruled) {
        this.struct = struct;
        this.shape = shape;
        this.ruled = ruled;
    }

    @Override
    public Struct raw() {
        return struct;
    }

    private boolean object() {
        return shape != null && shape.type() == Shape.Type.OBJECT;
    }

    private @Nullable String name(@Nullable Object key) {
        if (!(key instanceof String s)) {
            return null;
        }
        return object() ? Escaped.unescape(s) : s;
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        String name = name(key);
        return name != null && set(name) && seen(name);
    }

    @Override
    public @Nullable Object get(@Nullable Object key) {
        String name = name(key);
        return name != null && set(name) && seen(name) ? value(name) : null;
    }

    /// Whether a field is there, by its own name. One that is null is not, as upstream has it; in a map, null is a
    /// value.
    public boolean set(String name) {
        Object value = struct.get(name);
        return value != null && !(value == Null.NULL && object());
    }

    /// The value of a field that is there, by its own name and seen or not.
    public Object value(String name) {
        Object value = Objects.requireNonNull(struct.get(name));
        Shape child = shape == null ? null : shape.child(name);
        return child == null ? Adapter.DYN.adapt(value) : Adapter.shaped(child, value, ruled);
    }

    private boolean seen(String name) {
        if (!ruled || shape == null) {
            return true;
        }
        if (shape.type() == Shape.Type.MAP) {
            return shape.typed() && shape.items() != Shape.ANY;
        }
        Field field = shape.field(name);
        return field != null && (!shape.objectMeta() || RULED_METADATA.contains(name));
    }

    /// As upstream: all that there is.
    @Override
    public int size() {
        return struct.size();
    }

    private Iterator<Entry<Object, Object>> entries() {
        return IntStream.range(0, struct.size()).mapToObj(struct::name).filter(n -> set(n) && seen(n))
                .<Entry<Object, Object>>map(n -> new SimpleImmutableEntry<>(key(n), value(n))).iterator();
    }

    private String key(String name) {
        String escaped = object() ? Escaped.escape(name) : name;
        return escaped == null ? name : escaped;
    }

    @Override
    public Set<Entry<Object, Object>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Entry<Object, Object>> iterator() {
                return entries();
            }

            @Override
            public int size() {
                return (int) IntStream.range(0, struct.size()).mapToObj(struct::name)
                        .filter(n -> set(n) && seen(n)).count();
            }
        };
    }
}
