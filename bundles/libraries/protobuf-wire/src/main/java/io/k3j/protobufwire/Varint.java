package io.k3j.protobufwire;

/// Numbers in as few bytes as they need: seven bits per byte, the lowest first; the high bit says that another byte
/// follows. A negative number has its high bits set and takes ten bytes, also where the field is an `int32`. Pure
/// functions; they are read by [WireIn#number].
public final class Varint {
    /// How many bytes a number takes at most: 64 bits in portions of seven.
    public static final int MAX_BYTES = 10;
    private static final int LOW = 127;
    private static final int MORE = 128;
    private static final int SIGN = 63;

    private Varint() {
    }

    /// How many bytes a number takes, 1 to [#MAX_BYTES].
    public static int size(long value) {
        // 1 for zero as well: one bit is looked at in any case
        return (70 - Long.numberOfLeadingZeros(value | 1)) / 7;
    }

    /// Writes a number at a place of an array, which has room for it: [#size] bytes.
    /// @return the place behind it
    /// @throws ArrayIndexOutOfBoundsException when there is no room
    public static int put(byte[] into, int at, long value) {
        int to = at;
        long rest = value;
        while ((rest & ~LOW) != 0) {
            into[to++] = (byte) (rest & LOW | MORE);
            rest >>>= 7;
        }
        into[to] = (byte) rest;
        return to + 1;
    }

    /// A signed number as one that is small when the signed one is near zero: 0, -1, 1, -2 are 0, 1, 2, 3. The form of
    /// protobuf's `sint64` and of Go's `binary.PutVarint`.
    public static long encodeZigZag(long signed) {
        return signed << 1 ^ signed >> SIGN;
    }

    /// The signed number of what [#encodeZigZag] made.
    public static long decodeZigZag(long encoded) {
        return encoded >>> 1 ^ -(encoded & 1);
    }
}
