package io.k3j.embeddedregistry;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// So many bytes of a file; one that ends before is an error, so that nobody takes a part for the whole.
final class Part extends InputStream {
    private final InputStream in;
    private long left;

    Part(InputStream in, long length) {
        this.in = in;
        this.left = length;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        if (left == 0) {
            return -1;
        }
        int n = in.read(bytes, from, (int) Math.min(length, left));
        if (n < 0) {
            throw new EOFException("the file is shorter than it was");
        }
        left -= n;
        return n;
    }
}
