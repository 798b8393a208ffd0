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
///
/// A message begins with its length, so a list that is not kept in memory is written twice: once to count, once to
/// send. The same object gives the same bytes both times.
public final class ProtobufList {
    private static final String ITEMS = "items";
    private final Protobuf protobuf;
    private final Gvk kind;
    /// The list's own fields as they stand in its message.
    private final byte[] head;
    /// Of one element.
    private final Shape items;
    /// The field of the elements.
    private final int number;
    /// Used again for each element, which is why a list is one thread's.
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
    /// @return the first four bytes, the envelope up to the list's message, and the list's own fields: type and
    ///     metadata
    public byte[] begin(long elements) {
        return Protobuf.head(kind, head, elements);
    }

    /// One element as it stands in the list.
    /// @param object with its revision, of the list's version, in canonical form
    public byte[] element(Struct object) {
        return protobuf.field(number, items, object);
    }

    /// Whether stored objects can be written without decoding them. It is a fact of the kind: a type that Go embeds
    /// lies in one message of protobuf and in none of JSON.
    public boolean direct() {
        return !protobuf.plan(items).embeds();
    }

    /// Writes the same bytes of a stored object of the list's version, which is decoded in small parts only or not at
    /// all. Only where this is [#direct].
    /// @param revision becomes `metadata.resourceVersion`
    /// @param to written to once, with the whole element
    /// @return how many bytes
    /// @throws MalformedInput when the bytes are damaged, or not as compact as they are written here: then nothing has
    ///     been written, and the object has to be decoded
    /// @throws IOException when `to` fails
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
