package io.k3j.networkpolicy;

import io.k3j.model.Key;
import io.k3j.netpolicy.AddressRanges;
import io.k3j.netpolicy.Direction;
import io.k3j.netpolicy.Isolation;
import io.k3j.netpolicy.PolicyPeer;
import io.k3j.netpolicy.PolicyPod;
import io.k3j.netpolicy.PolicyPort;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Renders an isolation. Pure.
///
/// ```
/// i-HASH ─► who may reach every port: @p… (pods), @b… (networks) ─► return
///        ─► egress to ports with names: @n…
///        ─► tcp dport, udp dport, sctp dport: verdict map ─► i-HASH-1 … who may reach those ports ─► return
///        ─► counted, rejected
/// ```
///
/// Names come first: a part of the verdict map ends with the refusal.
///
/// How long a packet's way is depends on how many different peers there are at its port, [#MOST_APART] at most; more
/// are merged into one set. It does not depend on the number of policies, unless their ranges of ports overlap so often
/// that [PortGrants] does not cut them.
final class IsolationRules {
    /// More peers than these share a set, and more policies than these share a counter.
    static final int MOST_APART = 4;
    /// Who begins a connection hears at once; the kernel sends ICMP errors at a limited rate only. Anything else of a
    /// connection, as what goes on after the kernel has forgotten it, must not end it.
    private static final String SYN = "tcp flags & (fin | syn | rst | ack) == syn ct status & dnat == 0 ";
    /// Beyond so many policies of one pod what passes is counted for all of them together.
    private static final int MOST_COUNTED = 64;
    private static final Key MERGED = new Key("*", "*");
    private final Isolation isolation;
    private final Surroundings surroundings;
    private final Families families;
    private final String address;
    private final String initial;
    private final Map<String, List<MemberSet.Source>> members = new LinkedHashMap<>();
    private final Map<String, List<String>> blocks = new LinkedHashMap<>();
    private final Map<String, PolicyChains.Counted> counters = new LinkedHashMap<>();
    private final List<List<String>> parts = new ArrayList<>();

    private IsolationRules(Isolation isolation, Surroundings surroundings) {
        this.isolation = isolation;
        this.surroundings = surroundings;
        this.families = surroundings.families();
        boolean in = isolation.direction() == Direction.INGRESS;
        this.address = in ? "saddr" : "daddr";
        this.initial = in ? "i" : "e";
    }

    static PolicyChains of(Isolation isolation, Surroundings surroundings) {
        return new IsolationRules(isolation, surroundings).rules();
    }

    /// Whom a rule counts for: each policy would have chains of its own at its ports, so many share.
    private Key counting(Isolation.Allowance a) {
        return isolation.policies().size() <= MOST_COUNTED ? a.policy() : MERGED;
    }

    private PolicyChains rules() {
        Grant anyPort = new Grant();
        PortGrants ports = new PortGrants();
        SortedMap<MemberSet.Source, SortedSet<Key>> named = new TreeMap<>();
        for (Isolation.Allowance a : isolation.allowed()) {
            if (a.traffic().anyPort()) {
                anyPort.add(a.traffic(), counting(a));
            }
            for (PolicyPort port : a.traffic().ports()) {
                if (port.named()) {
                    peers(a).forEach(p -> named
                            .computeIfAbsent(MemberSet.Source.of(p, port), s -> new TreeSet<>()).add(counting(a)));
                } else {
                    ports.add(port, a.traffic(), counting(a));
                }
            }
        }
        List<String> main = new ArrayList<>(passing(anyPort, ""));
        main.addAll(named(named));
        ports.byProtocol().forEach((protocol, ranges) -> main.addAll(ranges.apart()
                ? dispatch(protocol, ranges.byGrant()) : oneByOne(protocol, ranges.byGrant())));
        List<String> refusal = List.of(counted(isolation.policies(), false) + SYN + "reject with tcp reset", "reject");
        main.addAll(refusal);
        parts.forEach(p -> p.addAll(refusal));
        return assembled(main);
    }

    private static Collection<PolicyPeer> peers(Isolation.Allowance a) {
        return a.traffic().anyPeer() ? List.of(PolicyPeer.Pods.ALL) : a.traffic().peers();
    }

    /// `tcp dport vmap { 80 : goto #1, 100-200 : goto #2 }`, or where that is all the rules themselves: each chain
    /// costs whoever changes the table.
    private List<String> dispatch(String protocol, Map<Grant, List<String>> byGrant) {
        List<String> entries = new ArrayList<>();
        for (Map.Entry<Grant, List<String>> e : byGrant.entrySet()) {
            List<String> passing = passing(e.getKey(), protocol);
            if (byGrant.size() == 1 && e.getValue().size() == 1 && passing.size() <= MOST_APART) {
                return passing.stream().map(r -> protocol + " dport " + e.getValue().getFirst() + " " + r).toList();
            }
            parts.add(new ArrayList<>(passing));
            e.getValue().forEach(r -> entries.add(r + " : goto #" + parts.size()));
        }
        return List.of(protocol + " dport vmap { " + String.join(", ", entries) + " }");
    }

    /// Ranges that overlap are looked at one after the other.
    private List<String> oneByOne(String protocol, Map<Grant, List<String>> byGrant) {
        List<String> rules = new ArrayList<>();
        byGrant.forEach((grant, ranges) -> passing(grant, protocol).forEach(r -> rules
                .add(protocol + " dport { " + String.join(", ", ranges) + " } " + r)));
        parts.add(rules);
        return List.of("meta l4proto " + protocol + " goto #" + parts.size());
    }

