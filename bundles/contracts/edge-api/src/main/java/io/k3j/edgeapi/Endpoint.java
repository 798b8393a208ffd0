package io.k3j.edgeapi;

import java.io.IOException;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;

/// Answers requests below some path prefixes of one port.
///
/// **Who.** `apiserver`, `supervisor`, `kubelet`, `etcd-member`, `secure-serving` register it as a service with the
/// property [#PORT]; `edge` calls it.
///
/// **Guarantees of the caller.**
/// 1. Every request gets its own virtual thread; `serve` may block.
/// 2. The endpoint with the longest matching prefix is called; a tie goes to the highest service ranking. At and
///    below `/cacerts`, `/ping`, `/v1-k3s` and `/db`, by which servers and agents join, only those of bundles of the
///    distribution are, whatever others have among their prefixes, `/` as well.
/// 3. After the service is unregistered no new request arrives; those in flight have five seconds.
/// 4. When `serve` returns without having answered, the client gets 500; when it throws before
///    answering, too; after, the stream is reset.
/// 5. A [ResponseStream] or [ByteDuplex] that is open when `serve` returns stays open: anyone who holds it
///    closes it. So a watch needs no thread while nothing happens.
///
/// **Guarantees of an implementation**, to which `io.k3j.testkitedge.EndpointContract` holds it:
/// 1. Its prefixes are there, each begins with `/`, and they stay the same.
/// 2. It answers each request once, by one of `respond`, `stream` and `upgrade`.
/// 3. It answers what it refuses, too, as a path that it does not know.
/// 4. Its headers may leave by HTTP/2: names in lower case, none of those that are about one connection.
/// 5. When its client has gone it ends, and does not try to answer again.
/// 6. Several threads may ask at once.
@ConsumerType
public interface Endpoint {
    /// Service property: the port's name, `server` (6443), `kubelet` (10250), `kube-scheduler` (10259) or
    /// `kube-controller-manager` (10257).
    String PORT = "port";

    /// The path prefixes served, each starting with `/`; `/` alone takes what nobody else does. A
    /// prefix matches whole segments: `/ping` takes `/ping` and `/ping/x`, not `/pingx`.
    Set<String> prefixes();

    /// Answers one request. Blocks for as long as the answer lasts.
    void serve(Exchange exchange) throws IOException;
}
