package io.k3j.resourcesbuiltin;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Gvk;
import io.k3j.model.Names;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Ingresses, network policies, endpoint slices, address ranges.
final class NetworkRules {
    private NetworkRules() {
    }

    static void into(Map<String, Rules> map) {
        map.put("Ingress", new Ingresses());
        map.put("IngressClass", new IngressClasses());
        map.put("NetworkPolicy", new Policies());
        map.put("EndpointSlice", new Slices());
        map.put("IPAddress", new IpAddresses());
        map.put("ServiceCIDR", new Ranges());
    }

    private static final class Ingresses implements Rules {
        @Override
        public void check(Write write, Struct o, Problems problems) {
            Struct spec = o.struct("spec");
            Problems p = problems.at("spec");
            if (write.of("status")) {
                return;
            }
            if (spec.seq("rules").isEmpty() && !spec.has("defaultBackend")) {
                p.invalid(spec.seq("rules"), "either `defaultBackend` or `rules` must be specified");
            }
            if (spec.has("defaultBackend")) {
                backend(spec.struct("defaultBackend"), p.at("defaultBackend"));
            }
            Seq rules = spec.seq("rules");
            for (int i = 0; i < rules.size(); i++) {
                rule(rules.struct(i), p.at("rules", i));
            }
        }

        private static void rule(Struct rule, Problems p) {
            String host = rule.text("host");
            if (Addresses.isIp(host)) {
                p.at("host").invalid(host, "must be a DNS name, not an IP address");
            } else if (!host.isEmpty()) {
                p.at("host").invalid(host, Names.subdomain(host.startsWith("*.") ? host.substring(2) : host));
            }
            Seq paths = rule.struct("http").seq("paths");
            if (rule.has("http") && paths.isEmpty()) {
                p.at("http").at("paths").required("");
            }
            for (int i = 0; i < paths.size(); i++) {
                path(paths.struct(i), p.at("http").at("paths", i));
            }
        }

        private static void path(Struct path, Problems p) {
            String type = path.text("pathType");
            if (type.isEmpty()) {
                p.at("pathType").required("pathType must be specified");
            } else {
                p.oneOf(path, "pathType", List.of("Exact", "ImplementationSpecific", "Prefix"));
            }
            boolean must = type.equals("Exact") || type.equals("Prefix");
            if (must && !path.text("path").startsWith("/")) {
                p.at("path").invalid(path.text("path"), "must be an absolute path");
            }
            backend(path.struct("backend"), p.at("backend"));
        }

        private static void backend(Struct backend, Problems p) {
            boolean service = backend.has("service");
            if (service && backend.has("resource")) {
                p.invalid("", "cannot set both resource and service backends");
            } else if (service) {
                Struct s = backend.struct("service");
                p.at("service").present(s, "name");
                boolean named = !s.struct("port").text("name").isEmpty();
                long number = s.struct("port").whole("number", 0);
                if (named && number != 0) {
                    p.invalid("", "cannot set both port name & port number");
                } else if (!named && number == 0) {
                    p.required("port name or number is required");
                }
            } else if (!backend.has("resource")) {
                p.required("resource or service backend is required");
            }
        }
    }

    private static final class IngressClasses implements Rules {
        @Override
        public Struct defaulted(Gvk kind, Struct o) {
            return Fill.inside(o, "spec", s -> Fill.inside(s, "parameters", p -> Fill.in(p, "scope", "Cluster")));
        }

        @Override
        public void check(Write write, Struct o, Problems p) {
            p.at("spec").present(o.struct("spec"), "controller");
            if (write.operation() == Operation.UPDATE) {
                p.at("spec").immutable(write.before().orElse(Struct.EMPTY).struct("spec"), o.struct("spec"),
                        "controller");
            }
        }
    }

    private static final class Policies implements Rules {
        @Override
        public Struct defaulted(Gvk kind, Struct o) {
            return Fill.inside(o, "spec", Policies::spec);
        }

        private static Struct spec(Struct spec) {
            Struct s = Fill.each(spec, "ingress", r -> Fill.each(r, "ports", p -> Fill.in(p, "protocol", "TCP")));
            s = Fill.each(s, "egress", r -> Fill.each(r, "ports", p -> Fill.in(p, "protocol", "TCP")));
            if (!s.seq("policyTypes").isEmpty()) {
                return s;
            }
            List<String> types = new ArrayList<>(List.of("Ingress"));
            if (!s.seq("egress").isEmpty()) {
                types.add("Egress");
            }
            return s.with("policyTypes", types);
        }

