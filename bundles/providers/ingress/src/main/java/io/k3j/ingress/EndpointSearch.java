package io.k3j.ingress;

import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds a connection to an endpoint for one request: an idle one, else a new one, to up to [IngressLimits#TRIES] of
/// them in turn. On the event loop.
final class EndpointSearch {
    private final ProxyLoop loop;
    private final Endpoints endpoints;
    private final Found found;
    private final Set<InetSocketAddress> tried = new HashSet<>();
    /// Whether the last one was there, and its handshake failed.
    private boolean unagreed;

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

    EndpointSearch(ProxyLoop loop, Endpoints endpoints, Found found) {
        this.loop = loop;
        this.endpoints = endpoints;
        this.found = found;
    }

    /// Tries the next one.
    ///
    /// @param why the one before could not be had
    void next(String why) {
        Optional<InetSocketAddress> address = tried.size() < IngressLimits.TRIES
                ? loop.failures().next(endpoints, tried)
                : Optional.empty();
        if (address.isEmpty()) {
            found.nothingFound(why.isEmpty() ? ErrorAnswer.NO_SERVER
                    : unagreed ? ErrorAnswer.NO_HANDSHAKE : ErrorAnswer.BAD_GATEWAY, why);
            return;
        }
        tried.add(address.get());
        @Nullable
        UpstreamSide idle = streams() ? null : loop.upstreams().take(new UpstreamKey(address.get(), endpoints.tls()));
        if (idle == null) {
            connect(address.get());
        } else {
            found.found(idle, true);
        }
    }

    /// Makes a new connection to one.
    void connect(InetSocketAddress address) {
        if (streams()) {
            loop.streams().open(address, made -> found.found(made, false), cause -> failed(address, cause));
        } else {
            loop.upstreams().connect(new UpstreamKey(address, endpoints.tls()), made -> found.found(made, false),
                    cause -> failed(address, cause));
        }
    }

    private boolean streams() {
        return endpoints.scheme() == Endpoints.Scheme.H2C;
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
