package io.k3j.cbor;

import io.k3j.model.Struct;
import io.k3j.schema.Shape;

/// A list in parts: [#begin] and the elements in order are what [Cbor#bytes] makes of the whole, but for the order of
/// its fields. For one thread.
public final class CborList {
    private final Struct head;
    private final String field;
    private final int size;
    private final Shape element;

    CborList(Struct head, String field, int size, Shape element) {
        this.head = head;
        this.field = field;
        this.size = size;
        this.element = element;
    }

    /// What stands before the first element. Nothing stands behind the last one, since its length is told here.
    public byte[] begin() {
        return CborWriter.head(head, field, size);
    }

    /// One element.
    public byte[] element(Struct object) {
        return CborWriter.element(element, object);
    }
}
