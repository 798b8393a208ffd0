package io.k3j.corerules;

import io.k3j.kindrules.Fill;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// What of a Service stays and what goes where its writer does not say so: upstream's `patchAllocatedValues`,
/// `normalizeClusterIPs` and `dropTypeDependentFields`. Pure.
final class ServiceChanges {
    private static final String ADDRESS = "clusterIP";
    private static final String ADDRESSES = "clusterIPs";
    private static final String FAMILIES = "ipFamilies";
    private static final String POLICY = "ipFamilyPolicy";
    private static final String NODE_PORT = "nodePort";
    private static final String CHECK_PORT = "healthCheckNodePort";

    private ServiceChanges() {
    }

    /// The spec of a new Service: who names one address names the first of all.
    static Struct created(Struct spec) {
        String address = spec.text(ADDRESS);
        return address.isEmpty() || !spec.seq(ADDRESSES).isEmpty() ? spec : spec.with(ADDRESSES, Seq.of(address));
    }

    /// A Service that is changed.
    ///
    /// @param before its spec as it was
    static Struct updated(Struct before, Struct object) {
        Struct spec = withoutSecondFamily(before, withoutOldTypeFields(before, object.struct("spec")));
        Struct service = object.with("spec", withOldValues(before, spec));
        boolean balanced = ServiceRules.is(spec, ServiceRules.BALANCER)
                || service.struct("status").struct("loadBalancer").isEmpty();
        return balanced ? service : service.withAt(Struct.EMPTY, "status", "loadBalancer");
    }

    /// Who asks for one family has the first one, and its address.
    private static Struct withoutSecondFamily(Struct before, Struct spec) {
        boolean fewer = spec.text(POLICY).equals("SingleStack") && before.has(POLICY)
                && !before.text(POLICY).equals("SingleStack");
        Struct s = spec;
        for (String field : fewer ? List.of(ADDRESSES, FAMILIES) : List.<String>of()) {
            Seq old = before.seq(field);
            boolean same = !s.has(field) || s.seq(field).equals(old);
            s = same && old.size() > 1 ? s.with(field, Seq.of(old.text(0))) : s;
        }
        return s;
    }

    /// Drops fields that the new type does not have, unless the writer has changed them.
    private static Struct withoutOldTypeFields(Struct before, Struct spec) {
        Struct s = spec;
        if (ServiceRules.is(s, ServiceRules.NAME) && !ServiceRules.is(before, ServiceRules.NAME)) {
            for (String field : List.of(ADDRESS, ADDRESSES, FAMILIES, POLICY)) {
                s = Objects.equals(s.get(field), before.get(field)) ? s.without(field) : s;
            }
        }
        s = ServiceTraffic.withoutOld(before, s);
        boolean lost = ServiceRules.external(before) && !ServiceRules.external(s)
                && nodePorts(before).containsAll(nodePorts(s));
        return lost ? Fill.each(s, "ports", p -> p.without(NODE_PORT)) : s;
    }

    private static Set<Long> nodePorts(Struct spec) {
        Set<Long> all = new HashSet<>();
        spec.seq("ports").structs().forEach(p -> all.add(p.whole(NODE_PORT, 0)));
        all.remove(0L);
        return all;
    }

    /// Keeps addresses and ports that the writer omitted, while the type still has them.
    private static Struct withOldValues(Struct before, Struct spec) {
        if (ServiceRules.is(spec, ServiceRules.NAME) || ServiceRules.is(before, ServiceRules.NAME)) {
            return spec;
        }
        Struct s = withOldAddresses(before, spec);
        for (String field : List.of(FAMILIES, POLICY)) {
            if (!s.has(field) && before.has(field)) {
                s = s.with(field, before.get(field));
            }
        }
        if (ServiceRules.external(s) && ServiceRules.external(before)) {
            s = withOldNodePorts(before, s);
        }
        if (ServiceTraffic.needsCheckPort(s) && s.whole(CHECK_PORT, 0) == 0 && before.has(CHECK_PORT)) {
            s = s.with(CHECK_PORT, before.get(CHECK_PORT));
        }
        return s;
    }

    /// Who changes the address alone means the first of all, which validation refuses.
    private static Struct withOldAddresses(Struct before, Struct spec) {
        String old = before.text(ADDRESS);
        Struct s = spec.text(ADDRESS).isEmpty() && !old.isEmpty() ? spec.with(ADDRESS, old) : spec;
        boolean same = s.text(ADDRESS).equals(old);
        if (same && s.seq(ADDRESSES).isEmpty() && before.has(ADDRESSES)) {
            return s.with(ADDRESSES, before.get(ADDRESSES));
        }
        boolean outdated = !same && !s.seq(ADDRESSES).isEmpty() && s.seq(ADDRESSES).equals(before.seq(ADDRESSES));
        return outdated ? s.with(ADDRESSES, Seq.of(s.text(ADDRESS))) : s;
    }

    /// A port without a node port has that of the old port of its name, where no other port has it now.
    private static Struct withOldNodePorts(Struct before, Struct spec) {
        Map<String, Long> old = new HashMap<>();
        before.seq("ports").structs().forEach(p -> old.put(p.text("name"), p.whole(NODE_PORT, 0)));
        Set<Long> used = nodePorts(spec);
        return Fill.each(spec, "ports", port -> {
            long number = port.whole(NODE_PORT, 0) == 0 ? old.getOrDefault(port.text("name"), 0L) : 0;
            return number != 0 && used.add(number) ? port.with(NODE_PORT, number) : port;
        });
    }
}
