/// Owns the TLS ports of this process: handshake, HTTP/1.1 and HTTP/2 framing, limits and draining.
///
/// ```
/// socket (launcher) ─► Port ─► Handshake ─► Http1Connection │ Http2ClientConnection     two event loops
///                                                  │
///                                            HttpExchange ─► Endpoint.serve  one virtual thread each
///                                                  │
///             ResponseWriter ◄─ Outbox ◄─ respond · stream · upgrade         any thread
/// ```
///
/// Everything an endpoint sends becomes a [Message] in its connection's [Outbox]; the connection's event loop takes
/// all of them at once and flushes once. Nothing on an event loop blocks. The edge does not interpret requests: paths
/// belong to endpoints, certificates to the port's `ListenerIdentity`.
///
/// **Swap.** PARALLEL: the launcher lends the sockets, so the successor accepts while this one sends GOAWAY and
/// drains for five seconds.
///
/// **Threads.** Netty is called only from event loops and virtual threads: it keeps thread-locals, and a foreign
/// platform thread would keep this bundle's classes alive after a swap.
@NullMarked
package io.k3j.edge;

import org.jspecify.annotations.NullMarked;
