package io.k3j.cricontainerd;

import io.k3j.nodeapi.RuntimeFault;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Reads protobuf fields one after the other.
final class ProtoReader {
    private final ByteBuffer in;
    private int type;
    private long number;
    private byte[] bytes = new byte[0];

    ProtoReader(byte[] message) {
        in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// Goes to the next field and tells its number, 0 at the end.
    int next() {
        if (!in.hasRemaining()) {
            return 0;
        }
        long tag = varint();
        type = (int) tag & 7;
        switch (type) {
            case 0 -> number = varint();
            case 1 -> number = in.getLong();
            case 2 -> {
                long length = varint();
                if (length < 0 || length > in.remaining()) {
                    throw damaged();
                }
                bytes = new byte[(int) length];
                in.get(bytes);
            }
            case 5 -> number = in.getInt();
            default -> throw damaged();
        }
        return (int) (tag >>> 3);
    }

    /// Whether the field holds bytes rather than a number.
    boolean delimited() {
        return type == 2;
    }

    long number() {
        return number;
    }

    byte[] bytes() {
        return bytes;
    }

    /// All numbers of a packed list.
    static long[] packed(byte[] list) {
        ProtoReader r = new ProtoReader(list);
        long[] all = new long[list.length];
        int n = 0;
        while (r.in.hasRemaining()) {
            all[n++] = r.varint();
        }
        return Arrays.copyOf(all, n);
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (!in.hasRemaining()) {
                throw damaged();
            }
            byte b = in.get();
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw damaged();
    }

    private static RuntimeFault damaged() {
        return new RuntimeFault(RuntimeFault.Kind.FAILED, "the runtime's answer is damaged");
    }
}
