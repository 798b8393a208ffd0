package io.k3j.edge;

import io.k3j.edgeapi.BodyTooLarge;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// The queue of body bytes from an event loop to the one thread that reads them. It is bounded, because the loop
/// grants the sender no more while [#full] is true, and by what all of a port may hold ([UnreadBodies]). Also carries
/// the input of an upgraded connection.
final class RequestBody extends InputStream {
    private final ArrayDeque<byte[]> chunks = new ArrayDeque<>(2);
    private final Runnable demand;
    private final long announced;
    private final UnreadBodies unread;
    private int buffered;
    /// The same with what small chunks cost.
    private int weight;
    private int offset;
    private boolean demanded;
    private boolean held;
    private boolean ended;
    private long idleSeconds = Limits.BODY_IDLE_SECONDS;
    private @Nullable String failure;
    private boolean late;
    /// Whether the client has gone.
    private boolean left;
    /// Whether the endpoint has returned.
    private boolean served;

    /// One that is counted nowhere.
    RequestBody(long announced, Runnable demand) {
        this(announced, demand, new UnreadBodies(Long.MAX_VALUE));
    }

    /// @param announced the length the client declared, or -1
    /// @param demand called by the reader when it first has to wait, and each time it has made room
    /// @param unread where what waits is counted
    RequestBody(long announced, Runnable demand, UnreadBodies unread) {
        this.announced = announced;
        this.demand = demand;
        this.unread = unread;
    }

    /// Disables the idle timeout, for upgraded connections that may be silent for hours.
    RequestBody withoutIdleTimeout() {
        idleSeconds = Long.MAX_VALUE / TimeUnit.SECONDS.toNanos(2);
        return this;
    }

    /// Adds bytes, on the loop. The queue owns the array afterwards.
    void feed(byte[] chunk) {
        synchronized (this) {
            // data after the end is dropped: the peer of an upgraded connection that was closed here may go on sending
            if (failure != null || ended || chunk.length == 0) {
                return;
            }
            chunks.add(chunk);
            buffered += chunk.length;
            weight += weight(chunk);
            unread.came(this, weight(chunk));
            notifyAll();
        }
        for (RequestBody other = unread.excess(); other != null; other = unread.excess()) {
            other.giveUp();
        }
    }

    private static int weight(byte[] chunk) {
        return Math.max(chunk.length, Limits.LEAST_PIECE_BYTES);
    }

    private synchronized void giveUp() {
        late = true;
        drop("the request's body was not read in time");
    }

    /// Marks the end of the body; on the loop.
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /// The client has gone: fails the reader with an `IOException`, unless the whole body is here. That stays, and
    /// counts, until it was read or the endpoint returns. Any thread.
    synchronized void fail(String why) {
        left = true;
        if (!ended || served) {
            drop(why);
        }
    }

    /// The endpoint has returned: of a client that has gone nobody reads any more. Any thread.
    synchronized void served() {
        served = true;
        if (left) {
            drop("the client has gone");
        }
    }

    /// Lets go of what waits, and of what comes; a reader that wants more gets an `IOException`. Any thread.
    synchronized void drop(String why) {
        if (failure == null && !(ended && chunks.isEmpty())) {
            failure = why;
        }
        chunks.clear();
        buffered = 0;
        weight = 0;
        unread.gone(this);
        notifyAll();
    }

    /// Whether the sender must wait, until the reader's next `demand`. On the loop.
    synchronized boolean full() {
        // sticky until the reader demands more: the withheld window is returned only then
        held = (held || failure != null || weight >= Limits.STREAM_WINDOW) && !ended;
        return held;
    }

    /// Whether the last byte has arrived.
    synchronized boolean ended() {
        return ended;
    }

    /// Reads the whole body.
    /// @param arrived called with the length of each piece
    /// @throws BodyTooLarge for more than `maxBytes`
    /// @throws SocketTimeoutException when it takes longer than [Limits#BODY_SECONDS]
    byte[] readAll(int maxBytes, IntConsumer arrived) throws IOException {
        if (announced > maxBytes) {
            throw new BodyTooLarge(maxBytes);
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(Limits.BODY_SECONDS);
        ArrayDeque<byte[]> taken = new ArrayDeque<>();
        int length = 0;
        for (byte[] chunk = next(deadline); chunk != null; chunk = next(deadline)) {
            length = Math.addExact(length, chunk.length);
            if (length > maxBytes) {
                throw new BodyTooLarge(maxBytes);
            }
            arrived.accept(chunk.length);
            taken.add(chunk);
        }
        return taken.size() == 1 ? taken.remove() : join(taken, length);
    }

    private static byte[] join(ArrayDeque<byte[]> chunks, int length) {
        byte[] all = new byte[length];
        int at = 0;
        for (byte[] chunk : chunks) {
            System.arraycopy(chunk, 0, all, at, chunk.length);
            at += chunk.length;
        }
        return all;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int at, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        byte[] chunk = peek(System.nanoTime() + TimeUnit.SECONDS.toNanos(idleSeconds));
        if (chunk == null) {
            return -1;
        }
        int take = Math.min(length, chunk.length - offset);
        System.arraycopy(chunk, offset, into, at, take);
        offset += take;
        if (offset == chunk.length) {
            offset = 0;
            remove(chunk);
        }
        return take;
    }

    @Override
    public synchronized int available() {
        return Math.max(0, buffered - offset);
    }

    private byte @Nullable [] next(long deadline) throws IOException {
        byte[] chunk = peek(deadline);
        if (chunk != null) {
            remove(chunk);
        }
        return chunk;
    }

    private byte @Nullable [] peek(long deadline) throws IOException {
        if (demandFirst()) {
            demand.run();
        }
        synchronized (this) {
            while (chunks.isEmpty() && !ended && failure == null) {
                await(deadline - System.nanoTime());
            }
            if (!chunks.isEmpty()) {
                return chunks.peek();
            }
            if (failure != null) {
                throw late ? new SocketTimeoutException(failure) : new IOException(failure);
            }
            return null;
        }
    }

    private synchronized boolean demandFirst() {
        boolean first = !demanded && chunks.isEmpty() && !ended;
        demanded = true;
        return first;
    }

    private void await(long nanos) throws IOException {
        if (nanos <= 0) {
            throw new SocketTimeoutException("the request's body stopped coming");
        }
        try {
            wait(TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stopped);
        }
    }

    private void remove(byte[] chunk) {
        boolean room;
        synchronized (this) {
            if (chunks.peek() != chunk) {
                return;
            }
            chunks.remove();
            buffered -= chunk.length;
            weight -= weight(chunk);
            unread.taken(this, weight(chunk));
            room = held && weight < Limits.STREAM_WINDOW / 2;
            held &= !room;
        }
        if (room) {
            demand.run();
        }
    }
}
