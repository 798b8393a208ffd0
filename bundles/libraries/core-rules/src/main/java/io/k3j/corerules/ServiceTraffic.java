package io.k3j.corerules;

import io.k3j.apimachinery.Names;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.Objects;

/// The fields of a Service that lead traffic and that only some types have. Pure.
final class ServiceTraffic {
    private static final String CLASS = "loadBalancerClass";
    private static final String NODE_PORTS = "allocateLoadBalancerNodePorts";
    private static final String POLICY = "externalTrafficPolicy";
    private static final String CHECK_PORT = "healthCheckNodePort";
    private static final String DISTRIBUTION = "trafficDistribution";
    private static final List<String> DISTRIBUTIONS = List.of("PreferClose", "PreferSameZone", "PreferSameNode");
    private static final long LONGEST_AFFINITY = 86_400;

    private ServiceTraffic() {
    }

    /// Whether packets from outside of the cluster may come to it.
    static boolean accessible(Struct spec) {
        return ServiceRules.external(spec)
                || ServiceRules.is(spec, "ClusterIP") && !spec.seq("externalIPs").isEmpty();
    }

    private static boolean balanced(Struct spec) {
        return ServiceRules.is(spec, ServiceRules.BALANCER);
    }

    /// Whether nodes answer at a port how many endpoints they have.
    static boolean needsCheckPort(Struct spec) {
        return balanced(spec) && spec.text(POLICY).equals("Local");
    }

    /// Drops what the new type does not have and the writer has not changed.
    static Struct withoutOld(Struct before, Struct spec) {
        Struct s = spec;
        if (balanced(before) && !balanced(s)) {
            s = unlessChanged(before, unlessChanged(before, s, NODE_PORTS), CLASS);
        }
        s = accessible(before) && !accessible(s) ? unlessChanged(before, s, POLICY) : s;
        return needsCheckPort(before) && !needsCheckPort(s) ? unlessChanged(before, s, CHECK_PORT) : s;
    }

    private static Struct unlessChanged(Struct before, Struct spec, String field) {
        return Objects.equals(before.get(field), spec.get(field)) ? spec.without(field) : spec;
    }

    static void check(boolean update, Struct before, Struct spec, Problems p) {
        affinity(spec, p);
        if (spec.has(DISTRIBUTION) && !DISTRIBUTIONS.contains(spec.text(DISTRIBUTION))
                && !spec.text(DISTRIBUTION).equals(before.get(DISTRIBUTION))) {
            p.at(DISTRIBUTION).unsupported(spec.text(DISTRIBUTION), DISTRIBUTIONS);
        }
        outside(spec, p);
        if (spec.has(NODE_PORTS) && !balanced(spec)) {
            p.at(NODE_PORTS).forbidden(ServiceRules.ONLY_BALANCER);
        }
        if (update) {
            fixed(before, spec, p);
        }
        balancer(spec, p);
    }

    private static void affinity(Struct spec, Problems p) {
        long seconds = spec.struct("sessionAffinityConfig").struct("clientIP").whole("timeoutSeconds", 0);
        if (spec.text("sessionAffinity").equals("ClientIP") && (seconds <= 0 || seconds > LONGEST_AFFINITY)) {
            p.at("sessionAffinityConfig.clientIP.timeoutSeconds").invalid(seconds,
                    "must be greater than 0 and less than " + LONGEST_AFFINITY);
        }
    }

    private static void outside(Struct spec, Problems p) {
        if (!accessible(spec) && !spec.text(POLICY).isEmpty()) {
            p.at(POLICY).invalid(spec.text(POLICY), "may only be set for externally-accessible services");
        }
        long port = spec.whole(CHECK_PORT, 0);
        if (port != 0 && !needsCheckPort(spec)) {
            p.at(CHECK_PORT).invalid(port, "may only be set when `type` is 'LoadBalancer' and "
                    + "`externalTrafficPolicy` is 'Local'");
        } else if (port != 0) {
            p.at(CHECK_PORT).invalid(port, Names.portNumber(port));
        }
    }

    private static void fixed(Struct before, Struct spec, Problems p) {
        if (balanced(before) && balanced(spec) && !Objects.equals(before.get(CLASS), spec.get(CLASS))) {
            p.at(CLASS).invalid(spec.get(CLASS), "may not change once set");
        }
        long port = spec.whole(CHECK_PORT, 0);
        if (needsCheckPort(before) && needsCheckPort(spec) && port != before.whole(CHECK_PORT, 0)) {
            p.at(CHECK_PORT).forbidden("field is immutable");
        }
    }

    private static void balancer(Struct spec, Problems p) {
        if (!spec.has(CLASS)) {
            return;
        }
        if (!balanced(spec)) {
            p.at(CLASS).forbidden(ServiceRules.ONLY_BALANCER);
        }
        p.at(CLASS).invalid(spec.text(CLASS), Names.qualified(spec.text(CLASS)));
    }
}
