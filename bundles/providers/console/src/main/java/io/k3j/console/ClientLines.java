package io.k3j.console;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The lines that a client sends. For one thread.
final class ClientLines {
    private static final System.Logger LOG = System.getLogger("io.k3j.console");
    private static final int MAX_CHARS = 8192;
    private final SocketChannel client;
    private final BufferedReader reader;

    ClientLines(SocketChannel client) {
        this.client = client;
        this.reader = new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8));
    }

    /// The next line, null after the last one. Disconnects a client that sends none in time, because others may wait
    /// for its permit.
    /// @throws IOException when the line is too long, or the client is gone or disconnected
    @Nullable
    String next(Duration limit) throws IOException {
        CountDownLatch received = new CountDownLatch(1);
        Thread.ofVirtual().name("console-patience").start(() -> {
            try {
                if (!received.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                    client.close();
                }
            } catch (InterruptedException | IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "Console client not closed", e);
            }
        });
        try {
            return line();
        } finally {
            received.countDown();
        }
    }

    private @Nullable String line() throws IOException {
        StringBuilder line = new StringBuilder();
        int c = reader.read();
        if (c < 0) {
            return null;
        }
        for (; c >= 0 && c != '\n'; c = reader.read()) {
            if (line.length() == MAX_CHARS) {
                throw new IOException("command too long");
            }
            line.append((char) c);
        }
        return line.toString();
    }
}
