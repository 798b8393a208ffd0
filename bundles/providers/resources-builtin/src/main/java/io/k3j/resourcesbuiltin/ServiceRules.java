package io.k3j.resourcesbuiltin;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Addresses;
import io.k3j.validation.MetadataRules;
import io.k3j.validation.Problems;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Rules of Services. `admission-core` allocates addresses and node ports.
final class ServiceRules implements KindRules {
    private static final List<String> TYPES = List.of("ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
    private static final long AFFINITY_SECONDS = 10_800;

    @Override
    public Struct defaulted(Gvk kind, Struct object) {
        return Fill.inside(object, "spec", ServiceRules::spec);
    }

    private static Struct spec(Struct spec) {
        Struct s = Fill.in(spec, "sessionAffinity", "None", "type", "ClusterIP");
        if (s.text("sessionAffinity").equals("None")) {
            s = s.without("sessionAffinityConfig");
        } else if (!s.struct("sessionAffinityConfig").struct("clientIP").has("timeoutSeconds")) {
            s = s.withAt(AFFINITY_SECONDS, "sessionAffinityConfig", "clientIP", "timeoutSeconds");
        }
        s = Fill.each(s, "ports", ServiceRules::port);
        boolean outside = external(s);
        s = outside || !s.seq("externalIPs").isEmpty() ? Fill.in(s, "externalTrafficPolicy", "Cluster") : s;
        s = s.text("type").equals("ExternalName") ? s : Fill.in(s, "internalTrafficPolicy", "Cluster");
        return s.text("type").equals("LoadBalancer") ? Fill.in(s, "allocateLoadBalancerNodePorts", true) : s;
    }

    private static Struct port(Struct port) {
        Struct p = Fill.in(port, "protocol", "TCP");
        Object target = p.get("targetPort");
        return target == null || "".equals(target) || Long.valueOf(0).equals(target)
                ? p.with("targetPort", p.whole("port", 0)) : p;
    }

    /// Whether the Service type has node ports.
    static boolean external(Struct spec) {
        return spec.text("type").equals("NodePort") || spec.text("type").equals("LoadBalancer");
    }

    @Override
    public Struct prepared(Write write, Struct object) {
        if (write.operation() != Operation.UPDATE || !write.subresource().isEmpty()) {
            return object;
        }
        Struct before = write.before().orElse(Struct.EMPTY).struct("spec");
        return withOldAllocations(before,
                object.with("spec", withoutSecondFamily(before, withoutOldTypeFields(before, object.struct("spec")))));
    }

    /// Who asks for one family has the first one, and its address.
    private static Struct withoutSecondFamily(Struct before, Struct spec) {
        boolean fewer = spec.text("ipFamilyPolicy").equals("SingleStack") && before.has("ipFamilyPolicy")
                && !before.text("ipFamilyPolicy").equals("SingleStack");
        Struct s = spec;
        for (String field : fewer ? List.of("clusterIPs", "ipFamilies") : List.<String>of()) {
            Seq old = before.seq(field);
            boolean same = !s.has(field) || s.seq(field).equals(old);
            s = same && old.size() > 1 ? s.with(field, Seq.of(old.text(0))) : s;
        }
        return s;
    }

    /// Drops fields that the new type does not have, unless the writer has changed them.
    private static Struct withoutOldTypeFields(Struct before, Struct spec) {
        Struct s = spec;
        if (s.text("type").equals("ExternalName") && !before.text("type").equals("ExternalName")) {
            for (String field : List.of("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy")) {
                s = Objects.equals(s.get(field), before.get(field)) ? s.without(field) : s;
            }
        }
        s = ServiceTraffic.withoutOld(before, s);
        if (external(before) && !external(s)) {
            s = Fill.each(s, "ports", p -> before.seq("ports").structs().stream()
                    .anyMatch(o -> o.whole("nodePort", 0) == p.whole("nodePort", 0)) ? p.without("nodePort") : p);
        }
        return s;
    }

    /// Keeps addresses and ports that the writer omitted, while the type still has them.
    private static Struct withOldAllocations(Struct before, Struct object) {
        Struct spec = object.struct("spec");
        boolean had = !before.text("type").equals("ExternalName");
        if (spec.text("type").equals("ExternalName") || !had) {
            return object;
        }
        Struct s = spec;
        for (String field : List.of("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy")) {
            if (!s.has(field) && before.has(field)) {
                s = s.with(field, before.get(field));
            }
        }
        if (external(s) && external(before)) {
            s = Fill.each(s, "ports", p -> nodePort(p, before.seq("ports")));
        }
        if (ServiceTraffic.needsCheckPort(s) && s.whole("healthCheckNodePort", 0) == 0
                && before.has("healthCheckNodePort")) {
            s = s.with("healthCheckNodePort", before.get("healthCheckNodePort"));
        }
        return object.with("spec", s);
    }

    private static Struct nodePort(Struct port, Seq before) {
        if (port.whole("nodePort", 0) != 0) {
            return port;
        }
        for (Struct old : before.structs()) {
            if (old.whole("port", 0) == port.whole("port", 0) && old.text("protocol").equals(port.text("protocol"))
                    && old.whole("nodePort", 0) != 0) {
                return port.with("nodePort", old.whole("nodePort", 0));
            }
        }
        return port;
    }

    @Override
    public List<String> name(String name) {
        return Names.label(name);
    }

    @Override
    public void check(Write write, Struct object, Problems problems) {
        if (write.of("status")) {
            ServiceAddresses.ingress(write.before().orElse(Struct.EMPTY), object,
                    problems.at("status").at("loadBalancer"));
            return;
        }
        Struct spec = object.struct("spec");
        Struct before = write.before().orElse(Struct.EMPTY).struct("spec");
        Problems p = problems.at("spec");
        p.requiredOneOf(spec, "type", TYPES);
        ports(spec, p);
        p.oneOf(spec, "sessionAffinity", List.of("ClientIP", "None"));
        p.oneOf(spec, "externalTrafficPolicy", List.of("Cluster", "Local"));
        p.oneOf(spec, "internalTrafficPolicy", List.of("Cluster", "Local"));
        p.oneOf(spec, "ipFamilyPolicy", List.of("PreferDualStack", "RequireDualStack", "SingleStack"));
        MetadataRules.labels(spec.struct("selector"), p.at("selector"));
        addresses(spec, p);
        ServiceTraffic.check(write.operation() == Operation.UPDATE, before, spec, p);
        ServiceAddresses.outside(before, spec, p);
        ServiceAddresses.annotation(write.before().orElse(Struct.EMPTY), object, problems);
        if (write.operation() == Operation.UPDATE) {
            fixed(before, spec, p);
        }
    }

    private static void addresses(Struct spec, Problems p) {
        String ip = spec.text("clusterIP");
        boolean name = spec.text("type").equals("ExternalName");
        if (name && !ip.isEmpty()) {
            p.at("clusterIPs").forbidden("may not be set for ExternalName services");
        } else if (!ip.isEmpty() && !ip.equals("None") && !Addresses.isIp(ip)) {
            p.at("clusterIPs", 0).invalid(ip, Addresses.MUST_BE_IP);
        }
        if (ip.equals("None") && spec.text("type").equals("LoadBalancer")) {
            p.at("clusterIPs", 0).invalid(ip, "may not be set to 'None' for LoadBalancer services");
        } else if (ip.equals("None") && spec.text("type").equals("NodePort")) {
            p.at("clusterIPs", 0).invalid(ip, "may not be set to 'None' for NodePort services");
        }
        if (name && spec.text("externalName").isEmpty()) {
            p.at("externalName").required("");
        }
    }

    private static void ports(Struct spec, Problems p) {
        Seq ports = spec.seq("ports");
        boolean optional = spec.text("type").equals("ExternalName") || spec.text("clusterIP").equals("None");
        if (ports.isEmpty() && !optional) {
            p.at("ports").required("");
        }
        Set<String> used = new HashSet<>();
        p.unique(ports, "ports", "name");
        for (int i = 0; i < ports.size(); i++) {
            Struct port = ports.struct(i);
            Problems at = p.at("ports", i);
            if (ports.size() > 1) {
                at.present(port, "name");
            }
            if (!port.text("name").isEmpty()) {
                at.at("name").invalid(port.text("name"), Names.label(port.text("name")));
            }
            at.at("port").invalid(port.whole("port", 0), Names.portNumber(port.whole("port", 0)));
            at.requiredOneOf(port, "protocol", List.of("SCTP", "TCP", "UDP"));
            target(port.get("targetPort"), at.at("targetPort"));
            if (!external(spec) && port.whole("nodePort", 0) != 0) {
                at.at("nodePort").forbidden("may not be used when `type` is '" + spec.text("type") + "'");
            }
            if (!used.add(port.text("protocol") + port.whole("port", 0))) {
                at.duplicate(Struct.of("protocol", port.text("protocol"), "port", port.whole("port", 0)));
            }
        }
    }

    private static void target(@Nullable Object target, Problems p) {
        if (target instanceof String name) {
            p.invalid(name, Names.portName(name));
        } else if (target instanceof Long number) {
            p.invalid(number, Names.portNumber(number));
        }
    }

    private static void fixed(Struct before, Struct spec, Problems p) {
        if (before.text("type").equals("ExternalName") || spec.text("type").equals("ExternalName")) {
            return;
        }
        Seq old = before.seq("clusterIPs");
        if (!old.isEmpty() && !before.text("clusterIP").equals(spec.text("clusterIP"))) {
            p.at("clusterIPs", 0).invalid(spec.seq("clusterIPs"), "may not change once set");
        }
    }
}
