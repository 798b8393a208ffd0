package io.k3j.kubeletclient;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// The content of a chunked body (RFC 9112 §7.1).
final class ChunkedInput extends InputStream {
    private static final int MAX_LINE_BYTES = 1024;
    private static final int RADIX = 16;
    private static final int MOST_DIGITS = 15;
    private final InputStream in;
    private long remaining;
    private boolean first = true;
    private boolean ended;

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
        if (remaining == 0 && !ended) {
            next();
        }
        if (ended) {
            return -1;
        }
        int n = in.read(bytes, from, (int) Math.min(length, remaining));
        if (n < 0) {
            throw new EOFException("a chunk ended early");
        }
        remaining -= n;
        return n;
    }

    private void next() throws IOException {
        if (!first) {
            ResponseHead.line(in, new int[] {MAX_LINE_BYTES});
        }
        first = false;
        String size = ResponseHead.line(in, new int[] {MAX_LINE_BYTES});
        int extension = size.indexOf(';');
        String digits = (extension < 0 ? size : size.substring(0, extension)).strip();
        if (digits.isEmpty() || digits.length() > MOST_DIGITS
                || !digits.chars().allMatch(c -> Character.digit(c, RADIX) >= 0)) {
            throw new IOException("a chunk without a size");
        }
        remaining = Long.parseLong(digits, RADIX);
        if (remaining == 0) {
            ended = true;
            while (!ResponseHead.line(in, new int[] {MAX_LINE_BYTES}).isEmpty()) {
                // a proxy ignores trailers
            }
        }
    }
}
