package io.k3j.aggregator;

import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.NodeDialer;
import io.k3j.kubeletclient.TlsChannel;
import io.k3j.webhookclient.ServiceEndpoints.Endpoint;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Opens connections to the servers behind APIServices: a ready endpoint of the Service, through its node's tunnel
/// where there is one, TLS with the name `SERVICE.NAMESPACE.svc`. Any thread; blocks.
final class BackendDialer {
    /// How many endpoints of a Service are tried for one request.
    private static final int MOST_ENDPOINTS = 3;
    private final RecentEndpoints endpoints;
    private final FrontProxy identity;
    private volatile @Nullable NodeDialer dialer;

    BackendDialer(RecentEndpoints endpoints, FrontProxy identity) {
        this.endpoints = endpoints;
        this.identity = identity;
    }

    /// The way to other machines; null: there is none at the moment.
    void dialer(@Nullable NodeDialer way) {
        dialer = way;
    }

    /// The way to other machines.
    @Nullable
    NodeDialer dialer() {
        return dialer;
    }

    /// The name that a server's certificate must have, and that it is told.
    static String host(ApiService to) {
        return to.server().service() + "." + to.server().namespace() + ".svc";
    }

    /// The endpoints of Services.
    RecentEndpoints endpoints() {
        return endpoints;
    }

    /// Keeps what these servers need.
    void retain(Set<ApiService> all) {
        identity.retain(all);
        endpoints.retain(all);
    }

    /// An open connection to the first of some endpoints that can be reached.
    /// @param opened gets each connection before TLS begins, and closes it
    /// @throws IOException when none can be, or all were cut
    ByteDuplex open(ApiService to, List<Endpoint> some, BackendConnections opened) throws IOException {
        NodeDialer way = dialer;
        if (way == null) {
            throw new IOException("this server has no way to other machines yet");
        }
        SSLContext context = identity.context(to);
        IOException last = new IOException("no address");
        for (Endpoint e : some.subList(0, Math.min(MOST_ENDPOINTS, some.size()))) {
            if (opened.over()) {
                break;
            }
            try {
                ByteDuplex channel = way.dial(e.node(), e.address(), e.port());
                opened.add(channel);
                return to.insecure() ? TlsChannel.unverified(context, channel, host(to), e.port())
                        : TlsChannel.ofHost(context, channel, host(to), e.port());
            } catch (IOException unreachable) {
                last = new IOException("dial tcp " + e + ": " + unreachable.getMessage(), unreachable);
            }
        }
        throw opened.told(last);
    }
}
