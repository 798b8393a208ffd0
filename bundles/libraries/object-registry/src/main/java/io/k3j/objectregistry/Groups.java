package io.k3j.objectregistry;

import io.k3j.apimachinery.KubeVersions;
import io.k3j.apiserverapi.ResourceKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The listed kinds by group and version, in upstream's order: groups by importance, versions by stability. The
/// order also decides which group an unqualified resource name means. Discovery shows them so, and `kubectl` takes
/// the first that fits. A value; any thread.
public final class Groups {
    /// Groups that are not named here, those of custom resources, come behind them by name.
    private static final List<String> ORDER = List.of("", "apiregistration.k8s.io", "apps", "events.k8s.io",
            "authentication.k8s.io", "authorization.k8s.io", "autoscaling", "batch", "certificates.k8s.io",
            "networking.k8s.io", "policy", "rbac.authorization.k8s.io", "storage.k8s.io",
            "admissionregistration.k8s.io", "apiextensions.k8s.io", "scheduling.k8s.io", "coordination.k8s.io",
            "node.k8s.io", "discovery.k8s.io", "flowcontrol.apiserver.k8s.io", "resource.k8s.io",
            "storagemigration.k8s.io");
    /// `groupPriorityMinimum` of the groups above, upstream's numbers; its aggregator's own group has none and comes
    /// before all but the core.
    private static final List<Integer> PRIORITIES = List.of(18_000, 17_900, 17_800, 17_750, 17_700, 17_600, 17_500,
            17_400, 17_300, 17_200, 17_100, 17_000, 16_800, 16_700, 16_700, 16_600, 16_500, 16_300, 16_200, 16_100,
            15_900, 15_800);
    /// Upstream's `versionPriority` where a version has another than most.
    private static final Map<String, Integer> VERSION_PRIORITIES = Map.of("/v1", 1, "autoscaling/v2", 30,
            "flowcontrol.apiserver.k8s.io/v1", 21);
    private static final int VERSION_PRIORITY = 15;
    private static final int CUSTOM = 1000;
    private static final int CUSTOM_VERSION = 100;
    private final Map<String, Map<String, List<ResourceKind>>> groups;

    private Groups(Map<String, Map<String, List<ResourceKind>>> groups) {
        this.groups = groups;
    }

    /// Sorts kinds; resources of a version by name.
    public static Groups of(Collection<ResourceKind> kinds) {
        List<ResourceKind> all = new ArrayList<>(kinds);
        all.sort(Comparator.comparingInt((ResourceKind k) -> place(k.gvr().group())).thenComparing(k -> k.gvr().group())
                .thenComparing(k -> k.gvr().version(), Groups::byStability).thenComparing(k -> k.gvr().resource()));
        Map<String, Map<String, List<ResourceKind>>> groups = new LinkedHashMap<>();
        for (ResourceKind k : all) {
            groups.computeIfAbsent(k.gvr().group(), g -> new LinkedHashMap<>())
                    .computeIfAbsent(k.gvr().version(), v -> new ArrayList<>()).add(k);
        }
        return new Groups(groups);
    }

    /// Whether a group is one of Kubernetes' own, which nobody else serves.
    public static boolean builtIn(String group) {
        return ORDER.contains(group);
    }

    /// The place of a local group beside those of other servers, as `groupPriorityMinimum` of APIServices.
    public static int priority(String group) {
        int at = ORDER.indexOf(group);
        return at < 0 ? CUSTOM : PRIORITIES.get(at);
    }

    /// The place of a version within its local group, as `versionPriority` of APIServices.
    public static int versionPriority(String group, String version) {
        return builtIn(group) ? VERSION_PRIORITIES.getOrDefault(group + "/" + version, VERSION_PRIORITY)
                : CUSTOM_VERSION;
    }

    private static int place(String group) {
        int at = ORDER.indexOf(group);
        return at < 0 ? ORDER.size() : at;
    }

    /// The names of the groups in order, the core group (an empty name) first.
    public Collection<String> names() {
        return groups.keySet();
    }

    /// The kinds of a group by version, the preferred version first; empty when there is no such group.
    public Map<String, List<ResourceKind>> versions(String group) {
        return groups.getOrDefault(group, new TreeMap<>());
    }

    /// Orders versions: stable before beta before alpha, higher numbers first, others by name
    /// (CustomResourceDefinition, Version priority; upstream's `version.CompareKubeAwareVersionStrings`).
    public static int byStability(String a, String b) {
        return KubeVersions.byStability(a, b);
    }
}
