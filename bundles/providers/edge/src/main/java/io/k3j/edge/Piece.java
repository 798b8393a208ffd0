package io.k3j.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/// `length` bytes of an answer's parts, starting `offset` bytes into part `index`.
record Piece(byte[][] parts, int index, int offset, int length) {
    /// The total length of the parts.
    static long length(byte[][] parts) {
        long length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        return length;
    }

    /// The bytes as a buffer: the array itself when they lie in one part, else one pooled copy. Encryption reads
    /// every byte anyway, and a chain of small buffers costs more than a copy.
    ByteBuf buffer(ByteBufAllocator allocator) {
        if (length <= parts[index].length - offset) {
            return Unpooled.wrappedBuffer(parts[index], offset, length);
        }
        ByteBuf copy = allocator.heapBuffer(length, length);
        writeTo(copy);
        return copy;
    }

    /// Copies the bytes into a buffer with enough room.
    void writeTo(ByteBuf target) {
        int part = index;
        int from = offset;
        for (int left = length; left > 0; part++) {
            int take = Math.min(left, parts[part].length - from);
            target.writeBytes(parts[part], from, take);
            left -= take;
            from = 0;
        }
    }

    /// The following piece of `next` bytes.
    Piece then(int next) {
        int part = index;
        int from = offset + length;
        while (part < parts.length - 1 && from >= parts[part].length) {
            from -= parts[part].length;
            part++;
        }
        return new Piece(parts, part, from, next);
    }
}