        @Override
        public void check(Write write, Struct o, Problems problems) {
            Struct spec = o.struct("spec");
            Problems p = problems.at("spec");
            PodProblems.selector(spec.struct("podSelector"), p.at("podSelector"));
            for (String way : List.of("ingress", "egress")) {
                String peers = way.equals("ingress") ? "from" : "to";
                for (int i = 0; i < spec.seq(way).size(); i++) {
                    Seq all = spec.seq(way).struct(i).seq(peers);
                    for (int j = 0; j < all.size(); j++) {
                        peer(all.struct(j), p.at(way, i).at(peers, j));
                    }
                }
            }
            Seq types = spec.seq("policyTypes");
            for (int i = 0; i < types.size(); i++) {
                p.oneOf(Struct.of("policyTypes[" + i + "]", types.text(i)), "policyTypes[" + i + "]",
                        List.of("Egress", "Ingress"));
            }
        }

        private static void peer(Struct peer, Problems p) {
            boolean selects = peer.has("podSelector") || peer.has("namespaceSelector");
            if (!selects && !peer.has("ipBlock")) {
                p.required("must specify a peer");
            } else if (selects && peer.has("ipBlock")) {
                p.forbidden("may not specify both ipBlock and another peer");
            } else if (peer.has("ipBlock")) {
                String cidr = peer.struct("ipBlock").text("cidr");
                if (p.at("ipBlock").present(peer.struct("ipBlock"), "cidr") && !Addresses.isPrefix(cidr)) {
                    p.at("ipBlock").at("cidr").invalid(cidr, Addresses.MUST_BE_PREFIX);
                }
            }
        }
    }

    private static final class Slices implements Rules {
        private static final int MOST = 1000;

        @Override
        public Struct defaulted(Gvk kind, Struct o) {
            return Fill.each(o, "ports", p -> {
                Struct named = p.has("name") ? p : p.with("name", "");
                return Fill.in(named, "protocol", "TCP");
            });
        }

        @Override
        public void check(Write write, Struct o, Problems p) {
            p.requiredOneOf(o, "addressType", List.of("FQDN", "IPv4", "IPv6"));
            Seq endpoints = o.seq("endpoints");
            if (endpoints.size() > MOST) {
                p.add(FieldProblem.tooMany("endpoints", endpoints.size(), MOST));
            }
            for (int i = 0; i < endpoints.size(); i++) {
                if (endpoints.struct(i).seq("addresses").isEmpty()) {
                    p.at("endpoints", i).at("addresses").required("must contain at least 1 address");
                }
                addresses(o, endpoints.struct(i).seq("addresses"), p.at("endpoints", i));
            }
            if (write.operation() == Operation.UPDATE) {
                p.immutable(write.before().orElse(Struct.EMPTY), o, "addressType");
            }
        }

        private static void addresses(Struct o, Seq addresses, Problems p) {
            for (int i = 0; i < addresses.size(); i++) {
                String ip = addresses.text(i);
                String type = o.text("addressType");
                boolean v6 = type.equals("IPv6");
                if (!v6 && !type.equals("IPv4")) {
                    continue;
                }
                if (v6 ? !Addresses.isIpv6(ip) : !Addresses.isIpv4(ip)) {
                    p.at("addresses", i).invalid(ip, v6 ? "must be a valid IPv6 address"
                            : "must be a valid IPv4 address");
                } else if (!Addresses.special(o.struct("metadata"), ip).isEmpty()) {
                    p.at("addresses", i).invalid(ip, Addresses.special(o.struct("metadata"), ip));
                }
            }
        }
    }

    private static final class IpAddresses implements Rules {
        @Override
        public List<String> name(String name) {
            return Addresses.isIp(name) ? List.of() : List.of(Addresses.MUST_BE_IP);
        }
    }

    private static final class Ranges implements Rules {
        @Override
        public void check(Write write, Struct o, Problems p) {
            Seq cidrs = o.struct("spec").seq("cidrs");
            if (cidrs.isEmpty()) {
                p.at("spec").at("cidrs").required("at least one CIDR required");
            }
            for (int i = 0; i < cidrs.size(); i++) {
                if (!Addresses.isPrefix(cidrs.text(i))) {
                    p.at("spec").at("cidrs", i).invalid(cidrs.text(i), Addresses.MUST_BE_PREFIX);
                }
            }
        }
    }
}
