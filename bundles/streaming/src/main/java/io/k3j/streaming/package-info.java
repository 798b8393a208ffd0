/// The byte-stream protocols of a node, on blocking channels and virtual threads: gRPC calls to the
/// container runtime and to probed pods, SPDY/3.1 and WebSocket as `kubectl exec`, `attach`, `cp` and
/// `port-forward` speak them, and the translation between the two.
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.streaming;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
