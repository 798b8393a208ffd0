package io.k3j.networkpolicy;

import io.k3j.componenthelpers.Cidr;
import io.k3j.netfilter.NftTable;
import io.k3j.netpolicy.Direction;
import io.k3j.netpolicy.PodPolicy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/// Makes the kernel's table of a [Picture].
///
/// ```
/// forward ─► answers and known flows pass ─► a pod itself ─► egress ─► ingress
/// input   ─► answers and known flows pass ─► egress
///
/// egress  ─► @egress4, @egress6: a pod's address ─► its chain, or return when it is open
///         ─► another address of this node's range: dropped, nobody has decided yet
/// ingress ─► the same with the receiver's address
/// ```
///
/// What the node itself sends to its pods is not looked at: probes of the kubelet always arrive. For one thread.
final class PolicyTable {
    static final String FAMILY = "inet";
    static final String NAME = "k3s-network-policy";
    static final String UNDECIDED = "undecided";
    private static final String HOOK = "type filter hook %s priority filter; policy accept;";
    private static final String KNOWN = "ct state established,related accept";
    /// Without these a pod would not find its neighbours; they are answered by the kernel, never by a program.
    private static final String NEIGHBOURS = "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert,"
            + " mld-listener-query, mld-listener-report, mld-listener-done, mld2-listener-report } accept";
    private static final String BRIDGE = "iifname \"cni0\" ";
    private static final String TO_BRIDGE = "oifname \"cni0\" ";
    private final ChainCache cache = new ChainCache();
    private final MergedSets merged = new MergedSets();

    /// A table and what its counters count.
    ///
    /// @param applied what became of policies, pod by pod
    /// @param open the policies whose rules are in it; the others let nothing through
    record Made(NftTable table, Map<String, PolicyChains.Counted> counters, List<Applied> applied,
            Predicate<PodPolicy> open) {
        /// All that isolate a pod of this node.
        Set<PodPolicy> policies() {
            return those(pod -> true, policy -> true);
        }

        /// Those of them whose rules are in it.
        Set<PodPolicy> opened() {
            return those(pod -> true, open);
        }

        /// Those of them that have to do with rules which are not there.
        ///
        /// @param there what stands, as `PacketFilter.objects` tells it
        Set<PodPolicy> unlike(Set<String> there) {
            return those(pod -> !there.contains("chain " + pod.chain()), open);
        }

        private Set<PodPolicy> those(Predicate<Applied> pods, Predicate<PodPolicy> policies) {
            Set<PodPolicy> all = new HashSet<>();
            for (Applied pod : applied) {
                for (PodPolicy policy : pods.test(pod) ? pod.selecting() : List.<PodPolicy>of()) {
                    if (policy.rules(pod.direction()).isPresent() && policies.test(policy)) {
                        all.add(policy);
                    }
                }
            }
            return all;
        }
    }

    /// Where packets of a pod go in one direction.
    ///
    /// @param selecting the policies that select the pod, whatever direction they are about
    /// @param chain named by its content
    record Applied(Direction direction, List<PodPolicy> selecting, String chain) {
    }

    /// What stands before anything is known: no new flow enters or leaves a pod.
    static NftTable closed(Collection<String> clusterCidrs) {
        NftTable table = new NftTable(FAMILY, NAME);
        List<String> rules = new ArrayList<>(List.of(KNOWN, NEIGHBOURS));
        for (Cidr cidr : clusterCidrs.stream().map(Cidr::parse).map(Cidr::network).toList()) {
            for (String side : List.of("saddr ", "daddr ")) {
                rules.add((cidr.ipv6() ? "ip6 " : "ip ") + side + cidr + " drop");
            }
        }
        return table.base("forward", HOOK.formatted("forward"), rules.toArray(String[]::new));
    }

    Made of(Picture picture) {
        NftTable table = new NftTable(FAMILY, NAME);
        Verdicts verdicts = new Verdicts();
        Map<String, PolicyChains> chains = new TreeMap<>();
        List<Applied> applied = new ArrayList<>();
        Surroundings surroundings = picture.surroundings();
        picture.locals().forEach((local, addresses) -> {
            for (Direction direction : Direction.values()) {
                Optional<PolicyChains> its = local.chains(direction, cache, surroundings);
                its.ifPresent(c -> {
                    chains.put(c.chain(), c);
                    applied.add(new Applied(direction, local.policies(), c.chain()));
                });
                verdicts.put(direction, addresses, its);
            }
        });
        cache.age();
        Map<String, PolicyChains.Counted> counters = fill(table, picture, chains.values(), surroundings.families());
        frame(table, picture, verdicts);
        return new Made(table, counters, applied, picture.open());
    }