    /// One rule for each kind of peer.
    ///
    /// @param protocol the only one that comes here; empty: any
    private List<String> passing(Grant grant, String protocol) {
        AddressRanges block = grant.block();
        if (block.equals(Grant.EVERYBODY)) {
            return List.of(counted(grant.blockPolicies(), true) + "return");
        }
        List<String> rules = new ArrayList<>();
        for (boolean six : families.all()) {
            block(block.of(six).stream().map(AddressRanges.Range::toString).toList(), six).forEach(range -> rules
                    .add((six ? "ip6 " : "ip ") + address + " " + range + " " + counted(grant.blockPolicies(), true)
                            + "return"));
        }
        merged(grant.pods()).forEach((sources, by) -> {
            String id = set("p", sources);
            for (boolean six : families.all()) {
                rules.add((six ? "ip6 " : "ip ") + address + (six ? " @p6-" : " @p4-") + id + " " + counted(by, true)
                        + "return");
            }
        });
        if (isolation.direction() == Direction.EGRESS) {
            rules.addAll(standIns(grant.pods(), protocol));
        }
        return rules;
    }

    /// What a rule compares an address with: few ranges themselves, since each set costs whoever changes the table.
    private List<String> block(List<String> ranges, boolean six) {
        if (ranges.size() <= MOST_APART) {
            return ranges;
        }
        String name = (six ? "b6-" : "b4-") + ContentName.of(String.join(",", ranges));
        blocks.put(name, ranges);
        return List.of("@" + name);
    }

    /// Stand-ins are in no set of pods: their addresses are the node's, which has other ports as well.
    private List<String> standIns(SortedMap<MemberSet.Source, SortedSet<Key>> pods, String protocol) {
        List<String> rules = new ArrayList<>();
        for (PolicyPod one : surroundings.standIns()) {
            SortedSet<Key> by = new TreeSet<>();
            pods.forEach((source, its) -> {
                if (source.peer() instanceof PolicyPeer.Pods p && p.selects(one, surroundings.labels())) {
                    by.addAll(its);
                }
            });
            if (!by.isEmpty()) {
                List<PolicyPod.Port> ports = one.ports().stream()
                        .filter(p -> protocol.isEmpty() || protocol.equals(p.protocol())).toList();
                one.addresses().forEach(a -> ports.forEach(p -> rules.add((MemberSet.isIpv6(a) ? "ip6" : "ip")
                        + " daddr " + a + " " + p.protocol() + " dport " + p.number() + " " + counted(by, true)
                        + "return")));
            }
        }
        return rules;
    }

    private List<String> named(SortedMap<MemberSet.Source, SortedSet<Key>> named) {
        List<String> rules = new ArrayList<>();
        for (String protocol : List.of("tcp", "udp", "sctp")) {
            SortedMap<MemberSet.Source, SortedSet<Key>> its = new TreeMap<>(named);
            its.keySet().removeIf(s -> s.port().map(PolicyPort::protocol).filter(protocol::equals).isEmpty());
            merged(its).forEach((sources, by) -> {
                String id = set("n", sources);
                rules.addAll(lookups(protocol, id, by));
            });
        }
        return rules;
    }

    /// Asks a set of addresses with ports.
    private List<String> lookups(String protocols, String id, Collection<Key> by) {
        return families.all().stream().map(six -> "meta l4proto " + protocols + (six ? " ip6 " : " ip ")
                + "daddr . th dport @n" + (six ? "6-" : "4-") + id + " " + counted(by, true) + "return").toList();
    }

    /// Each source alone while there are few, else all in one.
    private static Map<List<MemberSet.Source>, SortedSet<Key>> merged(
            SortedMap<MemberSet.Source, SortedSet<Key>> sources) {
        Map<List<MemberSet.Source>, SortedSet<Key>> all = new LinkedHashMap<>();
        if (sources.size() <= MOST_APART) {
            sources.forEach((source, by) -> all.put(List.of(source), by));
        } else {
            SortedSet<Key> together = new TreeSet<>();
            sources.values().forEach(together::addAll);
            all.put(List.copyOf(sources.keySet()), together);
        }
        return all;
    }

    private String set(String sort, List<MemberSet.Source> sources) {
        String id = ContentName.of(String.join("\n", sources.stream().map(MemberSet.Source::text).toList()));
        members.put(sort + id, sources);
        return id;
    }

    /// The statements that count for these policies.
    private String counted(Collection<Key> policies, boolean passed) {
        Collection<Key> named = policies.size() <= MOST_APART ? policies : List.of(MERGED);
        StringBuilder text = new StringBuilder();
        for (Key policy : named) {
            String name = initial + (passed ? "a-" : "d-") + (policy.equals(MERGED) ? "merged"
                    : ContentName.of(policy.toString()));
            counters.put(name, new PolicyChains.Counted(policy, isolation.direction(), passed));
            text.append("counter name \"").append(name).append("\" ");
        }
        return text.toString();
    }

    private PolicyChains assembled(List<String> main) {
        StringBuilder content = new StringBuilder(String.join("\n", main));
        parts.forEach(p -> content.append("\n--\n").append(String.join("\n", p)));
        String name = initial + "-" + ContentName.of(content.toString());
        Map<String, List<String>> chains = new LinkedHashMap<>();
        for (int i = 0; i < parts.size(); i++) {
            chains.put(name + "-" + (i + 1), List.copyOf(parts.get(i)));
        }
        chains.put(name, main.stream().map(r -> r.replace("goto #", "goto " + name + "-")).toList());
        return new PolicyChains(name, chains, members, blocks, counters);
    }
}
