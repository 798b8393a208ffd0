package io.k3j.ingress;

import io.k3j.ingressresources.BackendTls;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// What connections to an endpoint have in common that may be used in turn.
///
/// @param tls by whom the endpoint was believed; null without TLS
record UpstreamKey(InetSocketAddress address, @Nullable BackendTls tls) {
}
