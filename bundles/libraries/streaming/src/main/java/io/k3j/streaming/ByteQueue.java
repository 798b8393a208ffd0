package io.k3j.streaming;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// Bytes handed from one thread to another: the giver blocks when too many wait, the taker when none do.
///
/// The lock is the queue itself; at most one giver and one taker wait on it. What may wait is bounded, so a reader that
/// stops reading stops the connection and not the process.
final class ByteQueue extends InputStream {
    /// Bytes; one more piece is let in above it, so that a piece of any length passes.
    private static final int MAX_WAITING = 1 << 20;
    private final Queue<byte[]> parts = new ArrayDeque<>();
    private int waiting;
    /// How much of the first piece has been taken.
    private int offset;
    /// The giver has nothing more; what waits can still be taken.
    private boolean ended;
    /// The taker wants no more; the giver never blocks again.
    private boolean dropped;
    /// Why it ended, when that was not in order.
    private @Nullable String broken;

    /// Gives bytes; they are not copied. What nobody takes any more is dropped. An interrupted giver leaves with its
    /// flag set, and the bytes are not given.
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

    /// No more will be given. What has been given is still taken, then the stream ends.
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /// No more will be given, because something broke. What has been given is still taken, then reading fails. Nothing
    /// after [#end].
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

    /// Blocks while nothing waits.
    /// @return -1 at the end, also after [#close]
    /// @throws InterruptedIOException when interrupted; the flag stays set
    /// @throws IOException when the connection broke
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
