package io.k3j.workloadrules;

import io.k3j.apimachinery.Names;
import io.k3j.corevalidation.AddressProblems;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.PodStatusProblems;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Addresses;
import io.k3j.validation.Problems;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Validates writes of `pods/status`, as upstream's `ValidatePodStatusUpdate`: kubelets, endpoints and DNS believe
/// what stands there. What stood there before stays allowed. A phase may be any word, as upstream: whoever reads one
/// compares it with those that there are. Pure.
final class PodStatusUpdate {
    private static final List<String> CLASSES = List.of("BestEffort", "Burstable", "Guaranteed");
    private static final List<String> SYSTEM = List.of("PodScheduled", "Ready", "Initialized");
    private static final String NOMINATED = "nominatedNodeName";
    private static final String GENERATION = "observedGeneration";

    private PodStatusUpdate() {
    }

    /// Checks a pod whose status is written.
    ///
    /// @param p the place of the status
    static void check(Struct before, Struct pod, Problems p) {
        Struct old = before.struct("status");
        Struct status = pod.struct("status");
        if (status.equals(old)) {
            return;
        }
        String quality = status.text("qosClass");
        if (old.text("qosClass").isEmpty()) {
            p.oneOf(status, "qosClass", CLASSES);
        } else if (!quality.isEmpty()) {
            p.immutable(old, status, "qosClass");
        }
        String nominated = status.text(NOMINATED);
        if (!nominated.isEmpty() && !nominated.equals(old.text(NOMINATED))) {
            p.at(NOMINATED).invalid(nominated, Names.subdomain(nominated));
            if (!pod.struct("spec").text("nodeName").isEmpty()) {
                p.at(NOMINATED).forbidden("may not be set on pods that are already bound to a node");
            }
        }
        PodStates.check(before.struct("spec"), old, status, p);
        KeptProblems.check(p, now -> itself(pod, now.at(p.path())), then -> itself(before, then.at(p.path())));
        addresses(podAddresses(old), texts(status.seq("podIPs")), p, "podIPs");
        hosts(old, status, p);
    }

    /// What can be told without the status before.
    private static void itself(Struct pod, Problems p) {
        Struct status = pod.struct("status");
        generation(status, p);
        Seq conditions = status.seq("conditions");
        for (int i = 0; i < conditions.size() && !p.full(); i++) {
            String type = conditions.struct(i).text("type");
            generation(conditions.struct(i), p.at("conditions", i));
            if (!SYSTEM.contains(type)) {
                // upstream's spelling
                p.at("conditions", i).at("Type").invalid(type, Names.qualified(type));
            }
        }
        PodStatusProblems.check(pod, p);
    }

    private static void generation(Struct of, Problems p) {
        if (of.whole(GENERATION, 0) < 0) {
            p.at(GENERATION).invalid(of.whole(GENERATION, 0), "must be a non-negative integer");
        }
    }

    /// Upstream's warnings of addresses that are not written as one should.
    static List<String> warnings(Struct status) {
        List<String> all = new ArrayList<>();
        for (String field : List.of("podIPs", "hostIPs")) {
            Seq addresses = status.seq(field);
            for (int i = 0; i < addresses.size(); i++) {
                all.addAll(AddressProblems.ipWarnings("status." + field + "[" + i + "].ip",
                        addresses.struct(i).text("ip")));
            }
        }
        return all;
    }

    /// A status that says of which generation it and its conditions are, where only the one before did: clients that
    /// do not know the field send back none. Several conditions of a type are taken in their order.
    static Struct observed(Struct before, Struct status) {
        Struct now = observedBy(before, status);
        Map<String, Deque<Struct>> old = new HashMap<>();
        before.seq("conditions").structs().forEach(
                c -> old.computeIfAbsent(c.text("type"), _ -> new ArrayDeque<>()).add(c));
        return Fill.each(now, "conditions", c -> {
            Deque<Struct> same = old.getOrDefault(c.text("type"), new ArrayDeque<>());
            return same.isEmpty() ? c : observedBy(same.remove(), c);
        });
    }

    private static Struct observedBy(Struct before, Struct now) {
        long generation = before.whole(GENERATION, 0);
        return generation == 0 || now.whole(GENERATION, 0) != 0 ? now : now.with(GENERATION, generation);
    }

    /// A status whose two fields of addresses say the same, as upstream's conversion has it: the single one, which is
    /// older, counts where they do not, so that nobody believes what is not looked at.
    static Struct addressed(Struct status) {
        List<String> all = podAddresses(status);
        if (all.isEmpty()) {
            return status;
        }
        Struct one = all.getFirst().equals(status.text("podIP")) ? status : status.with("podIP", all.getFirst());
        return texts(one.seq("podIPs")).equals(all) ? one
                : one.with("podIPs", Seq.of(Struct.of("ip", all.getFirst())));
    }

    private static List<String> podAddresses(Struct status) {
        String first = status.text("podIP");
        List<String> all = texts(status.seq("podIPs"));
        return first.isEmpty() || !all.isEmpty() && all.getFirst().equals(first) ? all : List.of(first);
    }

    private static void hosts(Struct old, Struct status, Problems p) {
        List<String> all = texts(status.seq("hostIPs"));
        List<String> before = texts(old.seq("hostIPs"));
        addresses(before, all, p, "hostIPs");
        String first = status.text("hostIP");
        boolean kept = all.equals(before) && first.equals(old.text("hostIP"));
        if (!kept && !all.isEmpty() && !all.getFirst().equals(first)) {
            p.at("hostIPs", 0).at("ip").invalid(all.getFirst(), "must be equal to `hostIP`");
        }
    }

    /// At most one of each family, which one of before has however it is spelled.
    private static void addresses(List<String> before, List<String> all, Problems p, String field) {
        Set<String> known = new HashSet<>(before);
        for (int i = 0; i < all.size() && !p.full(); i++) {
            if (!known.contains(all.get(i))) {
                p.at(field, i).invalid(all.get(i), AddressProblems.legacyIp(all.get(i)));
            }
        }
        long four = all.stream().map(Addresses::withoutZeros)
                .filter(ip -> Addresses.isIpv4(ip) || Addresses.isMapped(ip)).count();
        if (!all.equals(before) && (four > 1 || all.size() - four > 1)) {
            p.at(field).invalid(Seq.copyOf(all.stream().map(ip -> Struct.of("ip", ip)).toList()),
                    "may specify no more than one IP for each IP family");
            Set<String> seen = new HashSet<>();
            for (int i = 0; i < all.size() && !p.full(); i++) {
                if (!seen.add(all.get(i))) {
                    p.at(field, i).duplicate(Struct.of("ip", all.get(i)));
                }
            }
        }
    }

    private static List<String> texts(Seq addresses) {
        return addresses.structs().stream().map(a -> a.text("ip")).toList();
    }
}
