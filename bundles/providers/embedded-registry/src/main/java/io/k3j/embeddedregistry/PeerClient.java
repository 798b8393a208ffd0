package io.k3j.embeddedregistry;

import io.k3j.edgeapi.ByteDuplex;
import io.k3j.kubeletclient.ResponseHead;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Asks other nodes, with a connection for each request. A node that cannot be reached is left alone for a while. Any
/// thread.
final class PeerClient implements AutoCloseable {
    private static final Duration SHUNNED = Duration.ofSeconds(30);
    private static final Duration DISTRUSTED = Duration.ofMinutes(10);
    private static final int MOST_SHUNNED = 1_000;
    /// As long as a pull may take.
    private static final Duration WHOLE = Duration.ofMinutes(30);
    private final PeerSet peers;
    private final InstantSource clock;
    private final Duration headLimit;
    private final Set<ByteDuplex> open = ConcurrentHashMap.newKeySet();
    private final Map<String, Instant> shunned = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
            return size() > MOST_SHUNNED;
        }
    };
    private volatile boolean closed;

    /// @param clock for how long a node is left alone
    /// @param headLimit how long connection, handshake, request and the head of the answer may take together
    PeerClient(PeerSet peers, InstantSource clock, Duration headLimit) {
        this.peers = peers;
        this.clock = clock;
        this.headLimit = headLimit;
    }

    /// A request; nothing in it is what somebody else wrote and nobody checked.
    ///
    /// @param target path and query
    /// @param headers in lower case
    record Request(String method, String target, Map<String, String> headers, byte[] body) {
        /// One that reads.
        static Request get(String target) {
            return new Request("GET", target, Map.of(), new byte[0]);
        }

        private byte[] bytes(String node) {
            StringBuilder head = new StringBuilder(method).append(' ').append(target).append(" HTTP/1.1\r\nhost: ")
                    .append(node).append("\r\nconnection: close\r\ncontent-length: ").append(body.length)
                    .append("\r\n");
            headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
            return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    /// An answer whose body is still to be read.
    final class Reply implements AutoCloseable {
        private final ResponseHead head;
        private final InputStream body;
        private final ByteDuplex channel;
        private final CountDownLatch done;

        Reply(ResponseHead head, InputStream body, ByteDuplex channel, CountDownLatch done) {
            this.head = head;
            this.body = body;
            this.channel = channel;
            this.done = done;
        }

        ResponseHead head() {
            return head;
        }

        InputStream body() {
            return body;
        }

        /// Ends the connection. Any thread.
        @Override
        public void close() {
            done.countDown();
            open.remove(channel);
            channel.close();
        }
    }

    /// Blocks until the head of the answer is there.
    ///
    /// @throws IOException when the node cannot be reached, or not in time, or has not been lately
    Reply ask(String node, Request request) throws IOException {
        if (closed || shunned(node)) {
            throw new IOException(node + " is not asked now");
        }
        try {
            return answered(node, request);
        } catch (IOException e) {
            shun(node);
            throw e;
        } catch (NumberFormatException e) {
            throw new IOException("not an HTTP answer", e);
        }
    }

    private Reply answered(String node, Request request) throws IOException {
        ByteDuplex channel = peers.open(node);
        CountDownLatch head = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        open.add(channel);
        boolean answered = false;
        try {
            if (closed) {
                throw new IOException("this component is being stopped");
            }
            // a channel has no time-outs of its own
            Thread.ofVirtual().name("embedded-registry-limit").start(() -> limit(channel, head, done));
            OutputStream out = channel.output();
            out.write(request.bytes(node));
            out.write(request.body());
            out.flush();
            ResponseHead read = ResponseHead.read(channel.input());
            Reply reply = new Reply(read, read.body(channel.input(), request.method()), channel, done);
            answered = true;
            return reply;
        } finally {
            head.countDown();
            if (!answered) {
                done.countDown();
                open.remove(channel);
                channel.close();
            }
        }
    }

    private void limit(ByteDuplex channel, CountDownLatch head, CountDownLatch done) {
        try {
            if (!head.await(headLimit.toMillis(), TimeUnit.MILLISECONDS)
                    || !done.await(WHOLE.toMillis(), TimeUnit.MILLISECONDS)) {
                channel.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean shunned(String node) {
        Instant until = shunned.get(node);
        return until != null && clock.instant().isBefore(until);
    }

    private synchronized void shun(String node) {
        shunned.merge(node, clock.instant().plus(SHUNNED), (a, b) -> a.isAfter(b) ? a : b);
    }

    /// It gave something else than was asked for: it is left alone for ten minutes.
    synchronized void distrust(String node) {
        shunned.put(node, clock.instant().plus(DISTRUSTED));
    }

    /// Whoever waits for an answer gets an error.
    @Override
    public void close() {
        closed = true;
        open.forEach(ByteDuplex::close);
    }
}
