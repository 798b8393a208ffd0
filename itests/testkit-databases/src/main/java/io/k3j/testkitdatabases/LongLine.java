package io.k3j.testkitdatabases;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/// Carries bytes as a long line does: what is sent together arrives together, later. Closing it waits until everything
/// has arrived.
final class LongLine implements AutoCloseable {
    private static final byte[] END = {};
    private final BlockingQueue<Parcel> parcels = new LinkedBlockingQueue<>();
    private final Thread thread;

    /// Bytes, and when they arrive as `System.nanoTime` tells.
    private record Parcel(long due, byte[] bytes) {
    }

    /// Leads to a stream that somebody else closes.
    LongLine(OutputStream far) {
        thread = Thread.ofVirtual().start(() -> carry(far));
    }

    /// Sends a copy of the first `n` bytes, to arrive after so many nanoseconds.
    void send(byte[] buffer, int n, long nanos) {
        parcels.add(new Parcel(System.nanoTime() + nanos, Arrays.copyOf(buffer, n)));
    }

    private void carry(OutputStream far) {
        try {
            for (Parcel next = parcels.take(); next.bytes != END; next = parcels.take()) {
                for (long left = next.due - System.nanoTime(); left > 0; left = next.due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                far.write(next.bytes);
            }
        } catch (IOException e) {
            // nobody listens any more: the reading side finds out the same
            parcels.clear();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        parcels.add(new Parcel(System.nanoTime(), END));
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
