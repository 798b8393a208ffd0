package io.k3j.ingress;

import io.k3j.ingressrouting.EntryPoint;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One connection of a client: until when something has to come, and the request of HTTP/1.1 at work on it. On its
/// event loop.
final class ClientLink implements Expiring {
    private static final long SHORT_SECONDS = 60;
    private final Channel channel;
    private final EntryPoint entryPoint;
    private final ProxyLoop loop;
    private final String address;
    private final String port;
    private @Nullable Expiring atWork;
    private int streams;
    private long deadline;

    ClientLink(Channel channel, EntryPoint entryPoint, ProxyLoop loop) {
        this.channel = channel;
        this.entryPoint = entryPoint;
        this.loop = loop;
        this.address = ((InetSocketAddress) channel.remoteAddress()).getAddress().getHostAddress();
        this.port = Integer.toString(entryPoint.port());
    }

    EntryPoint entryPoint() {
        return entryPoint;
    }

    ProxyLoop loop() {
        return loop;
    }

    /// The client's address, without port.
    String address() {
        return address;
    }

    /// The port of the entry point's Service.
    String port() {
        return port;
    }

    /// Ends the connection unless [#relax] is called in time.
    void expect(long seconds) {
        // what is short would end early when the loop is late
        long now = seconds < SHORT_SECONDS ? loop.now() : loop.stamp();
        deadline = now + TimeUnit.SECONDS.toNanos(seconds);
    }

    /// Nothing is expected.
    void relax() {
        deadline = 0;
    }

    /// Looks after a request of HTTP/1.1, the only one at work here, until [#done]: a connection is watched for its
    /// whole life, its requests need not be.
    void work(Expiring request) {
        atWork = request;
    }

    /// That request has ended.
    void done() {
        atWork = null;
    }

    /// A stream of HTTP/2 has begun.
    void streamBegun() {
        streams++;
        relax();
    }

    /// A stream of HTTP/2 has ended.
    void streamEnded() {
        if (--streams == 0) {
            expect(IngressLimits.IDLE_SECONDS);
        }
    }

    @Override
    public void check(long now) {
        if (deadline != 0 && now - deadline > 0) {
            channel.close();
        }
        Expiring request = atWork;
        if (request != null) {
            request.check(now);
        }
    }
}
