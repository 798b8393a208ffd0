package io.k3j.streaming;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// One byte stream through a tunnel. Each direction is used by one thread at a time and blocks it; closing wakes both.
/// There is no half-closing: when the other end has ended, what it sent before can still be read.
///
/// Pausing is remotedialer's: the reader's end asks the writer's end to stop when too much waits, and to go on when
/// little does. Bytes that are on the way meanwhile are taken; an end that does not stop is cut off. How much is too
/// much depends on what all connections hold, see [UnreadBudget].
public final class TunnelConnection implements AutoCloseable {
    /// With more bytes than this unread the other end is asked to pause.
    static final int PAUSE_ABOVE = 1 << 21;
    /// The same while all connections together hold much.
    static final int PAUSE_ABOVE_WHEN_SCARCE = 1 << 16;
    /// Below this part of it the other end is asked to go on, as a divisor.
    private static final int RESUME_PART = 8;
    /// More bytes than this unread come from an end that does not pause: what had left before it heard of it lies in
    /// its send buffer and in our receive buffer, of which a kernel allows up to 32 MiB where it is not told otherwise.
    static final int MAX_UNREAD = PAUSE_ABOVE + (1 << 25);
    private static final int MAX_DATA = 32 * 1024;

    private final TunnelSession session;
    private final long id;
    private final UnreadBudget budget;
    /// What the other end sent; guarded by this, as is all that follows.
    private final Queue<byte[]> unread = new ArrayDeque<>();
    /// How many bytes of it have not been read.
    private int waiting;
    /// How much of the first piece has been read.
    private int offset;
    /// We have asked the other end to pause.
    private boolean pausing;
    /// The other end has asked us to pause.
    private boolean paused;
    /// Why it is over; [TunnelFrame#EOF] when in order. Set once, but that [#cut] has the last word.
    private @Nullable String end;

    TunnelConnection(TunnelSession session, long id, UnreadBudget budget) {
        this.session = session;
        this.id = id;
        this.budget = budget;
    }

    /// Its number in the session.
    long id() {
        return id;
    }

    /// The tunnel it goes through.
    TunnelSession session() {
        return session;
    }

    /// Whether neither end has ended it.
    synchronized boolean open() {
        return end == null;
    }

    /// From the other end. Its end is the stream's end; when it or the tunnel broke, reading fails with the reason.
    /// Closing it ends the connection.
    public InputStream input() {
        return new Input();
    }

    /// To the other end; blocks while that does not want more. Each write leaves as messages of 32 KiB at most. Closing
    /// it ends the connection; what waits can still be read.
    public OutputStream output() {
        return new Output();
    }

    /// Ends both directions, here and there. Does not block; what waits is dropped.
    @Override
    public void close() {
        finish();
        drop();
    }

    /// Ends both directions, here and there. Does not block; what waits can still be read.
    void finish() {
        broken(TunnelFrame.EOF);
    }

    private synchronized void drop() {
        unread.clear();
        waiting = 0;
        offset = 0;
        budget.forget(this);
    }

    /// Bytes have come; on the session's reading thread, so it never blocks.
    /// @param bytes not copied
    void received(byte[] bytes) {
        boolean allowed;
        synchronized (this) {
            if (end != null || bytes.length == 0) {
                return;
            }
            unread.add(bytes);
            waiting += bytes.length;
            budget.came(this, bytes.length);
            notifyAll();
            allowed = waiting <= MAX_UNREAD;
            pauseWhenItIsTime();
        }
        if (!allowed) {
            cut("the other end sent more than it was allowed to");
        }
        budget.relieve();
    }

    /// With the lock held.
    private void pauseWhenItIsTime() {
        if (!pausing && waiting > budget.pauseAbove()) {
            pausing = true;
            session.control(id, TunnelFrame.Kind.PAUSE);
        }
    }

    /// Ends the connection, drops what waits and tells both ends why: what the reader has is not the whole, even where
    /// the other end has ended in order.
    void cut(String why) {
        boolean news;
        synchronized (this) {
            news = end == null;
            end = why;
            drop();
            notifyAll();
        }
        if (news) {
            session.over(id, why);
        }
    }

    /// Ends the connection and tells the other end why. Nothing when it is over already.
    void broken(String why) {
        if (ended(why)) {
            session.over(id, why);
        }
    }

    /// The other end has ended, or the tunnel has. Says whether that is news. The first reason stays.
    /// @param why [TunnelFrame#EOF], or the sentence that readers and writers get
    synchronized boolean ended(String why) {
        if (end != null) {
            return false;
        }
        end = why;
        notifyAll();
        return true;
    }

    /// The other end wants us to pause, or to go on.
    synchronized void pause(boolean now) {
        paused = now;
        notifyAll();
    }

    private final class Input extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            return length == 0 ? 0 : take(into, from, length);
        }

        @Override
        public int available() {
            synchronized (TunnelConnection.this) {
                return waiting;
            }
        }

        @Override
        public void close() {
            TunnelConnection.this.close();
        }
    }

    /// Blocks while nothing waits and the connection lives.
    private synchronized int take(byte[] into, int from, int length) throws IOException {
        while (unread.isEmpty() && end == null) {
            await();
        }
        byte[] first = unread.peek();
        if (first == null) {
            if (TunnelFrame.EOF.equals(end)) {
                return -1;
            }
            throw new IOException(end);
        }
        int n = Math.min(length, first.length - offset);
        System.arraycopy(first, offset, into, from, n);
        offset += n;
        waiting -= n;
        boolean whole = offset == first.length;
        if (whole) {
            unread.remove();
            offset = 0;
        }
        budget.read(this, n, whole);
        if (pausing && waiting < budget.pauseAbove() / RESUME_PART) {
            pausing = false;
            session.control(id, TunnelFrame.Kind.RESUME);
        }
        return n;
    }

    /// Interrupted, the thread leaves with its flag set; the connection stays as it is.
    private void await() throws InterruptedIOException {
        try {
            wait();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    /// @throws IOException when the connection is over, for whatever reason
    private synchronized void awaitRoom() throws IOException {
        while (paused && end == null) {
            await();
        }
        if (end != null) {
            throw new IOException(TunnelFrame.EOF.equals(end) ? "the connection is closed" : end);
        }
    }

    private final class Output extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            for (int at = 0; at < length; at += MAX_DATA) {
                awaitRoom();
                int until = Math.min(length, at + MAX_DATA);
                session.data(id, Arrays.copyOfRange(bytes, from + at, from + until));
            }
        }

        @Override
        public void close() {
            finish();
        }
    }
}
