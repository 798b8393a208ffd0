package io.k3j.streaming;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// Bytes handed from one thread to another: the giver blocks when too many wait, the taker when none do.
final class ByteQueue extends InputStream {
    private static final int MAX_WAITING = 1 << 20;
    private final Queue<byte[]> parts = new ArrayDeque<>();
    private int waiting;
    private int offset;
    private boolean ended;
    private boolean dropped;
    private @Nullable String broken;

    /// Gives bytes; they are not copied. What nobody takes any more is dropped.
    synchronized void give(byte[] bytes) {
        while (waiting > MAX_WAITING && !dropped) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        if (!dropped && bytes.length > 0) {
            parts.add(bytes);
            waiting += bytes.length;
            notifyAll();
        }
    }

    /// No more will be given.
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /// No more will be given, because something broke.
    synchronized void fail(String why) {
        if (!ended) {
            broken = why;
        }
        end();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public synchronized int read(byte[] into, int from, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (parts.isEmpty() && !ended && !dropped) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException();
            }
        }
        byte[] first = parts.peek();
        if (first == null) {
            if (broken != null) {
                throw new IOException(broken);
            }
            return -1;
        }
        int n = Math.min(length, first.length - offset);
        System.arraycopy(first, offset, into, from, n);
        offset += n;
        waiting -= n;
        if (offset == first.length) {
            parts.remove();
            offset = 0;
        }
        notifyAll();
        return n;
    }

    @Override
    public synchronized int available() {
        return waiting;
    }

    @Override
    public synchronized void close() {
        dropped = true;
        parts.clear();
        waiting = 0;
        notifyAll();
    }
}
