package io.k3j.cel;

import io.k3j.model.Seq;
import io.k3j.schema.Shape;
import java.util.AbstractList;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/// A list of a tree.
final class SeqView extends AbstractList<Object> implements Viewed, RandomAccess {
    private final Seq seq;
    private final @Nullable Shape shape;

    SeqView(Seq seq, @Nullable Shape shape) {
        this.seq = seq;
        this.shape = shape;
    }

    @Override
    public Seq raw() {
        return seq;
    }

    /// What is said of the list, for lists that are sets or maps; null where nothing is.
    @Nullable
    Shape shape() {
        return shape;
    }

    @Override
    public Object get(int index) {
        return shape == null || shape.items().type() == Shape.Type.ANY ? Adapter.DYN.adapt(seq.get(index))
                : Adapter.shaped(shape.items(), seq.get(index));
    }

    @Override
    public int size() {
        return seq.size();
    }
}
