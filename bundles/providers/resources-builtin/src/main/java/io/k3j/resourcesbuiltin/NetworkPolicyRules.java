package io.k3j.resourcesbuiltin;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.componenthelpers.Cidr;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Addresses;
import io.k3j.validation.LabelSelectorRules;
import io.k3j.validation.Problems;
import java.util.ArrayList;
import java.util.List;

/// Rules of NetworkPolicies: upstream's `ValidateNetworkPolicySpec` with its messages. See
/// <https://kubernetes.io/docs/concepts/services-networking/network-policies/>.
///
/// @param enforced whether this cluster enforces them; if not, who writes one is told
record NetworkPolicyRules(boolean enforced) implements KindRules {
    private static final int MOST_TYPES = 2;

    @Override
    public List<String> warnings(Write write, Struct o) {
        boolean written = write.operation() == Operation.CREATE || write.operation() == Operation.UPDATE;
        return enforced || !written || !write.subresource().isEmpty() ? List.of()
                : List.of("NetworkPolicy is stored and not enforced: this cluster runs with"
                        + " --disable-network-policy, no traffic is blocked by it unless the pod network does");
    }

    @Override
    public Struct defaulted(Gvk kind, Struct o) {
        return Fill.inside(o, "spec", NetworkPolicyRules::spec);
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
        LabelSelectorRules.check(spec.struct("podSelector"), p.at("podSelector"));
        rules(spec, "ingress", "from", p);
        rules(spec, "egress", "to", p);
        Seq types = spec.seq("policyTypes");
        if (types.size() > MOST_TYPES) {
            p.at("policyTypes").invalid(types, "may not specify more than two policyTypes");
            return;
        }
        for (int i = 0; i < types.size(); i++) {
            String field = "policyTypes[" + i + "]";
            p.oneOf(Struct.of(field, types.text(i)), field, List.of("Ingress", "Egress"));
        }
    }

    private static void rules(Struct spec, String way, String peers, Problems p) {
        for (int i = 0; i < spec.seq(way).size(); i++) {
            Seq ports = spec.seq(way).struct(i).seq("ports");
            for (int j = 0; j < ports.size(); j++) {
                port(ports.struct(j), p.at(way, i).at("ports", j));
            }
            Seq all = spec.seq(way).struct(i).seq(peers);
            for (int j = 0; j < all.size(); j++) {
                peer(all.struct(j), p.at(way, i).at(peers, j));
            }
        }
    }

    private static void port(Struct port, Problems p) {
        p.oneOf(port, "protocol", List.of("TCP", "UDP", "SCTP"));
        Object value = port.get("port");
        if (value instanceof String name) {
            without(port, "non-numeric", p);
            p.at("port").invalid(name, Names.portName(name));
        } else if (value == null) {
            without(port, "not specified", p);
        } else {
            p.at("port").invalid(value, Names.portNumber(port.whole("port", 0)));
            range(port, p.at("endPort"));
        }
    }

    private static void without(Struct port, String what, Problems p) {
        if (port.has("endPort")) {
            p.at("endPort").invalid(port.get("endPort"), "may not be specified when `port` is " + what);
        }
    }

    private static void range(Struct port, Problems p) {
        if (!port.has("endPort")) {
            return;
        }
        long last = port.whole("endPort", 0);
        if (last < port.whole("port", 0)) {
            p.invalid(port.get("port"), "must be greater than or equal to `port`");
        }
        p.invalid(last, Names.portNumber(last));
    }

    private static void peer(Struct peer, Problems p) {
        LabelSelectorRules.check(peer.struct("podSelector"), p.at("podSelector"));
        LabelSelectorRules.check(peer.struct("namespaceSelector"), p.at("namespaceSelector"));
        boolean selects = peer.has("podSelector") || peer.has("namespaceSelector");
        if (peer.has("ipBlock")) {
            block(peer.struct("ipBlock"), p.at("ipBlock"));
        }
        if (!selects && !peer.has("ipBlock")) {
            p.required("must specify a peer");
        } else if (selects && peer.has("ipBlock")) {
            p.forbidden("may not specify both ipBlock and another peer");
        }
    }

    private static void block(Struct block, Problems p) {
        String cidr = block.text("cidr");
        if (!p.present(block, "cidr")) {
            return;
        }
        if (!Addresses.isPrefix(cidr)) {
            p.at("cidr").invalid(cidr, Addresses.MUST_BE_PREFIX);
            return;
        }
        Cidr whole = Cidr.parse(cidr);
        Seq except = block.seq("except");
        for (int i = 0; i < except.size(); i++) {
            String part = except.text(i);
            if (!Addresses.isPrefix(part)) {
                p.at("except", i).invalid(part, Addresses.MUST_BE_PREFIX);
            } else if (!whole.contains(Cidr.parse(part)) || whole.bits() == Cidr.parse(part).bits()) {
                p.at("except", i).invalid(part, "must be a strict subset of `cidr`");
            }
        }
    }
}
