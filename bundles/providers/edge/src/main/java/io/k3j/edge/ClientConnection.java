package io.k3j.edge;

import io.k3j.edgeapi.Endpoint;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// One accepted connection: its peer, its outbox and its current deadline. For any thread unless a method says
/// otherwise.
final class ClientConnection implements Protocol {
    private final Channel channel;
    private final Outbox outbox;
    private final InetSocketAddress remote;
    private final Patience patience;
    private final InstantSource clock;
    private final AtomicInteger running = new AtomicInteger();
    private volatile Protocol protocol = this;
    private volatile List<X509Certificate> certificates = List.of();
    private volatile List<X509Certificate> frontProxy = List.of();
    private volatile long deadlineNanos;
    private volatile boolean deadlineSet;
    private volatile boolean leaving;
    private volatile boolean heard;
    private boolean draining;
    /// Whether the client of the current response may pause; HTTP/1.1 has one response at a time.
    private volatile boolean pausable;

    /// Creates a connection before its handshake.
    ///
    /// @param clock by which certificates are valid
    ClientConnection(Channel channel, InetSocketAddress remote, Patience patience, InstantSource clock) {
        this.channel = channel;
        this.patience = patience;
        this.clock = clock;
        this.remote = remote;
        this.outbox = new Outbox(channel.eventLoop(), () -> protocol.flush());
    }

    /// The channel.
    Channel channel() {
        return channel;
    }

    /// The queue to its event loop.
    Outbox outbox() {
        return outbox;
    }

    /// The timeouts of the connection.
    Patience patience() {
        return patience;
    }

    /// The address of the client.
    InetSocketAddress remote() {
        return remote;
    }

    /// Whether the client has said nothing that a handshake could go on with.
    boolean silent() {
        return !heard;
    }

    /// Records that it has.
    void heard() {
        heard = true;
    }

    /// The certificate chain of the client as the handshake verified it, empty without one.
    List<X509Certificate> certificates() {
        return certificates;
    }

    /// The same as long as it is valid, else an empty list: a connection may outlive its client's certificate.
    List<X509Certificate> validCertificates() {
        return valid(certificates);
    }

    /// The same of a front proxy.
    List<X509Certificate> validFrontProxy() {
        return valid(frontProxy);
    }

    private List<X509Certificate> valid(List<X509Certificate> chain) {
        if (chain.isEmpty()) {
            return chain;
        }
        Instant now = clock.instant();
        return chain.stream().allMatch(c -> !now.isBefore(c.getNotBefore().toInstant())
                && !now.isAfter(c.getNotAfter().toInstant())) ? chain : List.of();
    }

    /// Sets the chain as it is verified, as a client's and as a front proxy's; called after the handshake.
    void certificates(List<X509Certificate> chain, List<X509Certificate> ofProxy) {
        certificates = chain;
        frontProxy = ofProxy;
    }

    /// Sets the protocol of the connection, after ALPN or an upgrade.
    void setProtocol(Protocol agreed) {
        protocol = agreed;
    }

    /// Starts the drain if it was requested during the handshake.
    void protocolReady() {
        if (draining) {
            protocol.drain();
        }
    }

    /// Counts a request that an endpoint serves.
    void requestStarted() {
        pausable = false;
        running.incrementAndGet();
    }

    /// Allows the client of the current response to pause.
    void mayPause() {
        pausable = true;
    }

    private long stallNanos() {
        return (pausable ? patience.paused() : patience.closed()).toNanos();
    }

    /// Counts a request as finished.
    void requestFinished() {
        running.decrementAndGet();
    }

    /// The number of requests that endpoints are serving, also when their client has disconnected.
    int running() {
        return running.get();
    }

    /// Starts a deadline: the client has `seconds` for its next step.
    void expectClient(long seconds) {
        deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        deadlineSet = true;
    }

    /// Clears the deadline: the server acts next.
    void clearDeadline() {
        deadlineSet = false;
    }

    /// Drains the connection: requests in flight finish, new ones are refused; any thread.
    void end() {
        outbox.post(new Message() {
            @Override
            void send() {
                protocol.drain();
            }
        });
    }

    /// Asks streams without an end of their own to end; any thread. Their clients begin them again at once, so all
    /// connections of the port are drained before: what begins again on one that is not would end once more.
    void leave() {
        leaving = true;
    }

    /// Asks the client to use another connection for what comes next; any thread.
    void sendAway() {
        outbox.post(new Message() {
            @Override
            void send() {
                protocol.goAway();
            }
        });
    }

    /// Whether streams without an end of their own are to end.
    boolean leaving() {
        return leaving;
    }

    /// Aborts the responses of this endpoint; any thread.
    void end(Endpoint endpoint) {
        outbox.post(new Message() {
            @Override
            void send() {
                protocol.abandon(endpoint);
            }
        });
    }

    /// Closes the connection when its deadline has passed or its client reads nothing; called every second.
    void check(long now) {
        if (deadlineSet && deadlineNanos - now < 0) {
            channel.close();
        } else if (!protocol.detectsStalls() && outbox.stalledSince(now - stallNanos())) {
            reset();
        }
    }

    /// Resets the connection (RST by `SO_LINGER` 0), since the client reads nothing; the kernel's send buffer is
    /// discarded.
    void reset() {
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        // the first context skips TLS and HTTP/2, whose close would first try to write
        ChannelHandlerContext first = channel.pipeline().firstContext();
        if (first == null) {
            channel.close();
        } else {
            first.close();
        }
    }

    @Override
    public void flush() {
        channel.flush();
    }

    /// A drain during the handshake is postponed: no protocol could announce it yet.
    @Override
    public void drain() {
        draining = true;
    }

    @Override
    public void abandon(Endpoint endpoint) {
        // no request is served before the handshake
    }
}
