package io.k3j.nodeproxy;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// The content of a body in chunks (RFC 9112, section 7.1).
final class ChunkedInput extends InputStream {
    private static final int LINE = 1024;
    private static final int HEX = 16;
    private final InputStream in;
    private long left;
    private boolean first = true;
    private boolean over;

    ChunkedInput(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        if (left == 0 && !over) {
            next();
        }
        if (over) {
            return -1;
        }
        int n = in.read(bytes, from, (int) Math.min(length, left));
        if (n < 0) {
            throw new EOFException("a chunk ended early");
        }
        left -= n;
        return n;
    }

    private void next() throws IOException {
        if (!first) {
            ResponseHead.line(in, new int[] {LINE});
        }
        first = false;
        String size = ResponseHead.line(in, new int[] {LINE});
        int extension = size.indexOf(';');
        try {
            left = Long.parseLong((extension < 0 ? size : size.substring(0, extension)).strip(), HEX);
        } catch (NumberFormatException e) {
            throw new IOException("a chunk without a size", e);
        }
        if (left == 0) {
            over = true;
            while (!ResponseHead.line(in, new int[] {LINE}).isEmpty()) {
                // trailers say nothing a proxy needs
            }
        }
    }
}
