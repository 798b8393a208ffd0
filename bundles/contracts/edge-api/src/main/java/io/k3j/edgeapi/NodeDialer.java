package io.k3j.edgeapi;

import java.io.IOException;
import org.osgi.annotation.versioning.ProviderType;

/// Opens byte channels to ports of a node, directly or through that node's tunnel, as
/// `--egress-selector-mode` says. Implemented by `supervisor`; used by `node-proxy`, `metrics-server`,
/// `local-storage`, `admission-webhooks` and `aggregator`.
///
/// A node that is alive and reads nothing of its tunnel keeps who dials it until the tunnel is given up, which takes
/// about a minute where its agent is K3s': who has less time has a limit of its own.
@ProviderType
public interface NodeDialer {
    /// Connects to `host:port` as seen from node `node`, and to nothing else; blocks up to ten seconds.
    ///
    /// @param host a literal address that the caller has checked
    ByteDuplex dial(String node, String host, int port) throws IOException;

    /// Connects to the kubelet of node `node`; blocks up to ten seconds. Who answers is not known before its
    /// certificate says so.
    ///
    /// @param host where the node says that it is; not used where its tunnel leads to the kubelet
    /// @param port where the node says that its kubelet listens
    /// @throws IOException also when `host` is an address that no node has for others, as a loopback one
    ByteDuplex dialKubelet(String node, String host, int port) throws IOException;
}
