package io.k3j.kubeproxy;

import io.k3j.nodeapi.PacketFilter;
import io.k3j.nodeapi.PacketFilter.UdpFlow;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/// Forgets tracked flows to UDP ports of Services that lead anywhere but to a serving endpoint: the kernel would
/// otherwise keep them as long as packets arrive. As upstream's `CleanStaleEntries`, neither traffic policies nor hints
/// nor the end of a pod that still serves count, so that a flow goes on as a connection of TCP does. Of a port that no
/// endpoint serves, all that are led elsewhere are forgotten; of one that is no more, or is one of this machine's own
/// ports, those to the endpoints that served it, since others may have led them.
///
/// ```
/// coming ─► rules are written ─► settled ─► due ─► a family's flows are listed ─► what is stale is forgotten
/// ```
///
/// [#coming] and [#settled] are for one thread and do not block for the filter, [#run] and [#step] for another one.
final class UdpFlows {
    /// Ports that nobody serves any more whose flows wait to be forgotten; more are left to the kernel's time limit.
    static final int MOST_LEFT = 16_384;
    /// Between two listings, each of which may be of a hundred thousand flows.
    private static final Duration PAUSE = Duration.ofSeconds(1);
    /// The same after one that failed, as without the program.
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMinutes(1);
    private static final String ANY = "";
    private final PacketFilter filter;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /// Nobody signals it.
    private final Condition rested = lock.newCondition();
    /// By Service, the endpoints that serve its ports, as [ServiceEndpoint#element].
    private final Map<String, Map<Target, Set<String>>> stands = new HashMap<>();
    /// The same of Services whose rules are being written: flows may lead there before they are known to stand.
    private final Map<String, Map<Target, Set<String>>> coming = new HashMap<>();
    /// Ports that nobody serves any more, with who did.
    private final Map<Target, Set<String>> left = new LinkedHashMap<>();
    private final Set<Family> due = EnumSet.noneOf(Family.class);
    /// Whether the last listing failed; for the thread of [#step].
    private boolean failed;

    /// Where packets are sent.
    ///
    /// @param address [#ANY] for each of this machine
    private record Target(Family family, String address, int port) {
    }

    UdpFlows(PacketFilter filter) {
        this.filter = filter;
    }

    /// The rules of a Service will be these.
    void coming(String service, Map<Family, List<ServicePort>> ports) {
        Map<Target, Set<String>> its = targets(ports);
        locked(() -> coming.put(service, its));
    }

    /// They stand now.
    void settled(String service, Map<Family, List<ServicePort>> ports) {
        Map<Target, Set<String>> now = targets(ports);
        locked(() -> {
            coming.remove(service);
            Map<Target, Set<String>> known = now.isEmpty() ? stands.remove(service) : stands.put(service, now);
            Map<Target, Set<String>> before = Objects.requireNonNullElse(known, Map.of());
            if (known == null) {
                // what a predecessor has not come to, of ports that nobody serves, too
                now.keySet().forEach(target -> due(target.family()));
            }
            Set<Target> all = new HashSet<>(before.keySet());
            all.addAll(now.keySet());
            all.forEach(target -> served(target, before.getOrDefault(target, Set.of()),
                    now.getOrDefault(target, Set.of())));
        });
    }

    private void served(Target target, Set<String> before, Set<String> now) {
        if (before.equals(now)) {
            return;
        }
        due(target.family());
        if (now.isEmpty() && (left.size() < MOST_LEFT || left.containsKey(target))) {
            left.merge(target, before, UdpFlows::both);
        }
    }

    private void due(Family family) {
        due.add(family);
        changed.signal();
    }

    private void locked(Runnable work) {
        lock.lock();
        try {
            work.run();
        } finally {
            lock.unlock();
        }
    }

    private static Map<Target, Set<String>> targets(Map<Family, List<ServicePort>> ports) {
        Map<Target, Set<String>> all = new HashMap<>();
        ports.forEach((family, some) -> some.stream().filter(p -> p.protocol().equals("udp")).forEach(p -> {
            Stream.concat(p.clusterIps().stream(), p.addresses().stream())
                    .forEach(ip -> all.merge(new Target(family, ip, p.port()), p.serving(), UdpFlows::both));
            if (p.nodePort() > 0) {
                all.merge(new Target(family, ANY, p.nodePort()), p.serving(), UdpFlows::both);
            }
            if (p.carried()) {
                all.merge(new Target(family, ANY, p.port()), p.serving(), UdpFlows::both);
            }
        }));
        return all;
    }

    private static Set<String> both(Set<String> some, Set<String> others) {
        if (some.containsAll(others)) {
            return some;
        }
        Set<String> all = new HashSet<>(some);
        all.addAll(others);
        return all;
    }

    /// Goes on until it is interrupted.
    void run() throws InterruptedException {
        while (true) {
            lock.lockInterruptibly();
            try {
                while (due.isEmpty()) {
                    changed.await();
                }
            } finally {
                lock.unlock();
            }
            step();
            rest();
        }
    }

    private void rest() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long nanos = (failed ? PAUSE_AFTER_FAILURE : PAUSE).toNanos();
            while (nanos > 0) {
                nanos = rested.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Forgets what is stale by now; what cannot be forgotten is due again. Blocks for the filter.
    ///
    /// @return whether nothing is due
    boolean step() {
        Set<Family> families = EnumSet.noneOf(Family.class);
        locked(() -> {
            families.addAll(due);
            due.clear();
        });
        try {
            for (Family family : Family.values()) {
                if (families.contains(family) && forgotten(family)) {
                    families.remove(family);
                }
            }
        } finally {
            locked(() -> due.addAll(families));
        }
        return families.isEmpty();
    }

    /// Who serves is asked after the listing, so that no flow in it leads to an endpoint that is not known yet, and who
    /// has left before it, so that none to him is missing from it.
    private boolean forgotten(Family family) {
        Map<Target, Set<String>> gone = new HashMap<>();
        locked(() -> left.forEach((target, some) -> {
            if (target.family() == family) {
                gone.put(target, some);
            }
        }));
        Optional<Set<UdpFlow>> flows = filter.udpFlows(family == Family.SIX);
        failed = flows.isEmpty();
        if (failed) {
            return false;
        }
        Map<Target, Set<String>> serving = new HashMap<>();
        locked(() -> Stream.of(stands, coming).flatMap(some -> some.values().stream()).forEach(its -> its
                .forEach((target, some) -> serving.merge(target, some, UdpFlows::both))));
        List<UdpFlow> stale = flows.get().stream().filter(f -> stale(f, family, serving, gone)).toList();
        boolean all = stale.isEmpty() || filter.forgetFlows(stale);
        if (all) {
            locked(() -> gone.forEach(left::remove));
        }
        return all;
    }

    private static boolean stale(UdpFlow flow, Family family, Map<Target, Set<String>> serving,
            Map<Target, Set<String>> gone) {
        Target exact = new Target(family, flow.address(), flow.port());
        List<Target> targets = flow.local() ? List.of(exact, new Target(family, ANY, flow.port())) : List.of(exact);
        String led = ServiceEndpoint.element(flow.endpoint(), flow.endpointPort());
        for (Target target : targets) {
            Set<String> some = serving.getOrDefault(target, Set.of());
            if (!some.isEmpty()) {
                return !some.contains(led);
            }
            if (gone.getOrDefault(target, Set.of()).contains(led)) {
                return true;
            }
        }
        return serving.containsKey(exact) && !flow.endpoint().equals(flow.address());
    }
}
