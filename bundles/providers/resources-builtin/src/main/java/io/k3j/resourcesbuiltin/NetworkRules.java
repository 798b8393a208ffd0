package io.k3j.resourcesbuiltin;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.corevalidation.AddressProblems;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.Map;

/// The rules of the kinds of networking, and those of IPAddresses themselves.
final class NetworkRules {
    private NetworkRules() {
    }

    /// @param policies whether this cluster enforces NetworkPolicies
    static void into(Map<String, KindRules> map, boolean policies) {
        map.put("Ingress", new IngressRules());
        map.put("IngressClass", new IngressClassRules());
        map.put("NetworkPolicy", new NetworkPolicyRules(policies));
        map.put("IPAddress", new IpAddresses());
        map.put("ServiceCIDR", new ServiceCidrRules());
    }

    private static final class IpAddresses implements KindRules {
        @Override
        public List<String> name(String name) {
            return AddressProblems.ip(name);
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
