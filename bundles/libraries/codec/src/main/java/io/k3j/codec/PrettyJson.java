package io.k3j.codec;

import java.io.IOException;
import java.io.OutputStream;

/// Takes JSON of any length and passes it on with line breaks, as [Json#pretty] writes it: what is between strings and
/// numbers is made again, they themselves pass as they are. One stream, one text, one thread.
///
/// For lists that are written while the client reads: nothing but 8 KiB is kept, and text may be cut anywhere between
/// two writes. What comes in must be JSON; it is not checked. [#flush] passes on everything; closing does neither that
/// nor close the stream below.
public final class PrettyJson extends OutputStream {
    private static final int BUFFER = 8 << 10;
    private final OutputStream out;
    private final byte[] buffer = new byte[BUFFER];
    /// How much of the buffer waits to be passed on.
    private int used;
    /// How many brackets are open: the indent in steps of two spaces.
    private int depth;
    /// Within quotes nothing is looked at but quotes and backslashes.
    private boolean inString;
    /// The byte before was a backslash within a string.
    private boolean escaped;
    /// A bracket was opened and nothing has followed it yet.
    private boolean opened;

    /// Passes it on to `out`.
    /// @param out stays the caller's to close
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
    /// @return where it ended, or `end` when the string goes on
    /// @throws IOException when the stream below fails
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

    /// One byte outside of strings. Spaces and line breaks that came in are dropped.
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

    /// A line break and the indent of the depth.
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

    /// Puts bytes into the buffer, or past it when they are more than it holds.
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

    /// Passes the buffer on, without a flush below.
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
