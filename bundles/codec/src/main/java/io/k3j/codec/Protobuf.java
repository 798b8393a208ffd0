package io.k3j.codec;

import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import io.k3j.schema.Shape;

/// Kubernetes' protobuf form, by the field numbers of the schema. Safe for any number of threads.
public final class Protobuf {
    /// With the built-in types.
    public Protobuf(Schemas schemas) {
    }

    /// Whether a kind has a protobuf form.
    public boolean knows(Gvk kind) {
        throw new UnsupportedOperationException();
    }

    /// Whether bytes begin as the envelope does (`k8s` and a zero byte).
    public static boolean enveloped(byte[] bytes) {
        throw new UnsupportedOperationException();
    }

    /// An object from its envelope. An envelope without a type takes `expected`.
    /// @throws MalformedInput when the bytes are damaged or the kind has no protobuf form
    public Struct object(byte[] enveloped, Gvk expected) {
        throw new UnsupportedOperationException();
    }

    /// An object in its envelope.
    /// @throws IllegalArgumentException when its kind has no protobuf form
    public byte[] bytes(Struct object) {
        throw new UnsupportedOperationException();
    }

    /// An object as a bare message, without envelope.
    public byte[] message(Shape shape, Struct object) {
        throw new UnsupportedOperationException();
    }

    /// One frame of a watch: length, `WatchEvent`, and the object's envelope in it.
    public static byte[] watchFrame(String type, byte[] enveloped) {
        throw new UnsupportedOperationException();
    }
}
