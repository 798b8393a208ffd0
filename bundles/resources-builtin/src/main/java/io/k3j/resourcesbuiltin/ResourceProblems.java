package io.k3j.resourcesbuiltin;

import io.k3j.model.Names;
import io.k3j.model.Quantity;
import io.k3j.model.Struct;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What can be wrong with requests and limits. Pure.
final class ResourceProblems {
    private static final Set<String> STANDARD = Set.of("cpu", "memory", "ephemeral-storage");

    private ResourceProblems() {
    }

    /// Checks a container's `resources`.
    static void check(Struct resources, Problems p) {
        Struct limits = resources.struct("limits");
        Struct requests = resources.struct("requests");
        for (int i = 0; i < limits.size(); i++) {
            amount(limits.name(i), limits, p.at("limits"));
        }
        for (int i = 0; i < requests.size(); i++) {
            String name = requests.name(i);
            Quantity request = amount(name, requests, p.at("requests"));
            if (request == null) {
                continue;
            }
            if (limits.has(name)) {
                compare(name, request, limits.get(name), p.at("requests"));
            } else if (!overcommitted(name)) {
                p.at("limits").required("Limit must be set for non overcommitable resources");
            }
        }
    }

    private static void compare(String name, Quantity request, @Nullable Object limit, Problems p) {
        Quantity most;
        try {
            most = Quantity.of(limit);
        } catch (IllegalArgumentException e) {
            return;
        }
        if (!overcommitted(name) && request.compareTo(most) != 0) {
            p.invalid(request.toString(), "must be equal to " + name + " limit of " + most);
        } else if (request.compareTo(most) > 0) {
            p.invalid(request.toString(), "must be less than or equal to " + name + " limit of " + most);
        }
    }

    private static @Nullable Quantity amount(String name, Struct amounts, Problems p) {
        Problems at = p.key(name);
        at.invalid(name, Names.qualified(name));
        if (name.indexOf('/') < 0 && !STANDARD.contains(name) && !name.startsWith("hugepages-")) {
            at.invalid(name, "must be a standard resource type or fully qualified");
            at.invalid(name, "must be a standard resource for containers");
        }
        try {
            Quantity q = Quantity.of(amounts.get(name));
            if (q.signum() < 0) {
                at.invalid(q.toString(), "must be greater than or equal to 0");
            } else if (!overcommitted(name) && q.milliValue() % 1000 != 0) {
                at.invalid(q.toString(), "must be an integer");
            }
            return q;
        } catch (IllegalArgumentException e) {
            at.invalid(amounts.get(name), String.valueOf(e.getMessage()));
            return null;
        }
    }

    private static boolean overcommitted(String name) {
        return STANDARD.contains(name);
    }
}
