package io.k3j.corerules;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.corevalidation.AddressProblems;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Addresses;
import io.k3j.validation.MetadataRules;
import io.k3j.validation.Problems;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// Rules of EndpointSlices: upstream's `ValidateEndpointSlice`. Endpoints that stay are not looked at.
final class SliceRules implements KindRules {
    private static final String TYPE = "addressType";
    private static final String ENDPOINTS = "endpoints";
    private static final String ADDRESSES = "addresses";
    private static final String TOPOLOGY = "deprecatedTopology";
    private static final int MOST_ENDPOINTS = 1000;
    private static final int MOST_ADDRESSES = 100;
    private static final int MOST_PORTS = 20_000;
    private static final int MOST_LABELS = 16;
    private static final int MOST_HINTS = 8;
    private static final Set<String> CONTROLLERS = Set.of("endpointslice-controller.k8s.io",
            "endpointslicemirroring-controller.k8s.io");

    @Override
    public Struct defaulted(Gvk kind, Struct o) {
        return Fill.each(o, "ports", p -> {
            Struct named = p.has("name") ? p : p.with("name", "");
            return Fill.in(named, "protocol", "TCP");
        });
    }

    /// Nobody of today's version has a say in the topology of before. Other labels are another generation, since they
    /// say whose endpoints these are.
    @Override
    public Struct prepared(Write write, Struct o) {
        boolean update = write.operation() == Operation.UPDATE;
        Struct before = write.before().orElse(Struct.EMPTY);
        Struct without = Fill.each(o, ENDPOINTS, e -> e.without(TOPOLOGY));
        boolean keeps = without == o || update && before.seq(ENDPOINTS).equals(o.seq(ENDPOINTS));
        Struct slice = keeps ? o : without;
        return !update || labels(before).equals(labels(o)) ? slice
                : slice.withAt(before.struct("metadata").whole("generation", 0) + 1, "metadata", "generation");
    }

    private static Struct labels(Struct o) {
        return o.struct("metadata").struct("labels");
    }

    @Override
    public void check(Write write, Struct o, Problems p) {
        p.requiredOneOf(o, TYPE, List.of("FQDN", "IPv4", "IPv6"));
        ports(o.seq("ports"), p);
        Seq endpoints = o.seq(ENDPOINTS);
        Struct before = write.before().orElse(Struct.EMPTY);
        boolean same = !endpoints.isEmpty() && before.seq(ENDPOINTS).equals(endpoints);
        if (endpoints.size() > MOST_ENDPOINTS && !same) {
            p.at(ENDPOINTS).tooMany(endpoints.size(), MOST_ENDPOINTS);
        } else if (!same) {
            for (int i = 0; i < endpoints.size(); i++) {
                endpoint(o, endpoints.struct(i), p.at(ENDPOINTS, i));
            }
        }
        if (write.operation() == Operation.UPDATE) {
            p.immutable(before, o, TYPE);
        }
    }

    private static void endpoint(Struct o, Struct endpoint, Problems p) {
        Seq addresses = endpoint.seq(ADDRESSES);
        if (addresses.isEmpty()) {
            p.at(ADDRESSES).required("must contain at least 1 address");
        } else if (addresses.size() > MOST_ADDRESSES) {
            p.at(ADDRESSES).tooMany(addresses.size(), MOST_ADDRESSES);
        }
        String type = o.text(TYPE);
        for (int i = 0; i < addresses.size(); i++) {
            if (type.equals("FQDN")) {
                domain(addresses.text(i), p.at(ADDRESSES, i));
            } else if (type.equals("IPv4") || type.equals("IPv6")) {
                address(o.struct("metadata"), type, addresses.text(i), p, i);
            }
        }
        if (endpoint.struct(TOPOLOGY).size() > MOST_LABELS) {
            p.at(TOPOLOGY).tooMany(endpoint.struct(TOPOLOGY).size(), MOST_LABELS);
        }
        MetadataRules.labels(endpoint.struct(TOPOLOGY), p.at(TOPOLOGY));
        EndpointAddresses.names(endpoint, p);
        hints(endpoint.struct("hints"), p.at("hints"));
    }

