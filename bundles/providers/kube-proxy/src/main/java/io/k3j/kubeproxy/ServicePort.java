package io.k3j.kubeproxy;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// One port of one Service, as this node serves it in one family.
///
/// @param id `namespace/name/protocol/port-name`
/// @param protocol as nft writes it
/// @param clusterIps its cluster addresses
/// @param externalIps addresses its owner has chosen
/// @param balancers addresses of load balancers that leave the destination as it is
/// @param nodePort the node port, 0 without one
/// @param carried whether ServiceLB has given this node the port: it answers at each of its addresses
/// @param affinitySeconds the timeout of client affinity, 0 without affinity
/// @param sources who may use the addresses of load balancers
/// @param all all usable endpoints
/// @param local the usable endpoints on this node; it may contain some that are not in `all`, when none here is
/// ready
/// @param serving the elements of all endpoints that serve, wherever and however long yet
record ServicePort(String id, String protocol, int port, List<String> clusterIps, List<String> externalIps,
        List<String> balancers, int nodePort, boolean carried, boolean internalLocal, boolean externalLocal,
        int affinitySeconds,
        Sources sources, List<ServiceEndpoint> all, List<ServiceEndpoint> local, Set<String> serving) {

    /// `loadBalancerSourceRanges`.
    ///
    /// @param limited whether there are any, in whatever family
    /// @param networks those of this family; when `limited` and empty nobody is let in
    record Sources(boolean limited, List<String> networks) {
    }

    /// All endpoints that a policy may choose.
    Set<ServiceEndpoint> some() {
        Set<ServiceEndpoint> both = new LinkedHashSet<>(all);
        if (internalLocal || externalLocal) {
            both.addAll(local);
        }
        return both;
    }

    /// Whether packets can go anywhere at all.
    boolean served() {
        return !some().isEmpty();
    }

    /// The addresses beside those of the cluster.
    List<String> addresses() {
        return Stream.concat(externalIps.stream(), balancers.stream()).distinct()
                .filter(a -> !clusterIps.contains(a)).toList();
    }

    /// The endpoints of cluster addresses.
    List<ServiceEndpoint> internal() {
        return internalLocal ? local : all;
    }

    /// The endpoints of external addresses.
    List<ServiceEndpoint> external() {
        return externalLocal ? local : all;
    }
}
