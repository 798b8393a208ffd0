/// The byte-stream protocols of a node, on blocking channels and virtual threads: gRPC calls to the container runtime,
/// to plug-ins and to probed pods, and those of others on a unix socket, SPDY/3.1 and WebSocket as `kubectl exec`,
/// `attach`, `cp` and `port-forward` speak them, and the translation between the two.
///
/// **Blocking.** Everything here blocks the thread that calls it, which should be a virtual one. In gRPC and in tunnels
/// the reading thread never waits for a writer: two ends that both wait would never go on.
///
/// **Bounds.** What the other side sends is bounded before it is kept: messages, header blocks, frames, bytes nobody
/// reads yet, connections of a tunnel. The numbers stand in the README.
///
/// **Errors.** `IOException` where bytes stream, [GrpcFailure] from gRPC calls. A connection that broke is of no use
/// any more and is opened anew by whoever needs it; nothing here reconnects.
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.streaming;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