    /// An address of the other family is told of at the list, as upstream does.
    private static void address(Struct metadata, String type, String ip, Problems p, int index) {
        boolean six = type.equals("IPv6");
        List<String> wrong = six ? AddressProblems.ip(ip) : AddressProblems.legacyIp(ip);
        Problems at = p.at(ADDRESSES, index);
        at.invalid(ip, wrong);
        if (wrong.isEmpty()) {
            if (six != Addresses.isIpv6(ip)) {
                p.at(ADDRESSES).invalid(ip, "must be an " + type + " address");
            }
            EndpointAddresses.reachable(metadata, ip, at);
        }
    }

    /// Upstream's `IsFullyQualifiedDomainName`.
    private static void domain(String text, Problems p) {
        if (text.isEmpty()) {
            p.required("");
            return;
        }
        String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        List<String> wrong = Names.subdomain(name);
        if (!wrong.isEmpty()) {
            p.invalid(name, String.join(",", wrong));
        } else if (name.indexOf('.') < 0) {
            p.invalid(name, "should be a domain with at least two segments separated by dots");
        } else {
            List.of(name.split("\\.", -1)).stream().filter(label -> !Names.label(label).isEmpty()).findFirst()
                    .ifPresent(label -> p.invalid(label, String.join(",", Names.label(label))));
        }
    }

    private static void hints(Struct hints, Problems p) {
        if (hints("forZones", hints, Names::labelValue, p)) {
            hints("forNodes", hints, Names::subdomain, p);
        }
    }

    /// @return whether there are not too many
    private static boolean hints(String field, Struct hints, Function<String, List<String>> rule, Problems p) {
        Seq all = hints.seq(field);
        if (all.size() > MOST_HINTS) {
            p.at(field).tooMany(all.size(), MOST_HINTS);
            return false;
        }
        Set<String> known = new HashSet<>();
        for (int i = 0; i < all.size(); i++) {
            String name = all.struct(i).text("name");
            Problems at = p.at(field, i).at("name");
            if (!known.add(name)) {
                at.duplicate(name);
            }
            at.invalid(name, rule.apply(name));
        }
        return true;
    }

    private static void ports(Seq ports, Problems p) {
        if (ports.size() > MOST_PORTS) {
            p.at("ports").tooMany(ports.size(), MOST_PORTS);
            return;
        }
        Set<String> known = new HashSet<>();
        for (int i = 0; i < ports.size(); i++) {
            Struct port = ports.struct(i);
            Problems at = p.at("ports", i);
            String name = port.text("name");
            if (!name.isEmpty()) {
                at.at("name").invalid(name, Names.label(name));
            }
            if (!known.add(name)) {
                at.at("name").duplicate(name);
            }
            at.requiredOneOf(port, "protocol", EndpointAddresses.PROTOCOLS);
            ServicePortProblems.application(port, at);
        }
    }

    /// Those that controllers make have the addresses of pods.
    @Override
    public List<String> warnings(Write write, Struct o) {
        List<String> all = new ArrayList<>();
        if (write.operation() == Operation.CREATE && o.text(TYPE).equals("FQDN")) {
            all.add("spec.addressType: FQDN endpoints are deprecated");
        }
        String by = o.struct("metadata").struct("labels").text("endpointslice.kubernetes.io/managed-by");
        List<Struct> endpoints = CONTROLLERS.contains(by) ? List.of() : o.seq(ENDPOINTS).structs();
        for (int i = 0; i < endpoints.size(); i++) {
            Seq addresses = endpoints.get(i).seq(ADDRESSES);
            for (int a = 0; a < addresses.size(); a++) {
                all.addAll(AddressProblems.ipWarnings("endpoints[" + i + "].addresses[" + a + "]", addresses.text(a)));
            }
        }
        return all;
    }
}
