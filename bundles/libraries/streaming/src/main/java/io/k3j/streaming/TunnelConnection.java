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
/// little does. Bytes that are on the way meanwhile are taken; an end that does not stop is cut off.
public final class TunnelConnection implements AutoCloseable {
    /// With more bytes than this unread the other end is asked to pause.
    static final int PAUSE_ABOVE = 1 << 21;
    /// Below this it is asked to go on.
    static final int RESUME_BELOW = PAUSE_ABOVE / 8;
    /// Another end that does not pause is cut off here.
    static final int MAX_UNREAD = 8 * PAUSE_ABOVE;
    private static final int MAX_DATA = 32 * 1024;

    private final TunnelSession session;
    private final long id;
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
    /// Why it is over; [TunnelFrame#EOF] when in order. Set once.
    private @Nullable String end;

    TunnelConnection(TunnelSession session, long id) {
        this.session = session;
        this.id = id;
    }

    /// Its number in the session.
    long id() {
        return id;
    }

    /// From the other end. Its end is the stream's end; when it or the tunnel broke, reading fails with the reason.
    /// Closing it ends the connection.
    public InputStream input() {
        return new Input();
    }

    /// To the other end; blocks while that does not want more. Each write leaves as messages of 32 KiB at most. Closing
    /// it ends the connection.
    public OutputStream output() {
        return new Output();
    }

    /// Ends both directions, here and there. Does not block; what waits can still be read.
    @Override
    public void close() {
        if (ended(TunnelFrame.EOF)) {
            session.over(id, TunnelFrame.EOF);
        }
    }

    /// Bytes have come; on the session's reading thread, so it never blocks.
    /// @param bytes not copied
    void received(byte[] bytes) {
        synchronized (this) {
            if (end != null || bytes.length == 0) {
                return;
            }
            unread.add(bytes);
            waiting += bytes.length;
            notifyAll();
            if (waiting > PAUSE_ABOVE && !pausing) {
                pausing = true;
                session.control(id, TunnelFrame.Kind.PAUSE);
            }
            if (waiting <= MAX_UNREAD) {
                return;
            }
        }
        broken("the other end sent more than it was allowed to");
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
        if (offset == first.length) {
            unread.remove();
            offset = 0;
        }
        if (pausing && waiting < RESUME_BELOW) {
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
            TunnelConnection.this.close();
        }
    }
}
