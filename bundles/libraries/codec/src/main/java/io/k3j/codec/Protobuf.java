package io.k3j.codec;

import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.protobufwire.MalformedMessage;
import io.k3j.protobufwire.WireIn;
import io.k3j.protobufwire.WireOut;
import io.k3j.schema.Decoding;
import io.k3j.schema.Schemas;
import io.k3j.schema.Shape;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Kubernetes' protobuf form, by the field numbers of the schema. Safe for any number of threads. See
/// <https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding>.
///
/// Only built-in kinds have this form: custom resources have no field numbers. Canonical means as [Decoding] leaves an
/// object: what Go's types would hold after decoding the same bytes.
public final class Protobuf {
    /// The first bytes of every body and of every object in a watch event.
    private static final byte[] MAGIC = {'k', '8', 's', 0};
    private static final int EXPECTED = 2048;
    private final Schemas schemas;
    /// One per definition at most.
    private final Map<String, MessageLayout> plans = new ConcurrentHashMap<>();

    /// With the built-in types.
    public Protobuf(Schemas schemas) {
        this.schemas = schemas;
    }

    /// Made when it is first asked for. Two threads may ask at once: one makes it.
    MessageLayout plan(Shape shape) {
        MessageLayout known = plans.get(shape.definition());
        return known != null ? known : plans.computeIfAbsent(shape.definition(), d -> MessageLayout.of(shape));
    }

    /// Whether a kind has a protobuf form. False of all custom kinds.
    public boolean knows(Gvk kind) {
        return schemas.has(kind);
    }

    /// Whether bytes begin as the envelope does (`k8s` and a zero byte).
    public static boolean enveloped(byte[] bytes) {
        return bytes.length >= 4 && bytes[0] == MAGIC[0] && bytes[1] == MAGIC[1] && bytes[2] == MAGIC[2]
                && bytes[3] == 0;
    }

    /// An object from its envelope, in canonical form. An envelope without a type takes `expected`.
    /// @param enveloped the whole body
    /// @param expected the kind of the resource the body was sent to
    /// @return with `apiVersion` and `kind`
    /// @throws MalformedInput when the bytes are damaged or the kind has no protobuf form
    public Struct object(byte[] enveloped, Gvk expected) {
        WireIn wire = new WireIn(enveloped);
        if (!wire.past(MAGIC)) {
            throw new MalformedInput("invalid protobuf: the body does not begin with the Kubernetes envelope");
        }
        try {
            return decoded(wire, expected, 0);
        } catch (MalformedMessage e) {
            throw new MalformedInput(String.valueOf(e.getMessage()));
        }
    }

    /// @param wire stands behind the first four bytes
    /// @param depth how many messages lie around the object's, in all envelopes together
    private Struct decoded(WireIn wire, Gvk expected, int depth) {
        Envelope e = Envelope.read(wire);
        Gvk kind = e.kind().isEmpty() ? expected : Gvk.of(e.apiVersion(), e.kind());
        Shape shape = schemas.shape(kind)
                .orElseThrow(() -> new MalformedInput("no kind \"" + kind.kind() + "\" is registered for version \""
                        + kind.apiVersion() + "\" in protobuf"));
        Struct body = new ProtoReader(this::plan, (inner, around) -> inner.past(MAGIC)
                ? Optional.of(decoded(inner, expected, around)) : Optional.empty(), depth).object(shape, e.raw());
        Struct typed = Struct.of("apiVersion", kind.apiVersion(), "kind", kind.kind());
        Struct.Builder whole = typed.toBuilder();
        body.forEach(whole::put);
        return Decoding.decode(shape, whole.build()).object();
    }

    /// An object in its envelope.
    /// @param object in canonical form, with `apiVersion` and `kind`
    /// @throws IllegalArgumentException when its kind has no protobuf form
    public byte[] bytes(Struct object) {
        Gvk kind = Gvk.of(object.text("apiVersion"), object.text("kind"));
        Shape shape = schemas.shape(kind)
                .orElseThrow(() -> new IllegalArgumentException(kind + " has no protobuf form"));
        WireOut out = new WireOut(EXPECTED);
        Envelope.end(out);
        int mark = out.mark();
        new ProtoWriter(this::plan, out).object(shape, object);
        Envelope.begin(out, (long) out.mark() - mark, kind);
        out.raw(MAGIC);
        return out.bytes();
    }

    /// A list whose elements follow one by one.
    /// @param head the list without them
    /// @param head with `apiVersion`, `kind` and `metadata`
    /// @throws IllegalArgumentException when its kind has no protobuf form
    public ProtobufList list(Struct head) {
        Gvk kind = Gvk.of(head.text("apiVersion"), head.text("kind"));
        return new ProtobufList(this, schemas.shape(kind)
                .orElseThrow(() -> new IllegalArgumentException(kind + " has no protobuf form")), head);
    }

    /// An envelope up to where `first` and `rest` more bytes of the object's message have been written.
    /// @param first the fields of the object's message that are known
    static byte[] head(Gvk kind, byte[] first, long rest) {
        WireOut out = new WireOut(EXPECTED);
        out.raw(first);
        Envelope.begin(out, first.length + rest, kind);
        out.raw(MAGIC);
        return out.bytes();
    }

    /// What follows the object's message in an envelope.
    static byte[] tail() {
        WireOut out = new WireOut(EXPECTED);
        Envelope.end(out);
        return out.bytes();
    }

    /// A new one: a transcoder is one thread's.
    ProtoTranscoder transcoder() {
        return new ProtoTranscoder(this::plan);
    }

    /// A field that holds an object.
    /// @param number the tag's
    byte[] field(int number, Shape shape, Struct object) {
        WireOut out = new WireOut(EXPECTED);
        new ProtoWriter(this::plan, out).object(shape, object);
        out.begin(number, out.mark());
        return out.bytes();
    }

    /// An object as a bare message, without envelope.
    /// @param object in canonical form
    public byte[] message(Shape shape, Struct object) {
        WireOut out = new WireOut(EXPECTED);
        new ProtoWriter(this::plan, out).object(shape, object);
        return out.bytes();
    }

    /// One frame of a watch: length, `WatchEvent`, and the object's envelope in it. The length is four bytes, the
    /// highest first, and does not count itself; see `metav1.WatchEvent` and the length-delimited framer of
    /// apimachinery.
    /// @param type `ADDED`, `MODIFIED`, `DELETED`, `BOOKMARK` or `ERROR`
    /// @param enveloped the object with its first four bytes
    public static byte[] watchFrame(String type, byte[] enveloped) {
        WireOut out = new WireOut(enveloped.length + 64);
        int end = out.mark();
        out.bytes(1, enveloped);
        out.message(2, end);
        out.text(1, type);
        int length = out.mark();
        out.raw(new byte[] {(byte) (length >>> 24), (byte) (length >>> 16), (byte) (length >>> 8), (byte) length});
        return out.bytes();
    }
}
