package io.k3j.conformance;

import java.util.List;

/// Tests that run one after the other, beside other groups: they make their own namespaces.
///
/// @param name as in `-Dk3j.conformance.groups`
/// @param focus a regular expression over names: those that belong to it
/// @param skip a regular expression over names: those that do not all the same; empty: none
record Group(String name, String focus, String skip) {
    private static final String SERIAL = "\\[Serial\\]|\\[Disruptive\\]";
    private static final String CONFORMANCE_TEST = "\\[Conformance\\]";
    /// What a cluster has only when somebody asks for it.
    private static final String OPTIONAL = "\\[(Feature|FeatureGate|Environment|Provider):|\\[(Alpha|Beta|Deprecated|Flaky)\\]";
    private static final String GATES = "\\[(Feature|FeatureGate):(";
    /// What a suite that has not the cluster for itself, or not for hours, leaves out.
    private static final String UNTIMELY = SERIAL + "|\\[(Alpha|Deprecated|Slow)\\]|Windows|\\[Feature:HPA\\]";
    private static final String PROBES = "SidecarContainers\\] Probing ";
    private static final String RESTARTED = PROBES + ".*should (be restarted|have|override)";
    private static final String RESIZED_GUARANTEED = "\\] Pod InPlace Resize Container guaranteed qos";
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

    /// Those of others that want nothing that a cluster does not have by default: no feature gate, no cloud, no driver
    /// whose image is not there. Those of the network are a suite of their own.
    static final List<Group> BEYOND = List.of(
            beyond("beyond-api", "\\[sig-(api-machinery|instrumentation|architecture|auth|testing)\\]", ""),
            beyond("beyond-apps", "\\[sig-(apps|scheduling|autoscaling)\\]", ""),
            beyond("beyond-cli", "\\[sig-cli\\]", ""),
            beyond("beyond-node", "\\[sig-node\\]", ""),
            beyond("beyond-network", "\\[sig-network\\]",
                    "Netpol|\\] Services |\\] DNS |LoadBalancers|HostPort|Granular Checks|EndpointSlice|Ingress API"),
            beyond("beyond-storage", "\\[sig-storage\\]", "CSI |In-tree Volumes|Flexvolumes"),
            beyond("beyond-volumes", "\\[sig-storage\\] In-tree Volumes \\[Driver: (emptydir|hostPath|local)\\]",
                    "\\[Slow\\]"));

    /// Those of them that want the cluster for themselves.
    static final Group BEYOND_ALONE = new Group("beyond-serial",
            "\\[sig-(api-machinery|apps|auth|cli|scheduling)\\].*\\[Serial\\]",
            CONFORMANCE_TEST + "|\\[Disruptive\\]|" + OPTIONAL);

    /// Those of feature gates, on by default or asked for by the flags of their suite. Those that take long are
    /// several groups.
    static final List<Group> FEATURES = List.of(
            feature("features-lives", "SidecarContainers|ContainerRestartRules|RestartAllContainersOnContainerExits",
                    PROBES),
            new Group("features-probes", PROBES, UNTIMELY + "|" + RESTARTED),
            new Group("features-probes-restarts", RESTARTED, UNTIMELY),
            feature("features-resize", "InPlacePodVerticalScaling|InPlacePodVerticalScalingInitContainers|"
                    + "MutablePodResourcesForSuspendedJobs", "PodLevelResources|" + RESIZED_GUARANTEED),
            new Group("features-resize-guaranteed", RESIZED_GUARANTEED, UNTIMELY),
            feature("features-podlevel", "PodLevelResources|InPlacePodLevelResourcesVerticalScaling",
                    "PLR (guaranteed qos|pod-level burstable pods)"),
            new Group("features-podlevel-burstable", "PLR pod-level burstable pods", UNTIMELY),
            new Group("features-podlevel-guaranteed", "PLR guaranteed qos", UNTIMELY),
            feature("features-pods", "EnvFiles|HostnameOverride|SupplementalGroupsPolicy|Example|EphemeralStorage|"
                    + "ClusterTrustBundle|PodCertificateRequest|RuntimeHandler|DownwardAPIHugePages",
                    "PodLevelResources"),
            feature("features-api", "WatchList|CRDValidationRatcheting|PodPriority|NodeAuthorizer|BootstrapTokens|"
                    + "KubeletSecurity|KubeletFineGrainedAuthz|RelaxedServiceNameValidation|MaxUnavailableStatefulSet|"
                    + "SchedulerAsyncPreemption|DRAResourceClaimDeviceStatus", "PodLevelResources"));

    /// Those of them that want the cluster for themselves.
    static final Group FEATURES_ALONE = new Group("features-serial", "\\[Serial\\].*"
            + "(\\[Feature:(DownwardAPIHugePages|EphemeralStorage)\\]|Pod InPlace Resize)|"
            + "\\[Feature:BootstrapTokens\\].*\\[Serial\\]", "");

    private static Group feature(String name, String gates, String skip) {
        return new Group(name, GATES + gates + ")\\]", UNTIMELY + "|" + skip);
    }

    private static Group beyond(String name, String of, String skip) {
        return new Group(name, of, String.join("|", CONFORMANCE_TEST, SERIAL, OPTIONAL)
                + (skip.isEmpty() ? "" : "|" + skip));
    }

    private static Group conformance(String name, String of, String skip) {
        return new Group(name, of + ".*\\[Conformance\\]", skip);
    }
}
