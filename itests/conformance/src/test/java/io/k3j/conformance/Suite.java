package io.k3j.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Groups of upstream's tests that one cluster runs, and the page below `docs` that tells how they ended.
enum Suite {
    /// All that are marked `[Conformance]`.
    CONFORMANCE("conformance.md", 1, List.of(), Group.CONFORMANCE, Group.CONFORMANCE_ALONE),
    /// Those of the network. They want port 80.
    NETWORK("conformance-network.md", 2, List.of("--disable=traefik"), Group.NETWORK, Group.NETWORK_ALONE),
    /// Those of others that conformance does not ask for.
    BEYOND("conformance-beyond.md", 1, List.of(), Group.BEYOND, Group.BEYOND_ALONE),
    /// Those of feature gates, with what is off by default.
    FEATURES("conformance-features.md", 1, List.of("--kube-apiserver-arg=feature-gates=" + Gates.OFF,
            "--kube-apiserver-arg=runtime-config=certificates.k8s.io/v1beta1=true",
            "--kube-controller-manager-arg=feature-gates=" + Gates.OFF, Gates.KUBELET), Group.FEATURES,
            Group.FEATURES_ALONE);

    private final String page;
    private final int agents;
    private final List<String> flags;
    private final List<Group> together;
    private final Group alone;

    Suite(String page, int agents, List<String> flags, List<Group> together, Group alone) {
        this.page = page;
        this.agents = agents;
        this.flags = flags;
        this.together = together;
        this.alone = alone;
    }

    String page() {
        return page;
    }

    /// How many there are beside the server, which is a node as well.
    int agents() {
        return agents;
    }

    /// Flags of its server besides the token.
    List<String> flags() {
        return flags;
    }

    /// Those that may run side by side.
    List<Group> together() {
        return together;
    }

    /// Those that want the cluster for themselves.
    Group alone() {
        return alone;
    }

    /// What its cluster is, after "a cluster of".
    String cluster() {
        return "a server and " + (agents == 1 ? "an agent" : agents + " agents")
                + (flags.isEmpty() ? ", with nothing but defaults"
                        : ", started with `" + String.join(" ", flags) + "`");
    }

    /// Flags of its agents besides the token.
    List<String> agentFlags() {
        return flags.stream().filter(Gates.KUBELET::equals).toList();
    }

    /// Whether all of it is to run.
    /// @param names of groups and suites; empty: all
    boolean whole(List<String> names) {
        return names.isEmpty() || names.contains(name().toLowerCase(Locale.ROOT));
    }

    boolean wants(Group group, List<String> names) {
        return whole(names) || names.contains(group.name());
    }

    List<Group> all() {
        List<Group> all = new ArrayList<>(together);
        all.add(alone);
        return all;
    }

    /// Feature gates that are off by default.
    private static final class Gates {
        private static final String OFF = "ClusterTrustBundle=true,ClusterTrustBundleProjection=true,PodCertificateRequest=true";
        private static final String KUBELET = "--kubelet-arg=feature-gates=" + OFF;
    }
}
