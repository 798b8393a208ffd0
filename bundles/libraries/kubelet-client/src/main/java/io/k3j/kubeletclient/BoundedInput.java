package io.k3j.kubeletclient;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// A body, or a part of a file, of known length; one that ends before is an error, so that nobody takes a part for the
/// whole. One thread; blocks as the stream below does, which it does not close.
public final class BoundedInput extends InputStream {
    private final InputStream in;
    private long remaining;

    /// @param in read from where it stands
    /// @param length bytes, 0 or more
    public BoundedInput(InputStream in, long length) {
        this.in = in;
        this.remaining = length;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        if (remaining == 0) {
            return -1;
        }
        int n = in.read(bytes, from, (int) Math.min(length, remaining));
        if (n < 0) {
            throw new EOFException("the body ended early");
        }
        remaining -= n;
        return n;
    }
}
