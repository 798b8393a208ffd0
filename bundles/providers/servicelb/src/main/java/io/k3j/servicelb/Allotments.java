package io.k3j.servicelb;

import io.k3j.controllerkit.Requeue;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Gives nodes to Services: a node carries all ports of a Service or none. Who has a port keeps it, be it against a
/// process that comes later; of those that wait the oldest gets it. For one thread.
final class Allotments {
    /// How long a node may take to say which of its ports are free, before people are told; and after which a node that
    /// says nothing at all, as one of stock K3s, carries Services without being asked.
    static final Duration LONGEST_LOOK = Duration.ofSeconds(3);
    private final BalancerNodes nodes;
    private final PortRefusals refusals;
    private final PortBook book;
    private final InstantSource clock;
    private final Map<Key, Instant> asked = new HashMap<>();

    /// What a Service gets.
    ///
    /// @param nodes the names of those that carry it, sorted
    /// @param refused why others do not
    /// @param contested what it has of those that carry it, and a pod that was not scheduled there has, too
    /// @param problem why none can at all; empty when some could
    /// @param freed ports of which it has less than before
    /// @param again when to ask again although nothing changes
    record Allotment(Set<String> nodes, List<PortRefusals.Reason> refused, List<PortRefusals.Reason> contested,
            String problem, Set<BalancedPort> freed, Requeue again) {
        /// What is worth telling: not what a node will say in a moment.
        List<PortRefusals.Reason> lasting() {
            List<PortRefusals.Reason> all = new ArrayList<>(refused);
            all.addAll(contested);
            return again.equals(Requeue.NEVER) ? all : all.stream().filter(r -> !r.asked()).toList();
        }
    }

    /// @param clock for waiting
    Allotments(BalancerNodes nodes, PortRefusals refusals, PortBook book, InstantSource clock) {
        this.nodes = nodes;
        this.refusals = refusals;
        this.book = book;
        this.clock = clock;
    }

    /// Takes over what an earlier leader has given: who has a node's address in its status has the ports there.
    void adopt(Collection<Obj> services) {
        Map<BalancedService, Obj> byAge = new TreeMap<>();
        services.stream().filter(BalancedService::begun).forEach(s -> byAge.put(BalancedService.of(s), s));
        byAge.forEach((service, object) -> {
            Set<String> there = new TreeSet<>();
            for (Struct entry : IngressStatus.of(object).structs()) {
                nodes.owner(entry.text("ip")).ifPresent(there::add);
            }
            there.retainAll(nodes.carrying(service));
            there.removeIf(node -> service.ports().stream()
                    .anyMatch(p -> book.holder(p, node, service.key()).isPresent()));
            if (!there.isEmpty()) {
                book.put(service.key(), new PortBook.Grant(service.ports(), there));
            }
        });
    }

    /// Takes everything from a Service.
    ///
    /// @return the ports it had
    Set<BalancedPort> drop(Key service) {
        asked.remove(service);
        return book.remove(service);
    }

    /// Gives a Service what it can have now. While nodes that carry it already look at ports it has been given since,
    /// it stays as it is.
    ///
    /// @param shown the nodes whose addresses it shows: there it is served, and pods that want its ports are kept away
    Allotment allot(BalancedService service, Set<String> shown) {
        Set<String> carrying = service.placement().problem().isEmpty() ? nodes.carrying(service) : Set.of();
        PortBook.Grant before = book.of(service.key());
        Set<BalancedPort> kept = new HashSet<>(service.ports());
        kept.retainAll(before.ports());
        Duration left = left(service.key());
        List<PortRefusals.Reason> refused = refused(service, carrying, kept, shown, !left.isPositive());
        boolean waits = left.isPositive()
                && refused.stream().anyMatch(r -> r.asked() && before.nodes().contains(r.node()));
        Set<String> given = carrying;
        if (!refused.isEmpty()) {
            given = new TreeSet<>(carrying);
            refused.stream().filter(r -> !waits || !r.asked()).map(PortRefusals.Reason::node).forEach(given::remove);
        }
        if (waits) {
            given.retainAll(before.nodes());
        }
        Set<BalancedPort> freed = book.put(service.key(),
                new PortBook.Grant(waits ? kept : service.ports(), given));
        return new Allotment(given, refused, contested(given, kept, shown), service.placement().problem(), freed,
                again(service.key(), refused, left));
    }

    private List<PortRefusals.Reason> contested(Set<String> given, Set<BalancedPort> kept, Set<String> shown) {
        return given.stream().filter(shown::contains).flatMap(node -> refusals.pod(node, kept).stream()).toList();
    }

    /// What it has at a node that it does not show, as one without an endpoint under a local policy, a pod may have got
    /// meanwhile.
    private List<PortRefusals.Reason> refused(BalancedService service, Set<String> carrying, Set<BalancedPort> kept,
            Set<String> shown, boolean unsaid) {
        Set<BalancedPort> added = new HashSet<>(service.ports());
        added.removeAll(kept);
        Set<String> held = book.of(service.key()).nodes();
        List<PortRefusals.Reason> refused = new ArrayList<>();
        for (String node : carrying) {
            boolean has = held.contains(node);
            refusals.of(service, node, has ? added : service.ports(), unsaid)
                    .or(() -> has && !shown.contains(node) ? refusals.pod(node, kept) : Optional.empty())
                    .ifPresent(refused::add);
        }
        return refused;
    }

    private Duration left(Key service) {
        return Optional.ofNullable(asked.get(service))
                .map(since -> LONGEST_LOOK.minus(Duration.between(since, clock.instant()))).orElse(LONGEST_LOOK);
    }

    private Requeue again(Key service, List<PortRefusals.Reason> refused, Duration left) {
        if (refused.stream().noneMatch(PortRefusals.Reason::asked)) {
            asked.remove(service);
            return Requeue.NEVER;
        }
        asked.putIfAbsent(service, clock.instant());
        return left.isPositive() ? Requeue.after(left) : Requeue.NEVER;
    }
}
