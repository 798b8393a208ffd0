package io.k3j.codec;

import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.schema.Field;
import io.k3j.schema.Shape;
import java.io.IOException;
import java.io.OutputStream;

/// A list in Kubernetes' protobuf form, in parts: the bytes of its elements have to be counted before the first of them
/// is sent. [#begin], the elements in order and [#end] are what [Protobuf#bytes] makes of the whole list. For one
/// thread.
public final class ProtobufList {
    private static final String ITEMS = "items";
    private final Protobuf protobuf;
    private final Gvk kind;
    private final byte[] head;
    private final Shape items;
    private final int number;
    private final ProtoTranscoder transcoder;

    ProtobufList(Protobuf protobuf, Shape shape, Struct head) {
        Field field = shape.field(ITEMS);
        if (field == null) {
            throw new IllegalArgumentException(shape.definition() + " is no list");
        }
        this.protobuf = protobuf;
        this.kind = Gvk.of(head.text("apiVersion"), head.text("kind"));
        this.head = protobuf.message(shape, head);
        this.items = field.shape().items();
        this.transcoder = protobuf.transcoder();
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

    /// Whether stored objects can be written without decoding them.
    public boolean direct() {
        return !protobuf.plan(items).embeds();
    }

    /// Writes the same bytes of a stored object of the list's version, which is decoded in small parts only or not at
    /// all. Only where this is [#direct].
    /// @return how many bytes
    /// @throws MalformedInput when the bytes are damaged, or not as compact as they are written here: then nothing has
    ///         been written, and the object has to be decoded
    public int element(byte[] stored, long revision, OutputStream to) throws IOException {
        WireParts element = transcoder.element(number, items, stored, revision);
        element.writeTo(to);
        return element.size();
    }

    /// What comes behind the elements.
    public byte[] end() {
        return Protobuf.tail();
    }
}
