package io.k3j.nodeapi;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;

/// The one hand on this node's packet filter (nftables).
///
/// **Who.** `packet-filter` provides it; `kube-proxy`, `network-policy`, `servicelb` and the CNI component
/// each own tables of their own and touch no others.
///
/// **Guarantees.** An implementation gives them, and `io.k3j.testkit.PacketFilterContract` holds it to them:
/// 1. A transaction takes place as a whole or not at all; packets never see a half of it.
/// 2. Transactions are carried out one after the other.
/// 3. What stands in the kernel stays when this service goes; who listens is forgotten with it, and asks the next one.
/// 4. What is not there is empty, and no failure.
///
/// **Threads.** Any virtual thread; blocks until the kernel has answered.
/// **Failure.** [FilterRefused].
@ProviderType
public interface PacketFilter {
    /// Carries out an nftables script, as built by `netfilter`.
    /// @throws FilterRefused with the kernel's reason; nothing was changed
    void apply(String script);

    /// The names of all chains, sets, maps and counters of a table, each after its sort, as `chain services`, and the
    /// number of its rules, as `rules 17`; empty when there is no such table.
    Set<String> objects(String family, String table);

    /// How many packets the named counters of a table have counted, by their names; empty when there is no such table.
    default Map<String, Long> counters(String family, String table) {
        return Map.of();
    }

    /// Forgets tracked UDP flows to an address and port, so that the next packet is looked at again.
    ///
    /// @param address what packets are sent to; `0.0.0.0` or `::` means every address of that family
    void forgetFlows(String address, int port);

    /// Tracked UDP flows of a family, all that are led from one place to one other told as one; empty when they cannot
    /// be told now.
    default Optional<Set<UdpFlow>> udpFlows(boolean ipv6) {
        return Optional.empty();
    }

    /// Forgets tracked flows, so that the next packet of each is looked at again. Those that have ended are no failure.
    ///
    /// @return false when there were more than one call forgets: list again and ask again
    default boolean forgetFlows(Collection<UdpFlow> flows) {
        flows.forEach(flow -> forgetFlows(flow.address(), flow.port()));
        return true;
    }

    /// Where packets are sent, and who answers them; the same when nobody has led them elsewhere.
    ///
    /// @param address in Java's form, as the others
    /// @param local whether it is an address of this machine
    record UdpFlow(String address, int port, boolean local, String endpoint, int endpointPort) {
    }

    /// Calls back when somebody else has changed this machine's ruleset, as by `nft flush ruleset`: not after
    /// [#apply]. Several changes may be told at once; between two calls lie 100 ms at least. It may also be told
    /// when nothing has changed, so what stands has to be looked at.
    ///
    /// @param changed called on a thread of the provider; must be quick and must not block
    /// @return to be closed by who hears no more; `changed` may be running then, and is not called again
    AutoCloseable onForeignChange(Runnable changed);
}
