package io.k3j.corerules;

import io.k3j.apimachinery.Names;
import io.k3j.kindrules.Fill;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The ports of a Service. Pure.
final class ServicePortProblems {
    private static final String NODE_PORT = "nodePort";
    private static final String APPLICATION = "appProtocol";

    private ServicePortProblems() {
    }

    static Struct defaulted(Struct port) {
        Struct p = Fill.in(port, "protocol", "TCP");
        Object target = p.get("targetPort");
        return target == null || "".equals(target) || Long.valueOf(0).equals(target)
                ? p.with("targetPort", p.whole("port", 0)) : p;
    }

    /// @param before the spec as it was; the applications' protocols in it were taken by releases before
    /// @param p the spec
    static void check(Struct before, Struct spec, Problems p) {
        Seq ports = spec.seq("ports");
        boolean optional = ServiceRules.is(spec, ServiceRules.NAME) || ServiceRules.headless(spec);
        if (ports.isEmpty() && !optional) {
            p.at("ports").required("");
        }
        Set<String> known = applications(before.seq("ports"));
        Set<String> used = new HashSet<>();
        Set<String> outside = new HashSet<>();
        p.unique(ports, "ports", "name");
        for (int i = 0; i < ports.size(); i++) {
            Struct port = ports.struct(i);
            Problems at = p.at("ports", i);
            if (ports.size() > 1) {
                at.present(port, "name");
            }
            port(port, at);
            if (!known.contains(port.text(APPLICATION))) {
                application(port, at);
            }
            long node = port.whole(NODE_PORT, 0);
            if (ServiceRules.is(spec, "ClusterIP") && node != 0) {
                at.at(NODE_PORT).forbidden("may not be used when `type` is 'ClusterIP'");
            }
            if (node != 0 && !outside.add(port.text("protocol") + node)) {
                at.at(NODE_PORT).duplicate(node);
            }
            if (!used.add(port.text("protocol") + port.whole("port", 0))) {
                at.duplicate(Struct.of("protocol", port.text("protocol"), "port", port.whole("port", 0)));
            }
        }
    }

    private static void port(Struct port, Problems at) {
        if (!port.text("name").isEmpty()) {
            at.at("name").invalid(port.text("name"), Names.label(port.text("name")));
        }
        at.at("port").invalid(port.whole("port", 0), Names.portNumber(port.whole("port", 0)));
        at.requiredOneOf(port, "protocol", EndpointAddresses.PROTOCOLS);
        target(port.get("targetPort"), at.at("targetPort"));
    }

    private static Set<String> applications(Seq ports) {
        Set<String> all = new HashSet<>();
        ports.structs().stream().filter(port -> port.has(APPLICATION)).forEach(port -> all.add(port.text(APPLICATION)));
        return all;
    }

    private static void target(@Nullable Object target, Problems p) {
        if (target instanceof String name) {
            p.invalid(name, Names.portName(name));
        } else if (target instanceof Long number) {
            p.invalid(number, Names.portNumber(number));
        }
    }

    /// The application's protocol of a port, also of one of endpoints.
    static void application(Struct port, Problems p) {
        if (port.has(APPLICATION)) {
            p.at(APPLICATION).invalid(port.text(APPLICATION), Names.qualified(port.text(APPLICATION)));
        }
    }
}