    private Map<String, PolicyChains.Counted> fill(NftTable table, Picture picture, Collection<PolicyChains> all,
            Families families) {
        Map<String, PolicyChains.Counted> counters = new LinkedHashMap<>();
        Set<MemberSet.Source> used = new HashSet<>();
        merged.begin();
        for (PolicyChains c : all) {
            c.chains().forEach(table::chain);
            counters.putAll(c.counters());
            c.blocks().forEach((name, ranges) -> table.set(name, type(name) + "; flags interval;", ranges));
            c.members().forEach((id, sources) -> {
                used.addAll(sources);
                for (boolean six : families.all()) {
                    String name = id.charAt(0) + (six ? "6-" : "4-") + id.substring(1);
                    table.set(name, type(name) + ";", merged.of(name, six, sources, picture));
                }
            });
        }
        merged.end();
        picture.keep(used);
        table.counter(UNDECIDED);
        counters.keySet().forEach(table::counter);
        return counters;
    }

    private static String type(String set) {
        return "type " + (set.charAt(1) == '6' ? "ipv6_addr" : "ipv4_addr")
                + (set.charAt(0) == 'n' ? " . inet_service" : "");
    }

    private static void frame(NftTable table, Picture picture, Verdicts verdicts) {
        List<Cidr> ranges = picture.ranges();
        verdicts.into(table);
        List<String> forward = new ArrayList<>(List.of(KNOWN, NEIGHBOURS));
        List<String> input = new ArrayList<>(List.of(KNOWN, NEIGHBOURS));
        if (verdicts.closes(Direction.INGRESS) || verdicts.closes(Direction.EGRESS)) {
            GROUPS.forEach(rule -> forward.addAll(List.of(BRIDGE + rule, TO_BRIDGE + rule)));
        }
        if (picture.bound() || verdicts.closes(Direction.EGRESS)) {
            List<String> strangers = strangers(ranges);
            forward.addAll(strangers);
            input.addAll(strangers);
        }
        forward.addAll(List.of("ip saddr . ip daddr @self4 accept", "ip6 saddr . ip6 daddr @self6 accept",
                "jump egress", "jump ingress"));
        input.add("jump egress");
        table.chain("egress", judged("egress", "saddr", ranges));
        table.chain("ingress", judged("ingress", "daddr", ranges));
        table.base("forward", HOOK.formatted("forward"), forward.toArray(String[]::new));
        table.base("input", HOOK.formatted("input"), input.toArray(String[]::new));
    }

    /// What reaches several pods at once, or by addresses that no policy knows, passes no pod that is isolated; whether
    /// it would arrive at one is not known here. From and to the pods' bridge only: where the kernel shows bridged
    /// frames to this hook (br_netfilter) it shows those of all bridges, which may be of virtual machines.
    private static final List<String> GROUPS = List.of("meta pkttype { broadcast, multicast } drop",
            "ip daddr { 224.0.0.0/4, 255.255.255.255 } drop", "ip6 daddr { ff00::/8, fe80::/10 } drop",
            "ip6 saddr fe80::/10 drop");

    /// What a pod sends under an address that is not of this node's range could be sent by one that is isolated, or
    /// under the address of a pod of another node, whom policies elsewhere let in: there nobody can tell.
    private static List<String> strangers(List<Cidr> ranges) {
        List<String> rules = new ArrayList<>();
        if (!ranges.isEmpty()) {
            for (boolean six : new boolean[] {false, true}) {
                String own = String.join(", ",
                        ranges.stream().filter(r -> r.ipv6() == six).map(Cidr::toString).toList());
                String from = six ? "ip6 saddr" : "ip saddr";
                rules.add(BRIDGE + (own.isEmpty() ? "meta nfproto " + (six ? "ipv6" : "ipv4")
                        : from + " != { " + own + " }") + " drop");
            }
        }
        return rules;
    }

    private static List<String> judged(String map, String side, List<Cidr> ranges) {
        List<String> rules = new ArrayList<>(List.of("ip " + side + " vmap @" + map + "4",
                "ip6 " + side + " vmap @" + map + "6"));
        ranges.forEach(r -> rules.add((r.ipv6() ? "ip6 " : "ip ") + side + " " + r + " counter name \"" + UNDECIDED
                + "\" drop"));
        return rules;
    }
}
