package io.k3j.kubeproxy;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// One port of one service, as this node must serve it in one family.
///
/// @param id `namespace/name/protocol/port-name`
/// @param addresses from outside: external and load balancer addresses
/// @param nodePort 0 when there is none
/// @param affinitySeconds 0 when any backend will do
/// @param sources networks that may use the load balancer addresses; empty: all
/// @param all every usable backend
/// @param local the usable backends on this node; more than those in `all` when none here is ready
record ServicePort(String id, String protocol, int port, List<String> clusterIps, List<String> addresses, int nodePort,
        boolean internalLocal, boolean externalLocal, int affinitySeconds, List<String> sources, List<Backend> all,
        List<Backend> local) {

    /// Every backend that a policy may choose.
    Set<Backend> some() {
        Set<Backend> both = new LinkedHashSet<>(all);
        if (internalLocal || externalLocal) {
            both.addAll(local);
        }
        return both;
    }

    /// What cluster addresses lead to.
    List<Backend> internal() {
        return internalLocal ? local() : all;
    }

    /// What outside addresses lead to.
    List<Backend> external() {
        return externalLocal ? local() : all;
    }

    boolean reachableFromOutside() {
        return nodePort > 0 || !addresses.isEmpty();
    }
}
