package io.k3j.celvalues;

import io.k3j.model.Seq;
import io.k3j.schema.Shape;
import java.util.AbstractList;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/// A list of a tree.
public final class SeqView extends AbstractList<Object> implements Viewed, ListKind, RandomAccess {
    private final Seq seq;
    private final @Nullable Shape shape;
    private final boolean ruled;

    SeqView(Seq seq, @Nullable Shape shape, boolean ruled) {
        this.seq = seq;
        this.shape = shape;
        this.ruled = ruled;
    }

    @Override
    public Seq raw() {
        return seq;
    }

    @Override
    public @Nullable Shape shape() {
        return shape;
    }

    @Override
    public Object get(int index) {
        return shape == null ? Adapter.DYN.adapt(seq.get(index))
                : Adapter.shaped(shape.items(), seq.get(index), ruled);
    }

    @Override
    public int size() {
        return seq.size();
    }
}
