package io.k3j.ingress;

import io.k3j.ingressresources.Endpoints;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Finds a connection to an endpoint for one request: an idle one, else a new one, to up to [IngressLimits#TRIES] of
/// them in turn. On the event loop.
final class EndpointSearch {
    private final ProxyLoop loop;
    private final Endpoints endpoints;
    private final Found found;
    private final Streams streams;
    /// Those that were tried before the last one: most requests need no more than one.
    private Set<InetSocketAddress> tried = Set.of();
    private @Nullable InetSocketAddress last;
    /// Whether the last one was there, and its handshake failed.
    private boolean unagreed;

    /// When HTTP/2 is spoken.
    private enum Streams {
        ALWAYS, IF_CHOSEN, NEVER
    }

    /// Hears what comes of a search.
    interface Found {
        /// A connection.
        ///
        /// @param reused whether it has had a request before
        void found(UpstreamSide connection, boolean reused);

        /// There is none.
        ///
        /// @param answer what the client is told
        /// @param why the last one could not be had; empty when there is no endpoint at all
        void nothingFound(ErrorAnswer answer, String why);
    }

    /// @param upgrade whether the connection is to be changed to something else, which HTTP/1.1 alone can
    EndpointSearch(ProxyLoop loop, Endpoints endpoints, boolean upgrade, Found found) {
        this.loop = loop;
        this.endpoints = endpoints;
        this.found = found;
        streams = switch (endpoints.scheme()) {
            case H2C -> Streams.ALWAYS;
            case HTTPS -> upgrade ? Streams.NEVER : Streams.IF_CHOSEN;
            case HTTP, EXTERNAL -> Streams.NEVER;
        };
    }

    /// The one that was tried last; null when there was none.
    @Nullable
    InetSocketAddress last() {
        return last;
    }

    /// Tries the next one.
    ///
    /// @param why the one before could not be had
    void next(String why) {
        if (last != null) {
            tried = tried.isEmpty() ? new HashSet<>() : tried;
            tried.add(last);
        }
        InetSocketAddress address = tried.size() < IngressLimits.TRIES ? loop.failures().next(endpoints, tried) : null;
        if (address == null) {
            found.nothingFound(why.isEmpty() ? ErrorAnswer.NO_SERVER
                    : unagreed ? ErrorAnswer.NO_HANDSHAKE : ErrorAnswer.BAD_GATEWAY, why);
            return;
        }
        last = address;
        UpstreamKey key = new UpstreamKey(address, endpoints.tls());
        // one that was just closed says nothing about the endpoint
        boolean joined = streams != Streams.NEVER && loop.streams().join(key, made -> found.found(made, true),
                _ -> connect(address));
        @Nullable
        UpstreamSide idle = joined || streams == Streams.ALWAYS ? null : loop.upstreams().take(key);
        if (idle != null) {
            found.found(idle, true);
        } else if (!joined) {
            connect(address);
        }
    }

    /// Makes a new connection to one.
    void connect(InetSocketAddress address) {
        UpstreamKey key = new UpstreamKey(address, endpoints.tls());
        Consumer<UpstreamSide> made = one -> found.found(one, false);
        Consumer<Throwable> failed = cause -> failed(address, cause);
        switch (streams) {
            case ALWAYS -> loop.streams().connect(key, made, failed);
            case IF_CHOSEN -> loop.streams().agree(key, loop.upstreams(), made, failed);
            case NEVER -> loop.upstreams().connect(key, made, failed);
        }
    }

    private void failed(InetSocketAddress address, Throwable cause) {
        // a handshake may fail by what one Service wants of an address that others use as well
        unagreed = endpoints.tls() != null && !(cause instanceof SocketException);
        if (!unagreed) {
            loop.failures().add(address);
        }
        next(address + ": " + cause.getMessage());
    }
}
