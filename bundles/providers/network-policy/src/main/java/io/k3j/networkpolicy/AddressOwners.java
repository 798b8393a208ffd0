package io.k3j.networkpolicy;

import io.k3j.netpolicy.PolicyPod;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Which pod has which address. The address of a pod that is on its way out may be another's already: the one that
/// started last has it. For one thread.
final class AddressOwners {
    private static final Comparator<PolicyPod> LATER = Comparator.comparing(PolicyPod::since)
            .thenComparing(PolicyPod::key);
    private final Map<String, List<PolicyPod>> claims = new HashMap<>();

    /// Who has an address.
    Optional<PolicyPod> of(String address) {
        return claims.getOrDefault(address, List.of()).stream().max(LATER);
    }

    void add(String address, PolicyPod pod) {
        claims.computeIfAbsent(address, a -> new ArrayList<>(1)).add(pod);
    }

    void remove(String address, @Nullable PolicyPod pod) {
        List<PolicyPod> all = claims.get(address);
        if (all != null && all.removeIf(p -> p == pod) && all.isEmpty()) {
            claims.remove(address);
        }
    }

    void clear() {
        claims.clear();
    }
}
