/// From the API server to nodes, pods and services: logs, exec, attach, port-forward and the proxy
/// subresources. See
/// <https://kubernetes.io/docs/concepts/architecture/control-plane-node-communication/#control-plane-to-node>.
///
/// | reads | writes |
/// |---|---|
/// | Pods, Nodes, Services, EndpointSlices, `server/tls` | nothing |
///
/// An upgraded connection (WebSocket, SPDY/3.1) is passed on byte by byte: what the two ends say to each
/// other is theirs. Only logs become messages of a WebSocket here, for who asks for one.
@NullMarked
package io.k3j.nodeproxy;

import org.jspecify.annotations.NullMarked;
