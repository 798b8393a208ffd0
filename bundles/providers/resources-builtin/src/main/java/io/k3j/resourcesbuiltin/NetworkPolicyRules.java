package io.k3j.resourcesbuiltin;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.componenthelpers.Cidr;
import io.k3j.corevalidation.AddressProblems;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.LabelSelectorRules;
import io.k3j.validation.Problems;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Rules of NetworkPolicies: upstream's `ValidateNetworkPolicySpec` with its messages. See
/// <https://kubernetes.io/docs/concepts/services-networking/network-policies/>.
///
/// @param enforced whether this cluster enforces them; if not, who writes one is told
record NetworkPolicyRules(boolean enforced) implements KindRules {
    private static final int MOST_TYPES = 2;
    private static final String BLOCK = "ipBlock";
    private static final String CIDR = "cidr";
    private static final String EXCEPT = "except";

    /// What an update may leave as it was.
    ///
    /// @param anyValues whether selectors may have values that no label can have
    /// @param networks those that stood anywhere in the policy
    private record Kept(boolean anyValues, Set<String> networks) {
        static Kept of(Struct spec) {
            Problems before = Problems.none();
            LabelSelectorRules.check(spec.struct("podSelector"), before);
            return new Kept(!before.found().isEmpty(), NetworkPolicyRules.networks(spec));
        }
    }

    @Override
    public List<String> warnings(Write write, Struct o) {
        boolean written = write.operation() == Operation.CREATE || write.operation() == Operation.UPDATE;
        if (!written || !write.subresource().isEmpty()) {
            return List.of();
        }
        List<String> all = new ArrayList<>();
        if (!enforced) {
            all.add("NetworkPolicy is stored and not enforced: this cluster runs with --disable-network-policy, no"
                    + " traffic is blocked by it unless the pod network does");
        }
        blocks(o.struct("spec"), NetworkPolicyRules::spelling, all);
        return all;
    }

    /// What is done with an `ipBlock` at a place.
    private interface Look {
        void at(Struct block, Problems p, Collection<String> to);
    }

    private static void blocks(Struct spec, Look look, Collection<String> to) {
        for (String way : List.of("ingress", "egress")) {
            String peers = way.equals("ingress") ? "from" : "to";
            Seq rules = spec.seq(way);
            for (int i = 0; i < rules.size(); i++) {
                Problems p = Problems.none().at("spec").at(way, i);
                Seq all = rules.struct(i).seq(peers);
                for (int j = 0; j < all.size(); j++) {
                    if (all.struct(j).has(BLOCK)) {
                        look.at(all.struct(j).struct(BLOCK), p.at(peers, j).at(BLOCK), to);
                    }
                }
            }
        }
    }

    private static void spelling(Struct block, Problems p, Collection<String> to) {
        to.addAll(AddressProblems.cidrWarnings(p.at(CIDR).path(), block.text(CIDR)));
        List<String> except = block.seq(EXCEPT).texts();
        for (int i = 0; i < except.size(); i++) {
            to.addAll(AddressProblems.cidrWarnings(p.at(EXCEPT, i).path(), except.get(i)));
        }
    }

    /// All networks of a policy, which may stay as they are wherever they stand then.
    private static Set<String> networks(Struct spec) {
        Set<String> all = new HashSet<>();
        blocks(spec, (block, _, to) -> {
            to.add(block.text(CIDR));
            to.addAll(block.seq(EXCEPT).texts());
        }, all);
        return all;
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
        Kept kept = Kept.of(write.before().orElse(Struct.EMPTY).struct("spec"));
        LabelSelectorRules.check(spec.struct("podSelector"), kept.anyValues, p.at("podSelector"));
        rules(spec, "ingress", "from", kept, p);
        rules(spec, "egress", "to", kept, p);
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

    private static void rules(Struct spec, String way, String peers, Kept kept, Problems p) {
        for (int i = 0; i < spec.seq(way).size(); i++) {
            Seq ports = spec.seq(way).struct(i).seq("ports");
            for (int j = 0; j < ports.size(); j++) {
                port(ports.struct(j), p.at(way, i).at("ports", j));
            }
            Seq all = spec.seq(way).struct(i).seq(peers);
            for (int j = 0; j < all.size(); j++) {
                peer(all.struct(j), kept, p.at(way, i).at(peers, j));
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

    private static void peer(Struct peer, Kept kept, Problems p) {
        for (String selector : List.of("podSelector", "namespaceSelector")) {
            LabelSelectorRules.check(peer.struct(selector), kept.anyValues, p.at(selector));
        }
        boolean selects = peer.has("podSelector") || peer.has("namespaceSelector");
        if (peer.has(BLOCK)) {
            block(peer.struct(BLOCK), kept.networks, p.at(BLOCK));
        }
        if (!selects && !peer.has(BLOCK)) {
            p.required("must specify a peer");
        } else if (selects && peer.has(BLOCK)) {
            p.forbidden("may not specify both ipBlock and another peer");
        }
    }

    private static void block(Struct block, Set<String> before, Problems p) {
        String cidr = block.text(CIDR);
        if (!p.present(block, CIDR)) {
            return;
        }
        p.at(CIDR).invalid(cidr, AddressProblems.legacyCidr(cidr, before));
        if (!AddressProblems.isSloppyCidr(cidr)) {
            return;
        }
        Cidr whole = AddressProblems.sloppyCidr(cidr);
        Seq except = block.seq(EXCEPT);
        for (int i = 0; i < except.size(); i++) {
            String part = except.text(i);
            p.at(EXCEPT, i).invalid(part, AddressProblems.legacyCidr(part, before));
            if (AddressProblems.isSloppyCidr(part) && !within(whole, AddressProblems.sloppyCidr(part))) {
                p.at(EXCEPT, i).invalid(part, "must be a strict subset of `cidr`");
            }
        }
    }

    private static boolean within(Cidr whole, Cidr part) {
        return whole.contains(part) && whole.bits() != part.bits();
    }
}
