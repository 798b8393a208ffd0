package io.k3j.networkpolicy;

import io.k3j.componenthelpers.Cidr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.netpolicy.DnsStandIn;
import io.k3j.netpolicy.PodPolicy;
import io.k3j.netpolicy.PolicyPod;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The cluster as this node's rules need it: pods, Namespaces and policies, changed one by one, each at the cost of
/// what hangs on it. For one thread.
final class Picture {
    /// How many pods the kubelet has told of that the API has not shown yet; the eldest is forgotten beyond.
    static final int MOST_TOLD = 4_096;
    private final String node;
    private final boolean ours;
    private final Map<Key, PolicyPod> pods = new HashMap<>();
    private final Map<Key, Told> told = new LinkedHashMap<>();
    private final Map<String, Set<Key>> podsOf = new HashMap<>();
    private final Map<String, Set<Key>> podsOn = new HashMap<>();
    private final NodePodRanges others = new NodePodRanges();
    private final Map<String, Map<String, String>> namespaces = new HashMap<>();
    private final Map<String, Map<Key, PodPolicy>> policies = new HashMap<>();
    private final Map<Key, LocalPod> locals = new TreeMap<>();
    private final AddressOwners owners = new AddressOwners();
    private final Map<MemberSet.Source, MemberSet> members = new HashMap<>();
    private List<Cidr> ranges = List.of();
    private @Nullable PolicyPod standIn;
    private long order;
    private Predicate<PodPolicy> open = p -> true;

    /// @param ours whether the pod network, when it tells ranges, gives pods addresses of their node's range only, as
    /// this one does unless somebody else's list of CNI plug-ins is used
    Picture(String node, boolean ours) {
        this.node = node;
        this.ours = ours;
    }

    /// Whether a pod has addresses of its node's range only.
    boolean bound() {
        return ours && !ranges.isEmpty();
    }

    /// This node's part of the pod network.
    List<Cidr> ranges() {
        return ranges;
    }

    /// This node's part of the pod network has become known, or is another one.
    void ranges(Collection<String> texts) {
        List<Cidr> now = texts.stream().map(Cidr::parse).map(Cidr::network).toList();
        if (!now.equals(ranges)) {
            ranges = now;
            owners.clear();
            members.clear();
            locals.clear();
            List<PolicyPod> all = List.copyOf(pods.values());
            pods.clear();
            all.forEach(p -> place(p.key(), p));
        }
    }

    /// A pod has come or has changed.
    void pod(Obj now) {
        Told first = told.get(now.key());
        if (first != null && !first.isAbout(now)) {
            if (first.isAfter(now)) {
                return;
            }
            told.remove(now.key());
            first = null;
        }
        Told known = first;
        place(now.key(), PolicyPod.of(now).map(p -> known == null ? p : with(p, known)).orElse(null));
    }

    /// A pod has gone; one that has its name by now is another.
    ///
    /// @param was what the API had of it last
    void gone(Obj was) {
        Told first = told.get(was.key());
        if (first == null || first.isAbout(was)) {
            told.remove(was.key());
            place(was.key(), null);
        }
    }

    private static PolicyPod with(PolicyPod pod, Told told) {
        return new PolicyPod(pod.key(), pod.uid(), pod.node(), pod.labels(), told.addresses(), pod.ports(),
                told.since());
    }

    /// A pod of this node is about to start and has these addresses now, whoever had them before.
    void starting(Obj pod, List<String> addresses) {
        Told now = new Told(pod.uid(), pod.revision(), PolicyPod.canonical(addresses), "~%019d".formatted(order++));
        told.remove(pod.key());
        told.put(pod.key(), now);
        if (told.size() > MOST_TOLD) {
            told.remove(told.keySet().iterator().next());
        }
        PolicyPod known = pods.get(pod.key());
        if (known != null && known.uid().equals(pod.uid())) {
            place(pod.key(), with(known, now));
        } else {
            place(pod.key(), PolicyPod.of(pod).map(p -> with(p, now)).orElse(null));
        }
    }

    /// Addresses that stand for a pod which is none, as those of the DNS in this process.
    void standIn(PolicyPod pod) {
        standIn = pod;
        place(pod.key(), pod);
    }

    /// What all rules depend on.
    Surroundings surroundings() {
        List<PolicyPod> standIns = standIn == null || standIn.addresses().isEmpty() ? List.of() : List.of(standIn);
        return new Surroundings(Families.of(ranges), standIns,
                standIns.isEmpty() ? Map.of() : namespaces.getOrDefault(DnsStandIn.NAMESPACE, Map.of()));
    }

    private void place(Key key, @Nullable PolicyPod now) {
        PolicyPod before = now == null ? pods.remove(key) : pods.put(key, now);
        if (now != null && now.equals(before)) {
            pods.put(key, before);
            return;
        }
        Set<String> touched = new HashSet<>();
        if (before != null) {
            before.addresses().forEach(a -> owners.remove(a, before));
            touched.addAll(before.addresses());
        }
        if (now != null) {
            now.addresses().stream().filter(a -> mayHave(now, a)).forEach(a -> owners.add(a, now));
            touched.addAll(now.addresses());
        }
        list(key, before, now);
        touched.forEach(this::touch);
    }

