package io.k3j.componentbase;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Gates of Kubernetes 1.36 that cannot be changed here, as those that upstream has locked: what they switch is there
/// as upstream has it by default, or is not there at all. To say so of them promises nothing that is not kept. Only
/// gates are named whose feature has tests here, or is said to be absent in `docs/compatibility.md`.
final class SettledGates {
    private static final List<String> ON = List.of("GracefulNodeShutdown", "GracefulNodeShutdownBasedOnPodPriority",
            "NodeSwap", "InPlacePodVerticalScaling", "InPlacePodLevelResourcesVerticalScaling", "PodLevelResources",
            "SidecarContainers", "ContainerRestartRules", "EnvFiles", "ImageMaximumGCAge", "KubeletCrashLoopBackOffMax",
            "KubeletCgroupDriverFromCRI", "PodLifecycleSleepAction", "PodReadyToStartContainersCondition",
            "PodObservedGenerationTracking", "SchedulerQueueingHints", "MatchLabelKeysInPodTopologySpread",
            "MatchLabelKeysInPodAffinity", "NodeInclusionPolicyInPodTopologySpread", "JobBackoffLimitPerIndex",
            "JobPodReplacementPolicy", "JobSuccessPolicy", "JobManagedBy", "PodDeletionCost",
            "HPAConfigurableTolerance", "CRDValidationRatcheting", "StructuredAuthenticationConfiguration",
            "AnonymousAuthConfigurableEndpoints", "MultiCIDRServiceAllocator", "ServiceTrafficDistribution",
            "VolumeAttributesClass", "RecoverVolumeExpansionFailure", "NodeDeclaredFeatures",
            "ConstrainedImpersonation", "APIServerIdentity", "UserNamespacesSupport", "ProcMountType", "NodeLogQuery",
            "RecursiveReadOnlyMounts", "KubeletEnsureSecretPulledImages", "SupplementalGroupsPolicy",
            "DynamicResourceAllocation", "DRAAdminAccess", "DRAPrioritizedList", "DRAResourceClaimDeviceStatus",
            "DRAPartitionableDevices", "DRADeviceTaints", "DRAConsumableCapacity", "DRASchedulerFilterTimeout",
            "CPUManagerPolicyBetaOptions", "TopologyManagerPolicyBetaOptions",
            "DRAExtendedResource", "DRADeviceBindingConditions", "DRAResourceClaimGranularStatusAuthorization",
            "ResourceHealthStatus", "RotateKubeletServerCertificate");
    private static final List<String> OFF = List.of("DRADeviceTaintRules", "DRANodeAllocatableResources",
            "DRAListTypeAttributes", "DRAWorkloadResourceClaims", "QOSReserved", "KubeletInUserNamespace",
            "StorageVersionAPI", "PodLevelResourceManagers", "TopologyManagerPolicyAlphaOptions");
    private static final Map<String, Boolean> ALL = all();

    private SettledGates() {
    }

    private static Map<String, Boolean> all() {
        Map<String, Boolean> all = new HashMap<>();
        ON.forEach(name -> all.put(name, true));
        OFF.forEach(name -> all.put(name, false));
        return Map.copyOf(all);
    }

    /// What a gate is; empty for one that is not among them.
    static Optional<Boolean> of(String name) {
        return Optional.ofNullable(ALL.get(name));
    }
}
