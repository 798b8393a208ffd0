package io.k3j.corevalidation;

import io.k3j.apimachinery.Names;
import java.util.Set;

/// What the name of a resource says of its amounts, wherever there are some: in pods, of nodes, in quotas and limit
/// ranges. As upstream's helpers of `pkg/apis/core`. Pure; any thread.
public final class ResourceTraits {
    /// How the names of huge pages begin.
    public static final String HUGE_PAGES = "hugepages-";
    private static final Set<String> COUNTED = Set.of("pods", "resourcequotas", "services", "replicationcontrollers",
            "secrets", "configmaps", "persistentvolumeclaims", "services.nodeports", "services.loadbalancers");

    private ResourceTraits() {
    }

    /// Whether it is a number of objects, as quotas limit it: upstream's `integerResources`.
    public static boolean counted(String name) {
        return COUNTED.contains(name);
    }

    /// Whether half of one cannot be had: of objects and of extended resources. Huge pages have a rule of their own.
    public static boolean whole(String name) {
        return counted(name) || extended(name);
    }

    /// Upstream's `IsNativeResource`, of names with a slash.
    public static boolean ofKubernetes(String name) {
        return name.contains("kubernetes.io/");
    }

    /// Upstream's `IsExtendedResourceName`: somebody's own, which a quota can limit by its requests.
    public static boolean extended(String name) {
        return name.indexOf('/') >= 0 && !ofKubernetes(name) && !name.startsWith("requests.")
                && Names.qualified("requests." + name).isEmpty();
    }

    /// Upstream's `IsOvercommitAllowed`: of what a node may promise more of than it has the request is what is
    /// reserved, the limit may be larger or missing. Of all others (huge pages, devices) a container gets exactly what
    /// it asks for.
    public static boolean overcommitted(String name) {
        return name.indexOf('/') < 0 && !name.startsWith(HUGE_PAGES) || ofKubernetes(name);
    }
}
