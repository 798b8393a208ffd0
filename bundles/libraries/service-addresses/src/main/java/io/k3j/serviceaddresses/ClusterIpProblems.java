package io.k3j.serviceaddresses;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Addresses;
import io.k3j.validation.Problems;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What is wrong with the cluster addresses and families of a Service in themselves, whatever the cluster has:
/// upstream's `ValidateServiceClusterIPsRelatedFields`. Pure.
final class ClusterIpProblems {
    private static final String ADDRESSES = "clusterIPs";
    private static final String FAMILIES = "ipFamilies";
    private static final String POLICY = "ipFamilyPolicy";
    private static final String NONE = "None";
    private static final List<String> FAMILY = List.of("IPv4", "IPv6");
    private static final List<String> POLICIES = List.of("PreferDualStack", "RequireDualStack", "SingleStack");

    private ClusterIpProblems() {
    }

    /// @param before the spec as it was; its addresses stay as they are written
    /// @param p the spec
    static void check(Struct before, Struct spec, Problems p) {
        Seq addresses = Seq.copyOf(ServiceFamilies.given(spec));
        first(spec, addresses, p);
        families(spec.seq(FAMILIES), p);
        if (spec.has(POLICY) && !POLICIES.contains(spec.text(POLICY))) {
            p.at(POLICY).unsupported(spec.text(POLICY), POLICIES);
        }
        boolean sound = each(before.seq(ADDRESSES).texts(), addresses, p);
        if (addresses.size() > 2) {
            p.at(ADDRESSES).invalid(addresses, "may only hold up to 2 values");
        }
        if (sound && addresses.size() > 1
                && addresses.texts().stream().map(ServiceFamilies::family).distinct().count() == 1) {
            p.at(ADDRESSES).invalid(addresses, "may specify no more than one IP for each IP family");
        }
        if (p.found().isEmpty() && !addresses.isEmpty() && !addresses.text(0).equals(NONE)) {
            places(addresses, spec.seq(FAMILIES), p);
        }
    }

    private static void first(Struct spec, Seq addresses, Problems p) {
        String first = spec.text("clusterIP");
        if (first.isEmpty() && !addresses.isEmpty()) {
            p.at(ADDRESSES).invalid(addresses, "must be empty when `clusterIP` is not specified");
        } else if (!addresses.isEmpty() && !addresses.text(0).equals(first)) {
            p.at(ADDRESSES).invalid(addresses, "first value must match `clusterIP`");
        }
    }

    private static void families(Seq families, Problems p) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < families.size(); i++) {
            String family = families.text(i);
            if (!FAMILY.contains(family)) {
                p.at(FAMILIES, i).unsupported(family, FAMILY);
            }
            if (!seen.add(family)) {
                p.at(FAMILIES, i).duplicate(family);
            }
        }
    }

    /// @return whether all are addresses, or the only one is `None`
    private static boolean each(List<String> before, Seq addresses, Problems p) {
        Set<String> known = Set.copyOf(before);
        boolean sound = true;
        for (int i = 0; i < addresses.size(); i++) {
            String address = addresses.text(i);
            if (i == 0 && address.equals(NONE)) {
                if (addresses.size() > 1) {
                    p.at(ADDRESSES).invalid(addresses, "'None' must be the first and only value");
                    sound = false;
                }
                continue;
            }
            String wrong = known.contains(address) ? "" : Addresses.legacy(address);
            if (!wrong.isEmpty()) {
                p.at(ADDRESSES, i).invalid(address, wrong);
                sound = false;
            }
        }
        return sound;
    }

    private static void places(Seq addresses, Seq families, Problems p) {
        for (int i = 0; i < Math.min(addresses.size(), families.size()); i++) {
            if (!ServiceFamilies.family(addresses.text(i)).equals(families.text(i))) {
                p.at(ADDRESSES, i).invalid(addresses.text(i),
                        "expected an " + families.text(i) + " value as indicated by `ipFamilies[" + i + "]`");
            }
        }
    }
}
