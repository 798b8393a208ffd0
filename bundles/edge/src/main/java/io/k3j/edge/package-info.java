/// Owns the TLS ports of this process: handshake, HTTP/1.1 and HTTP/2 framing, limits and draining.
///
/// ```
/// socket (launcher) ─► Port ─► Handshake ─► Http1Connection │ Http2Link     two event loops
///                                                  │
///                                            HttpExchange ─► Endpoint.serve  one virtual thread each
///                                                  │
///                       Wire ◄─ Outbox ◄─ respond · stream · upgrade         any thread
/// ```
///
/// Whatever an endpoint sends becomes a [Message] in its connection's [Outbox]; the connection's event
/// loop takes all of them at once and flushes once. Nothing on an event loop blocks. Nothing here
/// knows what is said: paths belong to endpoints, certificates to the port's `ListenerIdentity`.
///
/// **Swap.** PARALLEL: sockets are lent by the launcher, so the successor accepts while this one sends
/// GOAWAY and drains for five seconds.
///
/// **Threads.** Netty is only called from event loops and virtual threads: a platform thread of
/// somebody else would keep this bundle's classes alive after a swap.
@NullMarked
package io.k3j.edge;

import org.jspecify.annotations.NullMarked;
