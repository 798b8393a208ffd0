package io.k3j.conformance;

import java.util.List;

/// Tests that run one after the other, beside other groups: they make their own namespaces.
///
/// @param name as in `-Dk3j.conformance.groups`
/// @param focus a regular expression over names: those that belong to it
/// @param skip a regular expression over names: those that do not all the same; empty: none
record Group(String name, String focus, String skip) {
    private static final String SERIAL = "\\[Serial\\]|\\[Disruptive\\]";
    private static final String LOCAL = "\\[sig-network\\] LoadBalancers ExternalTrafficPolicy: Local.*";

    /// Those that may run side by side.
    static final List<Group> TOGETHER = List.of(
            new Group("netpol-ingress", "\\[sig-network\\] Netpol NetworkPolicy.*(deny|ingress|Ingress|IPBlock)",
                    SERIAL),
            new Group("netpol", "\\[sig-network\\] Netpol",
                    SERIAL + "|Netpol NetworkPolicy.*(deny|ingress|Ingress|IPBlock)"),
            new Group("services", "\\[sig-network\\] Services", SERIAL),
            new Group("dns", "\\[sig-network\\] (DNS|Ingress API|EndpointSlice|EndpointSliceMirroring|"
                    + "HostPort|Networking Granular Checks)", SERIAL),
            new Group("loadbalancers", "\\[sig-network\\] LoadBalancers \\[Feature", SERIAL),
            new Group("loadbalancers-pods", LOCAL + "(from pods|for type)", SERIAL),
            new Group("loadbalancers-nodes", LOCAL, SERIAL + "|from pods|for type"));

    /// Those that want the cluster for themselves.
    static final Group ALONE = new Group("serial",
            "\\[sig-network\\] (Netpol|Services|DNS|LoadBalancers).*\\[Serial\\]",
            "\\[Disruptive\\]");
}
