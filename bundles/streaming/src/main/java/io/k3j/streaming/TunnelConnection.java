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
    private final Queue<byte[]> unread = new ArrayDeque<>();
    private int waiting;
    private int offset;
    private boolean pausing;
    private boolean paused;
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
    public InputStream input() {
        return new Input();
    }

    /// To the other end; blocks while that does not want more.
    public OutputStream output() {
        return new Output();
    }

    /// Ends both directions, here and there.
    @Override
    public void close() {
        if (ended(TunnelFrame.EOF)) {
            session.over(id, TunnelFrame.EOF);
        }
    }

    /// Bytes have come; on the session's reading thread, so it never blocks.
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

    /// Ends the connection and tells the other end why.
    void broken(String why) {
        if (ended(why)) {
            session.over(id, why);
        }
    }

    /// The other end has ended, or the tunnel has. Says whether that is news.
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

    private void await() throws InterruptedIOException {
        try {
            wait();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

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
