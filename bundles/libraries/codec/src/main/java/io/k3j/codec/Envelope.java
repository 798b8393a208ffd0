package io.k3j.codec;

import io.k3j.model.Gvk;
import io.k3j.protobufwire.WireIn;
import io.k3j.protobufwire.WireOut;

/// `runtime.Unknown`: the type, and the object's message.
///
/// A body of a request is `k8s` and a zero byte, then this message; see Kubernetes API Concepts, "Kubernetes Protobuf
/// encoding".
///
/// @param apiVersion of the object; empty when the client left the type out
/// @param kind as `apiVersion`
/// @param raw the object, not read yet; empty when there is none, which is the object without any field
record Envelope(String apiVersion, String kind, WireIn raw) {
    private static final int TYPE = 1;
    private static final int RAW = 2;
    private static final int ENCODING = 3;
    private static final int CONTENT_TYPE = 4;

    /// Reads the message. Of a field given twice the last counts; the content type is not looked at.
    /// @param wire stands behind the first four bytes
    /// @throws io.k3j.protobufwire.MalformedMessage when the bytes are damaged
    /// @throws MalformedInput when the content is encoded, as with gzip: nobody sends that, and it would have to be
    ///     bounded
    static Envelope read(WireIn wire) {
        String apiVersion = "";
        String kind = "";
        WireIn raw = new WireIn(new byte[0]);
        for (int n = wire.next(); n != 0; n = wire.next()) {
            switch (n) {
                case TYPE -> {
                    WireIn type = wire.message();
                    for (int t = type.next(); t != 0; t = type.next()) {
                        switch (t) {
                            case 1 -> apiVersion = type.text();
                            case 2 -> kind = type.text();
                            default -> type.skip();
                        }
                    }
                }
                case RAW -> raw = wire.message();
                case ENCODING -> plain(wire);
                default -> wire.skip();
            }
        }
        return new Envelope(apiVersion, kind, raw);
    }

    private static void plain(WireIn wire) {
        if (!wire.text().isEmpty()) {
            throw new MalformedInput("invalid protobuf: an encoded content is not supported");
        }
    }

    /// Writes what follows the object's message. Upstream's generated code writes both of these although they are
    /// empty.
    static void end(WireOut out) {
        out.text(CONTENT_TYPE, "");
        out.text(ENCODING, "");
    }

    /// Writes what comes before the object's message, which has a length.
    /// @param length bytes; of a list the elements count although they are not written yet
    static void begin(WireOut out, long length, Gvk kind) {
        out.begin(RAW, length);
        int type = out.mark();
        out.text(2, kind.kind());
        out.text(1, kind.apiVersion());
        out.message(TYPE, type);
    }
}
