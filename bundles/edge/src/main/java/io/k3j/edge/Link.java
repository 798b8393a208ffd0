package io.k3j.edge;

import io.k3j.edgeapi.Endpoint;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// One accepted connection: who is at the other end, its way out, and what it is being waited for.
final class Link implements Protocol {
    private final Channel channel;
    private final Outbox outbox;
    private final InetSocketAddress remote;
    private final Patience patience;
    private final AtomicInteger running = new AtomicInteger();
    private volatile Protocol protocol = this;
    private volatile List<X509Certificate> certificates = List.of();
    private volatile long deadlineNanos;
    private volatile boolean waitedFor;
    private volatile boolean leaving;
    private boolean draining;
    /// The answer under way is one whose client may pause; of HTTP/1.1, where there is one at a time.
    private volatile boolean pausable;

    /// A connection that has just been accepted.
    Link(Channel channel, InetSocketAddress remote, Patience patience) {
        this.channel = channel;
        this.patience = patience;
        this.remote = remote;
        this.outbox = new Outbox(channel.eventLoop(), () -> protocol.flush());
    }

    /// The connection itself.
    Channel channel() {
        return channel;
    }

    /// The way onto its event loop.
    Outbox outbox() {
        return outbox;
    }

    /// How long it is waited for.
    Patience patience() {
        return patience;
    }

    /// The other end.
    InetSocketAddress remote() {
        return remote;
    }

    /// The client's verified chain, empty without one.
    List<X509Certificate> certificates() {
        return certificates;
    }

    /// Sets what the handshake found.
    void certificates(List<X509Certificate> chain) {
        certificates = chain;
    }

    /// From now on the connection speaks this.
    void speak(Protocol agreed) {
        protocol = agreed;
    }

    /// Begins the farewell if it was wished for before there was a protocol to say it in.
    void spoken() {
        if (draining) {
            protocol.drain();
        }
    }

    /// Counts a request whose endpoint is at work.
    void requestStarted() {
        pausable = false;
        running.incrementAndGet();
    }

    /// The client may pause.
    void mayPause() {
        pausable = true;
    }

    private long stallNanos() {
        return (pausable ? patience.paused() : patience.closed()).toNanos();
    }

    /// Counts it off.
    void requestFinished() {
        running.decrementAndGet();
    }

    /// Requests whose endpoint is at work, whether the client still waits for them or not.
    int running() {
        return running.get();
    }

    /// The client has `seconds` from now for its next step.
    void await(long seconds) {
        deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        waitedFor = true;
    }

    /// It is our turn: no deadline.
    void serve() {
        waitedFor = false;
    }

    /// Lets what is in flight finish and takes nothing new; any thread.
    void end() {
        leaving = true;
        outbox.post(new Message() {
            @Override
            void send() {
                protocol.drain();
            }
        });
    }

    /// Whether it has been told to end.
    boolean leaving() {
        return leaving;
    }

    /// Breaks off what this endpoint is answering; any thread.
    void end(Endpoint endpoint) {
        outbox.post(new Message() {
            @Override
            void send() {
                protocol.abandon(endpoint);
            }
        });
    }

    /// Closes the connection when its time is up; called once a second, any thread.
    void check(long now) {
        if (waitedFor && deadlineNanos - now < 0) {
            channel.close();
        } else if (!protocol.judgesItself() && outbox.stalledSince(now - stallNanos())) {
            cut();
        }
    }

    /// Ends the connection without a word, since nobody would read it; what waits in the kernel goes as well.
    void cut() {
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        // past TLS and HTTP/2, which would first try to say goodbye
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

    /// A handshake at work goes on: its client has not been told anything yet.
    @Override
    public void drain() {
        draining = true;
    }

    @Override
    public void abandon(Endpoint endpoint) {
        // nothing is being answered before the handshake
    }
}
