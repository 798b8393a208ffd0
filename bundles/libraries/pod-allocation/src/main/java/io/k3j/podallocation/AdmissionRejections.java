package io.k3j.podallocation;

import io.k3j.podstatus.PodStatus;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// How many pods this node has not taken, by upstream's reasons, of which there are few:
/// `kubelet_admission_rejections_total`. Any thread.
public final class AdmissionRejections {
    private static final Set<String> KNOWN = Set.of("AppArmor", "PodOSSelectorNodeLabelDoesNotMatch",
            "PodOSNotSupported", "InvalidNodeInfo", "InitContainerRestartPolicyForbidden",
            "SupplementalGroupsPolicyNotSupported", "UnexpectedAdmissionError", "UnknownReason",
            "UnexpectedPredicateFailureType", "OutOfcpu", "OutOfmemory", "OutOfephemeral-storage", "OutOfpods",
            "PodLevelResourcesNotSupported", "PodFeatureUnsupported", "Evicted", "SysctlForbidden",
            "TopologyAffinityError", "NodeShutdown", "VolumeAttachmentLimitExceeded");
    private final Map<String, Long> counts = new ConcurrentHashMap<>();

    /// Counts one.
    ///
    /// @return what it was given
    public PodStatus.Waiting count(PodStatus.Waiting why) {
        String reason = KNOWN.contains(why.reason()) ? why.reason()
                : why.reason().startsWith("OutOf") ? "OutOfExtendedResources" : "Other";
        counts.merge(reason, 1L, Long::sum);
        return why;
    }

    /// By reason.
    public SortedMap<String, Long> counts() {
        return new TreeMap<>(counts);
    }
}
