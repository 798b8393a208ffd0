package io.k3j.etcdclient;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads the fields of one protobuf message, one after the other, without copying what is nested.
final class ProtoReader {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH = 2;
    private static final int FIXED32 = 5;
    private final byte[] in;
    private final int end;
    private int at;
    private int type;
    private long number;
    private int from;

    ProtoReader(byte[] message) {
        this(message, 0, message.length);
    }

    private ProtoReader(byte[] in, int from, int end) {
        this.in = in;
        this.at = from;
        this.end = end;
    }

    /// Goes to the next field and tells its number, 0 at the end.
    int next() {
        if (at >= end) {
            return 0;
        }
        long tag = varint();
        type = (int) tag & 7;
        switch (type) {
            case VARINT -> number = varint();
            case FIXED64 -> skip(8);
            case LENGTH -> {
                long length = varint();
                if (length < 0 || length > end - at) {
                    throw damaged();
                }
                skip((int) length);
            }
            case FIXED32 -> skip(4);
            default -> throw damaged();
        }
        return (int) (tag >>> 3);
    }

    private void skip(int bytes) {
        from = at;
        at += bytes;
        if (at > end) {
            throw damaged();
        }
    }

    long number() {
        return number;
    }

    boolean flag() {
        return number != 0;
    }

    /// A copy of the field's bytes.
    byte[] bytes() {
        return Arrays.copyOfRange(in, from, at);
    }

    String text() {
        return new String(in, from, at - from, StandardCharsets.UTF_8);
    }

    /// The field as a message.
    ProtoReader message() {
        return new ProtoReader(in, from, at);
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (at >= end) {
                throw damaged();
            }
            byte b = in[at++];
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw damaged();
    }

    private static EtcdFailure damaged() {
        return new EtcdFailure(EtcdFailure.Kind.UNCERTAIN, "etcd's answer is damaged");
    }
}
