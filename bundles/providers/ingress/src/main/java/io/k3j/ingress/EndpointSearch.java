package io.k3j.ingress;

import java.net.InetSocketAddress;
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

    /// Hears what comes of a search.
    interface Found {
        /// A connection.
        ///
        /// @param reused whether it has had a request before
        void found(UpstreamSide connection, boolean reused);

        /// There is none.
        ///
        /// @param why the last one could not be had; empty when there is no endpoint at all
        void nothingFound(String why);
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
            found.nothingFound(why);
            return;
        }
        tried.add(address.get());
        @Nullable
        UpstreamSide idle = streams() ? null : loop.upstreams().take(address.get());
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
            loop.upstreams().connect(address, made -> found.found(made, false), cause -> failed(address, cause));
        }
    }

    private boolean streams() {
        return endpoints.scheme() == Endpoints.Scheme.H2C;
    }

    private void failed(InetSocketAddress address, Throwable cause) {
        loop.failures().add(address);
        next(address + ": " + cause.getMessage());
    }
}
