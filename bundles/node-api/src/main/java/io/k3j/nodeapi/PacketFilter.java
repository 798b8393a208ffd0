package io.k3j.nodeapi;

import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;

/// The one hand on this node's packet filter (nftables).
///
/// **Who.** `packet-filter` provides it; `kube-proxy`, `network-policy`, `servicelb` and the CNI component
/// each own tables of their own and touch no others.
///
/// **Guarantees.**
/// 1. A transaction takes place as a whole or not at all; packets never see a half of it.
/// 2. Transactions are carried out one after the other.
/// 3. What stands in the kernel stays when this service goes.
///
/// **Threads.** Any virtual thread; blocks until the kernel has answered.
/// **Failure.** [FilterRefused].
@ProviderType
public interface PacketFilter {
    /// Carries out an nftables script, as built by `netfilter`.
    /// @throws FilterRefused with the kernel's reason; nothing was changed
    void apply(String script);

    /// The names of all chains, sets and maps of a table, each after its sort, as `chain services`;
    /// empty when there is no such table.
    Set<String> objects(String family, String table);

    /// Forgets tracked UDP flows to an address and port, so that the next packet is looked at anew.
    ///
    /// @param address what packets are sent to; `0.0.0.0` or `::` means every address of that family
    void forgetFlows(String address, int port);
}
