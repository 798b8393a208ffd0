/// Serve a path under the one TLS port.
///
/// `edge` owns sockets, handshakes and HTTP framing; an [Endpoint] owns what is said. The same
/// contract carries plain requests, long streams (watch, logs) and upgraded connections (WebSocket,
/// SPDY/3.1). Nobody else answers on a TLS port.
@Export
@Version("1.6.0")
@NullMarked
package io.k3j.edgeapi;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
