package io.k3j.etcdsnapshots;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// The body of an answer, each read of which waits a bounded time: the timeout of `HttpRequest` ends where the body
/// begins, and a server that stops there would be waited for without end. A body of any size may take as long as it
/// goes on. One reader; closing it is any thread's.
final class StallingBody extends FilterInputStream {
    private final Duration limit;
    private final String server;

    /// @param limit of one read
    /// @param server in the sentence of the error
    StallingBody(InputStream body, Duration limit, String server) {
        super(body);
        this.limit = limit;
        this.server = server;
    }

    /// What reads from the body.
    private interface Read {
        int read() throws IOException;
    }

    @Override
    public int read() throws IOException {
        return bounded(super::read);
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        return bounded(() -> super.read(into, from, length));
    }

    /// Closing the body from another thread is what ends a read of it. Who completes the watch first decides.
    private int bounded(Read read) throws IOException {
        CompletableFuture<Integer> watch = new CompletableFuture<>();
        CompletableFuture<Integer> closing = watch.orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(late -> giveUp());
        int got;
        try {
            got = read.read();
        } catch (IOException broken) {
            if (watch.complete(-1)) {
                throw broken;
            }
            got = closing.join();
        }
        if (!watch.complete(got)) {
            throw new IOException(server + " sent nothing for " + limit.toMillis() + " ms in the middle of an answer");
        }
        return got;
    }

    /// @return that nothing was read
    private int giveUp() {
        try {
            close();
        } catch (IOException broken) {
            // nobody reads it any more
        }
        return -1;
    }
}
