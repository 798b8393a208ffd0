package io.k3j.corerules;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.corevalidation.AddressProblems;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.validation.MetadataRules;
import io.k3j.validation.Problems;
import java.util.List;

/// Rules of Services: upstream's `ValidateService`. `admission-core` allocates addresses and node ports.
final class ServiceRules implements KindRules {
    /// Which endpoints a Service leads to, by the topology around a node; the second name is the older one.
    static final String TOPOLOGY = "service.kubernetes.io/topology-mode";
    static final String HINTS = "service.kubernetes.io/topology-aware-hints";
    static final String BALANCER = "LoadBalancer";
    static final String ONLY_BALANCER = "may only be used when `type` is 'LoadBalancer'";
    static final String NAME = "ExternalName";
    private static final String SPEC = "spec";
    private static final String AFFINITY = "sessionAffinity";
    private static final List<String> TYPES = List.of("ClusterIP", NAME, BALANCER, "NodePort");
    private static final List<String> POLICIES = List.of("Cluster", "Local");
    private static final long AFFINITY_SECONDS = 10_800;

    @Override
    public Struct defaulted(Gvk kind, Struct object) {
        Struct o = Fill.inside(object, SPEC, ServiceRules::spec);
        return is(o.struct(SPEC), BALANCER) ? Fill.inside(o, "status", ServiceStatus::defaulted) : o;
    }

    private static Struct spec(Struct spec) {
        Struct s = Fill.in(spec, AFFINITY, "None", "type", "ClusterIP");
        if (s.text(AFFINITY).equals("None")) {
            s = s.without("sessionAffinityConfig");
        } else if (!s.struct("sessionAffinityConfig").struct("clientIP").has("timeoutSeconds")) {
            s = s.withAt(AFFINITY_SECONDS, "sessionAffinityConfig", "clientIP", "timeoutSeconds");
        }
        s = Fill.each(s, "ports", ServicePortProblems::defaulted);
        s = ServiceTraffic.accessible(s) ? Fill.in(s, "externalTrafficPolicy", "Cluster") : s;
        s = is(s, NAME) ? s : Fill.in(s, "internalTrafficPolicy", "Cluster");
        return is(s, BALANCER) ? Fill.in(s, "allocateLoadBalancerNodePorts", true) : s;
    }

    /// Whether a spec is of a type.
    static boolean is(Struct spec, String type) {
        return spec.text("type").equals(type);
    }

    /// Whether the Service type has node ports.
    static boolean external(Struct spec) {
        return is(spec, "NodePort") || is(spec, BALANCER);
    }

    static boolean headless(Struct spec) {
        return spec.text("clusterIP").equals("None");
    }

    @Override
    public Struct prepared(Write write, Struct object) {
        if (!write.subresource().isEmpty()) {
            return object;
        }
        return switch (write.operation()) {
            case CREATE -> Fill.inside(object, SPEC, ServiceChanges::created);
            case UPDATE -> ServiceChanges.updated(write.before().orElse(Struct.EMPTY).struct(SPEC), object);
            default -> object;
        };
    }

    @Override
    public List<String> name(String name) {
        return Names.label(name);
    }

    @Override
    public void check(Write write, Struct object, Problems problems) {
        Struct old = write.before().orElse(Struct.EMPTY);
        if (write.of("status")) {
            ServiceStatus.check(old, object, problems.at("status.loadBalancer.ingress"));
            return;
        }
        Struct spec = object.struct(SPEC);
        Struct before = old.struct(SPEC);
        Problems p = problems.at(SPEC);
        p.requiredOneOf(spec, "type", TYPES);
        ServicePortProblems.check(before, spec, p);
        p.oneOf(spec, AFFINITY, List.of("ClientIP", "None"));
        p.oneOf(spec, "externalTrafficPolicy", POLICIES);
        p.oneOf(spec, "internalTrafficPolicy", POLICIES);
        MetadataRules.labels(spec.struct("selector"), p.at("selector"));
        addresses(before, spec, p);
        ServiceTraffic.check(write.operation() == Operation.UPDATE, before, spec, p);
        ServiceAddresses.outside(before, spec, p);
        ServiceAddresses.annotation(old, object, problems);
        topology(object.struct("metadata").struct("annotations"), problems.at("metadata.annotations"));
        if (write.operation() == Operation.UPDATE && !is(before, NAME) && !is(spec, NAME)) {
            ServiceFamilyChanges.check(before, spec, p);
        }
    }

    private static void addresses(Struct before, Struct spec, Problems p) {
        if (is(spec, NAME)) {
            name(before, spec, p);
        } else if (headless(spec) && external(spec)) {
            p.at("clusterIPs", 0).invalid("None", "may not be set to 'None' for " + spec.text("type") + " services");
        }
    }

    private static void name(Struct before, Struct spec, Problems p) {
        for (String list : List.of("clusterIPs", "ipFamilies")) {
            if (!spec.seq(list).isEmpty()) {
                p.at(list).forbidden("may not be set for ExternalName services");
            }
        }
        if (spec.has("ipFamilyPolicy")) {
            p.at("ipFamilyPolicy").forbidden("may not be set for ExternalName services");
        }
        String name = spec.text("externalName");
        // a dot at the end says that it is complete
        String plain = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        if (plain.isEmpty()) {
            p.at("externalName").required("");
        } else if (!name.equals(before.text("externalName"))) {
            // releases before took any, and who stored one must be able to let it go
            p.at("externalName").invalid(plain, Names.subdomain(plain));
        }
    }

    private static void topology(Struct annotations, Problems p) {
        String mode = annotations.text(TOPOLOGY);
        if (annotations.has(TOPOLOGY) && annotations.has(HINTS) && !mode.equals(annotations.text(HINTS))) {
            p.key(TOPOLOGY).invalid(mode, "must match annotations[" + HINTS + "] when both are specified");
        }
    }

    @Override
    public List<String> warnings(Write write, Struct object) {
        return write.of("status") ? AddressProblems.balancerWarnings(object)
                : write.subresource().isEmpty() ? ServiceWarnings.of(object) : List.of();
    }
}
