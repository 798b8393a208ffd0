package io.k3j.cbor;

import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import io.k3j.schema.Shape;

/// A list in parts: [#begin] and the elements in order are what [Cbor#bytes] makes of the whole, but for the order of
/// its fields. For one thread.
public final class CborList {
    private final Schemas schemas;
    private final byte[] begin;
    private final Shape element;

    CborList(Schemas schemas, byte[] begin, Shape element) {
        this.schemas = schemas;
        this.begin = begin;
        this.element = element;
    }

    /// What stands before the first element. Nothing stands behind the last one, since their count is told here.
    public byte[] begin() {
        return begin;
    }

    /// One element.
    public byte[] element(Struct object) {
        return new CborWriter(schemas).value(element, object).bytes();
    }
}
