package io.k3j.aggregator;

import io.k3j.componentbase.Termination;
import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.Exchange;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Sends the body of a request on, in a virtual thread of its own: a server may answer before it has read all, and may
/// then read no more, or go on reading while it answers. That the server takes no more is no failure here, its answer
/// says what that means; that the client sends no more is one, and ends the connection.
final class BodySender implements AutoCloseable {
    static final long CHUNKED = -1;
    private static final int BLOCK_BYTES = 16 * 1024;
    /// Both ends are closed by then, or wake who is interrupted.
    private static final Duration ENDING = Duration.ofSeconds(5);
    private final Exchange exchange;
    private final ByteDuplex back;
    private final long length;
    private final Thread thread;
    private volatile @Nullable IOException unread;

    /// @param back closed when the body cannot be read
    /// @param length how many bytes are sent, no more and no fewer; [#CHUNKED]: all there are
    BodySender(Exchange exchange, ByteDuplex back, long length) {
        this.exchange = exchange;
        this.back = back;
        this.length = length;
        this.thread = Thread.ofVirtual().name("aggregator-body").unstarted(this::run);
    }

    /// Begins.
    void start() {
        thread.start();
    }

    /// Why the client's body cannot be read.
    Optional<IOException> unread() {
        return Optional.ofNullable(unread);
    }

    private void run() {
        try {
            send(exchange.bodyStream(), back.output());
        } catch (IOException | RuntimeException e) {
            System.getLogger("io.k3j.aggregator").log(System.Logger.Level.DEBUG, "Body not sent error={0}",
                    e.getMessage());
        }
    }

    private void send(InputStream in, OutputStream out) throws IOException {
        byte[] block = new byte[BLOCK_BYTES];
        long left = length == CHUNKED ? Long.MAX_VALUE : length;
        while (left > 0) {
            int n = read(in, block, (int) Math.min(left, block.length));
            if (n < 0) {
                break;
            }
            if (n > 0 && length == CHUNKED) {
                out.write((Integer.toHexString(n) + "\r\n").getBytes(StandardCharsets.US_ASCII));
                out.write(block, 0, n);
                out.write('\r');
                out.write('\n');
            } else {
                out.write(block, 0, n);
            }
            out.flush();
            left -= n;
        }
        if (length == CHUNKED) {
            out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }
    }

    private int read(InputStream in, byte[] block, int most) throws IOException {
        try {
            int n = in.read(block, 0, most);
            if (n < 0 && length != CHUNKED) {
                throw new EOFException("the body of the request is shorter than its Content-Length");
            }
            return n;
        } catch (IOException e) {
            unread = e;
            back.close();
            throw e;
        }
    }

    /// Ends it, and waits for that. Close the connection first: what comes of the client then is the rest that the edge
    /// throws away.
    @Override
    public void close() {
        Termination.of(thread, ENDING);
    }
}
