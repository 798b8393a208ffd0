package io.k3j.nodeapi;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/// The pod network of this node.
///
/// **Who.** The CNI component registers it once the node's configuration file is in place; a node
/// whose network is somebody else's has none. `kubelet`, `cluster-dns` use it.
///
/// **Guarantees.** An implementation gives them, and `io.k3j.testkit.PodNetworkContract` holds it to them:
/// 1. It has ranges, one of each family at most, IPv4 first, each by its first address.
/// 2. The node has an address of its own in each of them, which is not that first one.
/// 3. All values stay the same for the life of the service: when the node gets other ranges, the service is registered
///    again.
/// 4. Several threads may ask at once.
///
/// **Threads.** Any; nothing blocks.
@ProviderType
public interface PodNetwork {
    /// The ranges pods of this node get their addresses from, IPv4 first, as `10.42.0.0/24`.
    List<String> ranges();

    /// This node's own address in each range, in the same order: what pods see as their gateway.
    List<String> gateways();
}
