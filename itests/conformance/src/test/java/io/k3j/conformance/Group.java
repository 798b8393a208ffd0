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
    private static final String HOOKS = "\\[sig-api-machinery\\] "
            + "(AdmissionWebhook|MutatingAdmissionPolicy|ValidatingAdmissionPolicy|CustomResource|Aggregator)";
    private static final String LIVES = "\\[sig-node\\] (Probing|Container|Pods|InitContainer|Kubelet|PreStop)";

    /// Upstream's tests of the network, most of which conformance does not ask for.
    static final List<Group> NETWORK = List.of(
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

    /// Those of the network that want the cluster for themselves.
    static final Group NETWORK_ALONE = new Group("network-serial",
            "\\[sig-network\\] (Netpol|Services|DNS|LoadBalancers).*\\[Serial\\]",
            "\\[Disruptive\\]");

    /// What a distribution is certified by.
    static final List<Group> CONFORMANCE = List.of(
            conformance("hooks", HOOKS, SERIAL),
            conformance("api", "\\[sig-(api-machinery|instrumentation|architecture|auth)\\]", SERIAL + "|" + HOOKS),
            conformance("apps", "\\[sig-(apps|scheduling)\\]", SERIAL),
            conformance("reach", "\\[sig-(cli|network)\\]", SERIAL),
            conformance("lives", LIVES, SERIAL),
            conformance("node", "\\[sig-node\\]", SERIAL + "|" + LIVES),
            conformance("storage", "\\[sig-storage\\]", SERIAL));

    /// Those of them that want the cluster for themselves.
    static final Group CONFORMANCE_ALONE = conformance("serial", "\\[Serial\\]", "");

    private static Group conformance(String name, String of, String skip) {
        return new Group(name, of + ".*\\[Conformance\\]", skip);
    }
}
