package io.k3j.corevalidation;

import io.k3j.apimachinery.Names;
import io.k3j.apimachinery.Quantity;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What can be wrong with requests and limits, as upstream's `ValidateContainerResources`; see "Resource Management for
/// Pods and Containers". Amounts are quantities: cores for `cpu`, bytes for memory and storage, pieces for extended
/// resources. Pure.
final class ResourceProblems {
    private static final Set<String> STANDARD = Set.of("cpu", "memory", "ephemeral-storage");
    /// What quotas know beside [#STANDARD] and what they count: standard resources, but none of a container.
    private static final Set<String> OF_QUOTAS = Set.of("storage", "requests.storage", "requests.cpu",
            "requests.memory", "requests.ephemeral-storage", "limits.cpu", "limits.memory",
            "limits.ephemeral-storage");
    /// What a pod as a whole has, as upstream lists it.
    private static final List<String> OF_POD = List.of("cpu", ResourceTraits.HUGE_PAGES, "memory");

    private ResourceProblems() {
    }

    /// Checks a container's `resources`, which stand at `p`. A limit without a request is complete: defaulting makes it
    /// the request too.
    static void check(Struct resources, Problems p) {
        check(resources, false, p);
    }

    /// Checks the `resources` of a pod as a whole.
    static void ofPod(Struct resources, Problems p) {
        check(resources, true, p);
    }

    /// Checks what a pod needs beside its containers, as if these were limits.
    ///
    /// @param p the place of the spec
    static void overhead(Struct spec, Problems p) {
        if (spec.has("overhead")) {
            check(Struct.of("limits", spec.struct("overhead")), false, p.at("overhead"));
        }
    }

    private static void check(Struct resources, boolean ofPod, Problems p) {
        if (resources.isEmpty()) {
            return;
        }
        Struct limits = resources.struct("limits");
        Struct requests = resources.struct("requests");
        for (int i = 0; i < limits.size(); i++) {
            amount(limits.name(i), limits, ofPod, p.at("limits"));
        }
        for (int i = 0; i < requests.size(); i++) {
            String name = requests.name(i);
            Quantity request = amount(name, requests, ofPod, p.at("requests"));
            if (request == null) {
                continue;
            }
            if (limits.has(name)) {
                compare(name, request, limits.get(name), p.at("requests"));
            } else if (!ResourceTraits.overcommitted(name)) {
                p.at("limits").required("Limit must be set for non overcommitable resources");
            }
        }
        boolean shared = Stream.of(limits, requests).anyMatch(all -> all.has("cpu") || all.has("memory"));
        if (!shared && Stream.of(limits, requests).flatMap(all -> all.names().stream())
                .anyMatch(name -> name.startsWith(ResourceTraits.HUGE_PAGES))) {
            p.forbidden("HugePages require cpu or memory");
        }
    }

    /// A limit that cannot be read is reported as a limit and compares with nothing.
    private static void compare(String name, Quantity request, @Nullable Object limit, Problems p) {
        Quantity most;
        try {
            most = Quantity.of(limit);
        } catch (IllegalArgumentException e) {
            return;
        }
        if (!ResourceTraits.overcommitted(name) && request.compareTo(most) != 0) {
            p.invalid(request.toString(), "must be equal to " + name + " limit of " + most);
        } else if (request.compareTo(most) > 0) {
            p.invalid(request.toString(), "must be less than or equal to " + name + " limit of " + most);
        }
    }

    /// A name without a slash must be one that Kubernetes knows; any other is an extended resource and must name its
    /// vendor's domain.
    private static void name(String name, boolean ofPod, Problems p) {
        List<String> wrong = Names.qualified(name);
        p.invalid(name, wrong);
        boolean slash = name.indexOf('/') >= 0;
        boolean huge = name.startsWith(ResourceTraits.HUGE_PAGES);
        boolean known = STANDARD.contains(name) || huge;
        boolean standard = slash || known || ResourceTraits.counted(name) || OF_QUOTAS.contains(name)
                || name.startsWith("requests." + ResourceTraits.HUGE_PAGES);
        if (wrong.isEmpty() && !standard) {
            p.invalid(name, "must be a standard resource type or fully qualified");
        }
        if (ofPod) {
            if (wrong.isEmpty() && standard && !OF_POD.contains(name) && !huge) {
                p.unsupported(name, OF_POD);
            }
        } else if (!slash && !known) {
            p.invalid(name, "must be a standard resource for containers");
        } else if (slash && !ResourceTraits.ofKubernetes(name) && !ResourceTraits.extended(name)) {
            p.invalid(name, "doesn't follow extended resource name standard");
        }
    }

    /// One amount of `limits` or `requests`, null when it is none.
    private static @Nullable Quantity amount(String name, Struct amounts, boolean ofPod, Problems p) {
        Problems at = p.key(name);
        name(name, ofPod, at);
        try {
            Quantity q = Quantity.of(amounts.get(name));
            if (q.signum() < 0) {
                at.invalid(q.toString(), "must be greater than or equal to 0");
            } else if (name.startsWith(ResourceTraits.HUGE_PAGES)) {
                pages(name, q, at);
            } else if (ResourceTraits.whole(name) && q.milliValue() % 1000 != 0) {
                // Half a device cannot be had. Thousandths are rounded up, so every fraction is seen.
                at.invalid(q.toString(), "must be an integer");
            }
            return q;
        } catch (IllegalArgumentException e) {
            at.invalid(amounts.get(name), String.valueOf(e.getMessage()));
            return null;
        }
    }

    /// A part of a page cannot be had. A size that is no whole number of bytes, or that cannot be read, is none.
    private static void pages(String name, Quantity amount, Problems p) {
        Quantity page = Quantity.ZERO;
        try {
            page = Quantity.parse(name.substring(ResourceTraits.HUGE_PAGES.length()));
        } catch (IllegalArgumentException e) {
            // told below
        }
        if (page.signum() <= 0 || page.milliValue() % 1000 != 0 || amount.value() % page.value() != 0) {
            p.invalid(amount.toString(), amount + " is not positive integer multiple of " + name);
        }
    }
}
