package io.k3j.workloadrules;

import io.k3j.apimachinery.Names;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Addresses;
import io.k3j.validation.Problems;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Validates writes of `pods/status`, as upstream's `ValidatePodStatusUpdate`: kubelets, endpoints and DNS believe
/// what stands there. Pure.
final class PodStatusUpdate {
    private static final List<String> CLASSES = List.of("BestEffort", "Burstable", "Guaranteed");
    private static final List<String> PHASES = List.of("Failed", "Pending", "Running", "Succeeded", "Unknown");

    private PodStatusUpdate() {
    }

    /// Checks a status. What stood there before stays allowed.
    /// @param p the place of the status
    static void check(Struct old, Struct status, Problems p) {
        String quality = status.text("qosClass");
        if (old.text("qosClass").isEmpty()) {
            p.oneOf(status, "qosClass", CLASSES);
        } else if (!quality.isEmpty()) {
            p.immutable(old, status, "qosClass");
        }
        if (!status.text("phase").equals(old.text("phase"))) {
            p.oneOf(status, "phase", PHASES);
        }
        String nominated = status.text("nominatedNodeName");
        if (!nominated.isEmpty() && !nominated.equals(old.text("nominatedNodeName"))) {
            p.at("nominatedNodeName").invalid(nominated, Names.subdomain(nominated));
        }
        addresses(old, status, "podIP", p);
        addresses(old, status, "hostIP", p);
    }

    /// One address, and the same with others in a list: at most one of each family.
    private static void addresses(Struct old, Struct status, String field, Problems p) {
        Set<String> known = new HashSet<>(texts(old.seq(field + "s")));
        known.add(old.text(field));
        String first = status.text(field);
        if (!first.isEmpty() && !known.contains(first) && !Addresses.isIp(first)) {
            p.at(field).invalid(first, Addresses.MUST_BE_IP);
        }
        List<String> all = texts(status.seq(field + "s"));
        for (int i = 0; i < all.size(); i++) {
            if (!known.contains(all.get(i)) && !Addresses.isIp(all.get(i))) {
                p.at(field + "s", i).invalid(all.get(i), Addresses.MUST_BE_IP);
            }
        }
        long four = all.stream().filter(Addresses::isIpv4).count();
        if (four > 1 || all.size() - four > 1) {
            p.at(field + "s").invalid(status.get(field + "s"), "may specify no more than one IP for each IP family");
        }
    }

    private static List<String> texts(Seq addresses) {
        return addresses.structs().stream().map(a -> a.text("ip")).toList();
    }
}
