package io.k3j.networkpolicy;

import io.k3j.componenthelpers.Cidr;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// The families of addresses that rules are needed for.
///
/// @param all whether IPv6, one for each family
record Families(List<Boolean> all) {
    /// Those of the pod network; both when it is not known.
    static Families of(Collection<Cidr> ranges) {
        List<Boolean> all = new ArrayList<>();
        for (boolean six : new boolean[] {false, true}) {
            if (ranges.isEmpty() || ranges.stream().anyMatch(r -> r.ipv6() == six)) {
                all.add(six);
            }
        }
        return new Families(List.copyOf(all));
    }
}