    private void list(Key key, @Nullable PolicyPod before, @Nullable PolicyPod now) {
        locals.remove(key);
        remove(podsOf, key.namespace(), key);
        if (before != null) {
            remove(podsOn, before.node(), key);
        }
        if (now != null) {
            podsOf.computeIfAbsent(key.namespace(), n -> new HashSet<>()).add(key);
            podsOn.computeIfAbsent(now.node(), n -> new HashSet<>()).add(key);
            if (now.node().equals(node)) {
                locals.put(key,
                        new LocalPod(now, policies.getOrDefault(key.namespace(), Map.of()).values(), open));
            }
        }
    }

    private static void remove(Map<String, Set<Key>> from, String name, Key key) {
        from.computeIfPresent(name, (n, its) -> {
            its.remove(key);
            return its.isEmpty() ? null : its;
        });
    }

    /// Nobody elsewhere has an address of this node's range, or one that is not of its own node's, whatever the status
    /// of a pod says: a node writes that itself.
    private boolean mayHave(PolicyPod pod, String address) {
        if (pod.node().equals(node) || pod.standIn() || ranges.isEmpty()) {
            return true;
        }
        InetAddress literal = InetAddress.ofLiteral(address);
        return ranges.stream().noneMatch(r -> r.contains(literal)) && (!ours || others.has(pod.node(), literal));
    }

    /// A Node has these ranges from now on, none when it has gone.
    void node(String name, List<Cidr> now) {
        if (others.change(name, now)) {
            podsOn.getOrDefault(name, Set.of()).forEach(key -> claim(pods.get(key)));
        }
    }

    private void claim(@Nullable PolicyPod pod) {
        if (pod == null) {
            return;
        }
        for (String address : pod.addresses()) {
            owners.remove(address, pod);
            if (mayHave(pod, address)) {
                owners.add(address, pod);
            }
            touch(address);
        }
    }

    private void touch(String address) {
        PolicyPod owner = owners.of(address).orElse(null);
        Map<String, String> labels = owner == null ? Map.of()
                : namespaces.getOrDefault(owner.key().namespace(), Map.of());
        members.values().forEach(m -> m.owned(address, owner, labels));
    }

    /// A Namespace has come, has changed, or has gone (null).
    void namespace(String name, @Nullable Map<String, String> labels) {
        Map<String, String> before = labels == null ? namespaces.remove(name) : namespaces.put(name, labels);
        if (labels == null ? before == null : labels.equals(before)) {
            return;
        }
        Map<String, String> now = labels == null ? Map.of() : labels;
        List<MemberSet> concerned = members.values().stream().filter(m -> m.source().selectsNamespaces()).toList();
        for (Key key : podsOf.getOrDefault(name, Set.of())) {
            PolicyPod pod = pods.get(key);
            concerned.forEach(m -> fill(m, pod, now));
        }
    }

    /// A policy has come, has changed, or has gone (null).
    void policy(Key key, @Nullable Obj now) {
        Map<Key, PodPolicy> its = policies.computeIfAbsent(key.namespace(), n -> new TreeMap<>());
        Optional<PodPolicy> read = Optional.ofNullable(now).map(PodPolicy::of);
        read.ifPresentOrElse(p -> its.put(key, p), () -> its.remove(key));
        if (its.isEmpty()) {
            policies.remove(key.namespace());
        }
        locals.values().stream().filter(l -> l.pod().key().namespace().equals(key.namespace()))
                .forEach(l -> l.policy(key, read));
    }

    /// The policies whose rules count.
    Predicate<PodPolicy> open() {
        return open;
    }

    /// Only the rules of these policies count from now on; the others isolate and let nothing through.
    void open(Predicate<PodPolicy> now) {
        if (now != open) {
            open = now;
            locals.values().forEach(l -> l.open(now));
        }
    }

    /// The pods of this node, each with the addresses that are its own.
    Map<LocalPod, List<String>> locals() {
        Map<LocalPod, List<String>> all = new LinkedHashMap<>();
        locals.values().forEach(l -> {
            List<String> own = new ArrayList<>(l.pod().addresses());
            own.removeIf(a -> owners.of(a).filter(o -> o == l.pod()).isEmpty());
            all.put(l, own);
        });
        return all;
    }

    /// The set of a source, filled the first time it is asked for.
    MemberSet members(MemberSet.Source source) {
        return members.computeIfAbsent(source, s -> {
            MemberSet made = new MemberSet(s);
            podsOf.forEach((namespace, keys) -> {
                Map<String, String> labels = namespaces.getOrDefault(namespace, Map.of());
                if (s.reaches(namespace, labels)) {
                    keys.forEach(k -> fill(made, pods.get(k), labels));
                }
            });
            return made;
        });
    }

    private void fill(MemberSet set, @Nullable PolicyPod pod, Map<String, String> labels) {
        if (pod != null) {
            pod.addresses().stream().filter(a -> owners.of(a).filter(o -> o == pod).isPresent())
                    .forEach(a -> set.owned(a, pod, labels));
        }
    }

    /// Forgets the sets that nobody asks for any more.
    void keep(Collection<MemberSet.Source> used) {
        members.keySet().retainAll(used instanceof Set<?> ? used : Set.copyOf(used));
    }
}
