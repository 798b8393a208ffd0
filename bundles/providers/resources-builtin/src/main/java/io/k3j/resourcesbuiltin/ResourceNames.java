package io.k3j.resourcesbuiltin;

import io.k3j.apimachinery.Names;
import io.k3j.apimachinery.Quantity;
import io.k3j.corevalidation.ResourceTraits;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How resources are called in quotas and limit ranges, and which amounts of them there are. Pure.
final class ResourceNames {
    private static final Set<String> CONTAINER = Set.of("cpu", "memory", "ephemeral-storage");
    private static final Set<String> COMPUTE = Set.of("cpu", "memory", "ephemeral-storage", "requests.cpu",
            "requests.memory", "requests.storage", "requests.ephemeral-storage", "limits.cpu", "limits.memory",
            "limits.ephemeral-storage");
    private static final String UNQUALIFIED = "must be a standard resource type or fully qualified";

    private ResourceNames() {
    }

    /// Whether a quota knows a name that is not qualified.
    static boolean standardForQuota(String name) {
        return ResourceTraits.counted(name) || COMPUTE.contains(name) || name.startsWith(ResourceTraits.HUGE_PAGES)
                || name.startsWith("requests." + ResourceTraits.HUGE_PAGES);
    }

    /// A name in a quota.
    static void quota(String name, Problems p) {
        any(name, p);
        if (!name.contains("/") && !standardForQuota(name)) {
            p.invalid(name, "must be a standard resource for quota");
        }
    }

    /// A name of whatever resource.
    static void any(String name, Problems p) {
        List<String> wrong = Names.qualified(name);
        p.invalid(name, wrong);
        boolean known = name.contains("/") || standardForQuota(name) || name.equals("storage");
        if (wrong.isEmpty() && !known) {
            p.invalid(name, UNQUALIFIED);
        }
    }

    /// A name of what containers and pods are given.
    static void container(String name, Problems p) {
        any(name, p);
        if (!name.contains("/")) {
            if (!CONTAINER.contains(name) && !name.startsWith(ResourceTraits.HUGE_PAGES)) {
                p.invalid(name, "must be a standard resource for containers");
            }
        } else if (!ResourceTraits.ofKubernetes(name) && !ResourceTraits.extended(name)) {
            p.invalid(name, "doesn't follow extended resource name standard");
        }
    }

    /// An amount of a quota, not negative, and whole where half of one cannot be.
    static void amount(String name, Struct amounts, Problems p) {
        Quantity q = read(amounts, name, p);
        if (q != null && q.signum() < 0) {
            p.invalid(q.toString(), "must be greater than or equal to 0");
        }
        if (q != null && ResourceTraits.whole(name) && q.milliValue() % 1000 != 0) {
            p.invalid(q.toString(), "must be an integer");
        }
    }

    /// An amount, null when it is none, which is told.
    static @Nullable Quantity read(Struct amounts, String name, Problems p) {
        try {
            return Quantity.of(amounts.get(name));
        } catch (IllegalArgumentException e) {
            p.invalid(amounts.get(name), String.valueOf(e.getMessage()));
            return null;
        }
    }
}
