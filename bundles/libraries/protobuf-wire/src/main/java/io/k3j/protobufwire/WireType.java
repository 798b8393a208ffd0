package io.k3j.protobufwire;

/// Wire types: how the value behind a tag is delimited, the low three bits of the tag. The types 3 and 4, groups of
/// protobuf 1, are written by nothing that we talk to and are refused; 6 and 7 do not exist.
public final class WireType {
    /// Whole numbers, flags and enums: a varint.
    public static final int VARINT = 0;
    /// Eight bytes, the lowest first: `double`, `fixed64`, `sfixed64`.
    public static final int FIXED64 = 1;
    /// A length as a varint, and so many bytes: texts, bytes, messages, packed lists.
    public static final int LENGTH = 2;
    /// Four bytes, the lowest first: `float`, `fixed32`, `sfixed32`.
    public static final int FIXED32 = 5;
    /// The highest field number there is; 0 is none.
    public static final int MAX_FIELD = (1 << 29) - 1;
    private static final int BITS = 3;
    private static final int MASK = 7;

    private WireType() {
    }

    /// The tag before a value, which is written as a varint.
    public static long tag(int field, int type) {
        return (long) field << BITS | type;
    }

    /// The field number in a tag; beyond [#MAX_FIELD], or 0, when the tag is none.
    static long field(long tag) {
        return tag >>> BITS;
    }

    /// The wire type in a tag.
    static int of(long tag) {
        return (int) tag & MASK;
    }
}
