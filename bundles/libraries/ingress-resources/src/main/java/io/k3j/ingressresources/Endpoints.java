package io.k3j.ingressresources;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The endpoints of one backend, in turn. Any thread.
///
/// @param scheme how they are spoken to
/// @param tls by whom they are believed where the scheme is [Scheme#HTTPS]; null when nobody says, and then they
/// are not asked
/// @param addresses those that are ready
/// @param turn whose turn it is; begins anywhere, so that servers do not all begin with the same one
public record Endpoints(Scheme scheme, @Nullable BackendTls tls, List<InetSocketAddress> addresses,
        AtomicInteger turn) {
    /// How an endpoint is spoken to.
    public enum Scheme {
        /// HTTP/1.1.
        HTTP,
        /// HTTP/2 without TLS, for gRPC.
        H2C,
        /// Over TLS: HTTP/2 where the endpoint chooses it, else HTTP/1.1.
        HTTPS,
        /// By a name outside of the cluster, which is not asked here.
        EXTERNAL
    }

    /// None at all.
    public static final Endpoints NONE = of(Scheme.HTTP, List.of());

    /// Some that are spoken to without TLS, or that nobody believes.
    public static Endpoints of(Scheme scheme, List<InetSocketAddress> addresses) {
        return of(scheme, null, addresses);
    }

    /// Some, the first one by chance.
    public static Endpoints of(Scheme scheme, @Nullable BackendTls tls, List<InetSocketAddress> addresses) {
        return new Endpoints(scheme, tls, List.copyOf(addresses),
                new AtomicInteger(ThreadLocalRandom.current().nextInt(1 << 20)));
    }

    /// The next one that was not tried; null when there is none.
    public @Nullable InetSocketAddress next(Set<InetSocketAddress> tried) {
        for (int i = 0; i < addresses.size(); i++) {
            InetSocketAddress found = addresses.get(Math.floorMod(turn.getAndIncrement(), addresses.size()));
            if (!tried.contains(found)) {
                return found;
            }
        }
        return null;
    }

    /// Whether an address that users may write down is dialled: never one of this machine itself or of a link.
    static boolean usable(InetAddress address) {
        return !address.isLoopbackAddress() && !address.isAnyLocalAddress() && !address.isLinkLocalAddress()
                && !address.isMulticastAddress();
    }
}
