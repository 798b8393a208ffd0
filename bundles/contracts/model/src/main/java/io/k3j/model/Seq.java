package io.k3j.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// An immutable JSON array.
public final class Seq implements Iterable<Object> {
    /// Without elements.
    public static final Seq EMPTY = new Seq(new Object[0]);

    private final Object[] values;

    private Seq(Object[] values) {
        this.values = values;
    }

    /// Takes the array over. For decoders, which have just made it and forget it.
    public static Seq owning(Object[] values) {
        return values.length == 0 ? EMPTY : new Seq(values);
    }

    /// A list of the given values, widened and copied as [Struct#of] does.
    public static Seq of(@Nullable Object... values) {
        return copyOf(Arrays.asList(values));
    }

    /// A copy of a collection.
    public static Seq copyOf(Collection<? extends @Nullable Object> values) {
        Object[] copy = new Object[values.size()];
        int i = 0;
        for (Object v : values) {
            copy[i++] = Values.of(v);
        }
        return owning(copy);
    }

    /// How many elements there are.
    public int size() {
        return values.length;
    }

    /// Whether there is none.
    public boolean isEmpty() {
        return values.length == 0;
    }

    /// The element at a position.
    public Object get(int index) {
        return values[index];
    }

    /// The struct at a position, the empty one when it is something else.
    public Struct struct(int index) {
        return values[index] instanceof Struct s ? s : Struct.EMPTY;
    }

    /// The string at a position, empty when it is something else.
    public String text(int index) {
        return values[index] instanceof String s ? s : "";
    }

    /// The structs among the elements, in order.
    public List<Struct> structs() {
        List<Struct> list = new ArrayList<>(values.length);
        for (Object v : values) {
            if (v instanceof Struct s) {
                list.add(s);
            }
        }
        return list;
    }

    /// The strings among the elements, in order.
    public List<String> texts() {
        List<String> list = new ArrayList<>(values.length);
        for (Object v : values) {
            if (v instanceof String s) {
                list.add(s);
            }
        }
        return list;
    }

    /// The elements in order.
    public Stream<Object> stream() {
        return Arrays.stream(values);
    }

    /// The first struct whose field `name` is the string `value`, the empty one when there is none.
    public Struct find(String name, String value) {
        for (Object v : values) {
            if (v instanceof Struct s && s.text(name).equals(value)) {
                return s;
            }
        }
        return Struct.EMPTY;
    }

    /// Whether an element equals `value`.
    public boolean contains(Object value) {
        return Arrays.asList(values).contains(value);
    }

    /// The same with one more element at the end.
    public Seq plus(@Nullable Object value) {
        Object[] copy = Arrays.copyOf(values, values.length + 1);
        copy[values.length] = Values.of(value);
        return new Seq(copy);
    }

    /// The same with one element replaced.
    public Seq with(int index, @Nullable Object value) {
        Object[] copy = values.clone();
        copy[index] = Values.of(value);
        return new Seq(copy);
    }

    /// The same with every struct changed, this one when none is. In one go, for a list may be very long.
    public Seq mapped(UnaryOperator<Struct> change) {
        Object[] copy = values;
        for (int i = 0; i < values.length; i++) {
            if (values[i] instanceof Struct s) {
                Struct changed = change.apply(s);
                if (changed != s) {
                    copy = copy == values ? values.clone() : copy;
                    copy[i] = changed;
                }
            }
        }
        return copy == values ? this : new Seq(copy);
    }

    @Override
    public Iterator<Object> iterator() {
        return Arrays.asList(values).iterator();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Seq s && Arrays.equals(values, s.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return Arrays.toString(values);
    }
}
