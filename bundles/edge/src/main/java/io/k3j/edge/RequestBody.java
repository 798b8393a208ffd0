package io.k3j.edge;

import io.k3j.edgeapi.BodyTooLarge;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// The bytes on their way from an event loop to the one thread that reads them: a queue of arrays,
/// bounded because the loop stops granting the sender more while [#full] holds. Also carries the
/// incoming direction of an upgraded connection.
final class RequestBody extends InputStream {
    private final ArrayDeque<byte[]> chunks = new ArrayDeque<>(2);
    private final Runnable demand;
    private final long announced;
    private int buffered;
    private int offset;
    private boolean asked;
    private boolean held;
    private boolean ended;
    private long idleSeconds = Limits.BODY_IDLE_SECONDS;
    private @Nullable String failure;

    /// `announced` is the length the client gave, or -1. `demand` is called by the reader when it
    /// first has to wait and each time it has made room.
    RequestBody(long announced, Runnable demand) {
        this.announced = announced;
        this.demand = demand;
    }

    /// Never gives up waiting; for upgraded connections, which may be silent for hours.
    RequestBody patient() {
        idleSeconds = Long.MAX_VALUE / TimeUnit.SECONDS.toNanos(2);
        return this;
    }

    /// Adds bytes; on the loop. The array is handed over.
    synchronized void feed(byte[] chunk) {
        // nobody takes what comes after the end: an upgraded connection we closed may go on sending
        if (failure == null && !ended && chunk.length > 0) {
            chunks.add(chunk);
            buffered += chunk.length;
            notifyAll();
        }
    }

    /// No more bytes will come; on the loop.
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /// No more bytes can come; any thread.
    synchronized void fail(String why) {
        if (!ended && failure == null) {
            failure = why;
            notifyAll();
        }
    }

    /// Whether the sender has to wait; the reader's next `demand` says when no longer. On the loop.
    synchronized boolean full() {
        // once held, only the reader lets go: what was held back before is owed until it demands
        held = (held || buffered >= Limits.STREAM_WINDOW) && !ended;
        return held;
    }

    /// Whether the last byte has arrived.
    synchronized boolean ended() {
        return ended;
    }

    /// Everything, at most `maxBytes`; `arrived` is told of each piece.
    byte[] all(int maxBytes, IntConsumer arrived) throws IOException {
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
            remove();
        }
        return take;
    }

    @Override
    public synchronized int available() {
        return buffered - offset;
    }

    private byte @Nullable [] next(long deadline) throws IOException {
        byte[] chunk = peek(deadline);
        if (chunk != null) {
            remove();
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
                throw new IOException(failure);
            }
            return null;
        }
    }

    private synchronized boolean demandFirst() {
        boolean first = !asked && chunks.isEmpty() && !ended;
        asked = true;
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

    private void remove() {
        boolean room;
        synchronized (this) {
            buffered -= chunks.remove().length;
            room = held && buffered < Limits.STREAM_WINDOW / 2;
            held &= !room;
        }
        if (room) {
            demand.run();
        }
    }
}
