package io.k3j.codec;

import io.k3j.model.Gvk;

/// `runtime.Unknown`: the type, and the object's message.
record Envelope(String apiVersion, String kind, Wire raw) {
    private static final int PREFIX = 4;
    private static final int TYPE = 1;
    private static final int RAW = 2;
    private static final int ENCODING = 3;
    private static final int CONTENT_TYPE = 4;

    static Envelope read(byte[] bytes) {
        Wire wire = new Wire(bytes, PREFIX, bytes.length);
        String apiVersion = "";
        String kind = "";
        Wire raw = new Wire(bytes, 0, 0);
        for (int n = wire.next(); n != 0; n = wire.next()) {
            switch (n) {
                case TYPE -> {
                    Wire type = wire.message();
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

    private static void plain(Wire wire) {
        if (!wire.text().isEmpty()) {
            throw new MalformedInput("invalid protobuf: an encoded content is not supported");
        }
    }

    /// Writes what follows the object's message.
    static void end(WireOut out) {
        out.text(CONTENT_TYPE, "");
        out.text(ENCODING, "");
    }

    /// Writes what comes before the object's message, which has a length.
    static void begin(WireOut out, long length, Gvk kind) {
        out.begin(RAW, length);
        int type = out.mark();
        out.text(2, kind.kind());
        out.text(1, kind.apiVersion());
        out.message(TYPE, type);
    }
}
