package io.k3j.edgeapi;

import java.io.IOException;
import org.osgi.annotation.versioning.ProviderType;

/// Opens byte channels to ports of a node, directly or through that node's tunnel, as
/// `--egress-selector-mode` says. Implemented by `supervisor`; used by `apiserver` and `metrics-server`.
@ProviderType
public interface NodeDialer {
    /// Connects to `host:port` as seen from node `node`; blocks up to ten seconds.
    ByteDuplex dial(String node, String host, int port) throws IOException;
}
