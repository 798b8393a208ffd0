package io.k3j.resourcesbuiltin;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Addresses;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.Map;

/// The rules of the kinds of networking, and those of EndpointSlices and IPAddresses themselves.
final class NetworkRules {
    private NetworkRules() {
    }

    /// @param policies whether this cluster enforces NetworkPolicies
    static void into(Map<String, KindRules> map, boolean policies) {
        map.put("Ingress", new IngressRules());
        map.put("IngressClass", new IngressClassRules());
        map.put("NetworkPolicy", new NetworkPolicyRules(policies));
        map.put("EndpointSlice", new Slices());
        map.put("IPAddress", new IpAddresses());
        map.put("ServiceCIDR", new ServiceCidrRules());
    }

    private static final class Slices implements KindRules {
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

    private static final class IpAddresses implements KindRules {
        @Override
        public List<String> name(String name) {
            return Addresses.isIp(name) ? List.of() : List.of(Addresses.MUST_BE_IP);
        }

        @Override
        public void check(Write write, Struct o, Problems p) {
            if (write.operation() == Operation.UPDATE) {
                p.at("spec").immutable(write.before().orElse(Struct.EMPTY).struct("spec"), o.struct("spec"),
                        "parentRef");
            } else {
                parent(o.struct("spec").struct("parentRef"), p.at("spec.parentRef"));
            }
        }

        /// Upstream's `validateIPAddressParentReference`, but for what is required.
        private static void parent(Struct parent, Problems p) {
            if (!parent.text("group").isEmpty()) {
                p.at("group").invalid(parent.text("group"), Names.subdomain(parent.text("group")));
            }
            for (String field : List.of("resource", "name", "namespace")) {
                p.at(field).invalid(parent.text(field), Names.pathSegment(parent.text(field)));
            }
        }
    }
}
