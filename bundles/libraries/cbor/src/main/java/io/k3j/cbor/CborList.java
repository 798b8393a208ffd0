package io.k3j.cbor;

import io.k3j.model.Struct;
import java.util.function.Function;

/// A list in parts: [#begin] and the elements in order are what [Cbor#bytes] makes of the whole, but for the order of
/// its fields. Any thread.
public final class CborList {
    private final byte[] begin;
    private final Function<Struct, byte[]> elements;

    CborList(byte[] begin, Function<Struct, byte[]> elements) {
        this.begin = begin;
        this.elements = elements;
    }

    /// What stands before the first element. Nothing stands behind the last one, since their count is told here.
    public byte[] begin() {
        return begin;
    }

    /// One element, or one row of a Table.
    public byte[] element(Struct object) {
        return elements.apply(object);
    }
}
