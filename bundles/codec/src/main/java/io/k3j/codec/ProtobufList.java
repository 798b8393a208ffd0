package io.k3j.codec;

import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.schema.Field;
import io.k3j.schema.Shape;

/// A list in Kubernetes' protobuf form, in parts: the bytes of its elements have to be counted before the first of them
/// is sent. [#begin], the elements in order and [#end] are what [Protobuf#bytes] makes of the whole list. Safe for any
/// number of threads.
public final class ProtobufList {
    private static final String ITEMS = "items";
    private final Protobuf protobuf;
    private final Gvk kind;
    private final byte[] head;
    private final Shape items;
    private final int number;

    ProtobufList(Protobuf protobuf, Shape shape, Struct head) {
        Field field = shape.field(ITEMS);
        if (field == null) {
            throw new IllegalArgumentException(shape.definition() + " is no list");
        }
        this.protobuf = protobuf;
        this.kind = Gvk.of(head.text("apiVersion"), head.text("kind"));
        this.head = protobuf.message(shape, head);
        this.items = field.shape().items();
        this.number = field.numbers().getLast();
    }

    /// What comes before the elements.
    /// @param elements how many bytes they have together
    public byte[] begin(long elements) {
        return Protobuf.head(kind, head, elements);
    }

    /// One element as it stands in the list.
    public byte[] element(Struct object) {
        return protobuf.field(number, items, object);
    }

    /// What comes behind the elements.
    public byte[] end() {
        return Protobuf.tail();
    }
}
