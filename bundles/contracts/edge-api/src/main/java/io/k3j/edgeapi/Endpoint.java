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
