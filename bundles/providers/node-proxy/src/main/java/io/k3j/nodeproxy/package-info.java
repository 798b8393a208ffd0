/// Connections from the API server to nodes, pods and services: logs, exec, attach, port-forward and the proxy
/// subresources. See
/// <https://kubernetes.io/docs/concepts/architecture/control-plane-node-communication/#control-plane-to-node>.
///
/// | reads | writes |
/// |---|---|
/// | Pods, Nodes, Services, EndpointSlices, `server/tls` | nothing |
///
/// An upgraded connection (WebSocket, SPDY/3.1) is forwarded byte by byte, without interpreting it. Only logs
/// are converted to WebSocket messages here, when the client requests that.
@NullMarked
package io.k3j.nodeproxy;

import org.jspecify.annotations.NullMarked;
