package io.k3j.codec;

import java.io.IOException;
import java.io.OutputStream;

/// Takes JSON of any length and passes it on with line breaks, as [Json#pretty] writes it: what is between strings and
/// numbers is made anew, they themselves pass as they are. One stream, one text, one thread.
public final class PrettyJson extends OutputStream {
    private static final int BUFFER = 8 << 10;
    private final OutputStream out;
    private final byte[] buffer = new byte[BUFFER];
    private int used;
    private int depth;
    private boolean inString;
    private boolean escaped;
    /// A bracket was opened and nothing has followed it yet.
    private boolean opened;

    /// Passes it on to `out`.
    public PrettyJson(OutputStream out) {
        this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int end = offset + length;
        for (int at = offset; at < end;) {
            if (inString) {
                at = string(bytes, at, end);
            } else {
                token(bytes[at++]);
            }
        }
    }

    /// Passes a part of a string on, up to its end when that is there.
    private int string(byte[] b, int from, int end) throws IOException {
        int at = from;
        while (at < end && inString) {
            byte c = b[at++];
            if (escaped) {
                escaped = false;
            } else if (c == '\\') {
                escaped = true;
            } else if (c == '"') {
                inString = false;
            }
        }
        pass(b, from, at - from);
        return at;
    }

    private void token(byte c) throws IOException {
        switch (c) {
            case ' ', '\n', '\r', '\t' -> {
            }
            case '{', '[' -> {
                first();
                one(c);
                depth++;
                opened = true;
            }
            case '}', ']' -> {
                depth--;
                if (!opened) {
                    line();
                }
                opened = false;
                one(c);
            }
            case ',' -> {
                one(c);
                line();
            }
            case ':' -> {
                one(c);
                one((byte) ' ');
            }
            default -> {
                first();
                inString = c == '"';
                one(c);
            }
        }
    }

    /// What follows a bracket stands on a line of its own.
    private void first() throws IOException {
        if (opened) {
            opened = false;
            line();
        }
    }

    private void line() throws IOException {
        one((byte) '\n');
        for (int i = 0; i < depth; i++) {
            one((byte) ' ');
            one((byte) ' ');
        }
    }

    private void one(byte c) throws IOException {
        if (used == BUFFER) {
            empty();
        }
        buffer[used++] = c;
    }

    private void pass(byte[] b, int from, int length) throws IOException {
        if (length > BUFFER - used) {
            empty();
        }
        if (length > BUFFER) {
            out.write(b, from, length);
            return;
        }
        System.arraycopy(b, from, buffer, used, length);
        used += length;
    }

    private void empty() throws IOException {
        out.write(buffer, 0, used);
        used = 0;
    }

    @Override
    public void flush() throws IOException {
        empty();
        out.flush();
    }
}
