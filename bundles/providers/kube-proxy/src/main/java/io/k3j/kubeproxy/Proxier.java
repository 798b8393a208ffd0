package io.k3j.kubeproxy;

import io.k3j.controllerkit.LiveView;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.nodeapi.PacketFilter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Brings the rules of Services that have changed into the kernel. [#changed] and [#suspect] are for any thread, the
/// rest for one.
final class Proxier {
    static final String BY_SERVICE = "service";
    private final LiveView services;
    private final LiveView slices;
    private final PacketFilter filter;
    private final ProxyOptions options;
    private final Map<Family, FamilyWriter> writers = new EnumMap<>(Family.class);
    /// Services that have changed and whose rules are not written yet.
    private final Set<String> dueServices = ConcurrentHashMap.newKeySet();
    /// Services whose endpoints have changed.
    private final Set<String> dueEndpoints = ConcurrentHashMap.newKeySet();
    private final ProgrammingTimes times;
    /// By Service, what its ports lack by family and policy.
    private final Map<String, Map<Family, Map<String, Long>>> lacking = new ConcurrentHashMap<>();
    private final UdpFlows flows;
    private final Map<String, LocalCount> counts = new HashMap<>();
    private volatile ThisNode node;

    /// The health check port of a Service and what it says.
    private record LocalCount(int port, HealthPorts.Subject subject) {
    }

    /// What one Service is on this node.
    private record Wanted(Map<Family, List<ServicePort>> ports, String age, Optional<LocalCount> count) {
    }

    /// @param started when this proxy began: what had changed before is not counted
    Proxier(LiveView services, LiveView slices, PacketFilter filter, ProxyOptions options, Instant started) {
        this.times = new ProgrammingTimes(started, InstantSource.system());
        this.services = services;
        this.slices = slices;
        this.filter = filter;
        this.options = options;
        this.flows = new UdpFlows(filter);
        this.node = ThisNode.named(options.nodeName());
        for (Family family : Family.values()) {
            writers.put(family, new FamilyWriter(family, filter, options.on(node.addresses())));
        }
    }

    /// The Service of a slice, as `namespace/name`.
    static List<String> serviceOf(Obj slice) {
        return List.of(slice.namespace() + "/" + slice.labels().getOrDefault(ServicePorts.SERVICE, ""));
    }

    /// A Service, or a slice of one, is another one.
    ///
    /// @param names of the Services that an object concerns
    /// @param service whether it is one
    void changed(@Nullable Obj before, @Nullable Obj after, Function<Obj, List<String>> names, boolean service) {
        Set<String> due = service ? dueServices : dueEndpoints;
        Stream.of(Optional.ofNullable(before), Optional.ofNullable(after)).flatMap(Optional::stream)
                .forEach(o -> due.addAll(names.apply(o)));
        if (!service && after != null) {
            times.changed(names.apply(after), after);
        }
    }

    /// How many Services have changes that are not written.
    ///
    /// @param service of themselves, or else of their endpoints
    int pending(boolean service) {
        return (service ? dueServices : dueEndpoints).size();
    }

    /// Since when endpoints were waited for that stand now, each once. For the thread that writes.
    List<Instant> programmed() {
        return times.programmed();
    }

    /// How many ports have endpoints and none on this node for a policy `Local`, by family and policy.
    Map<Family, Map<String, Long>> noLocalEndpoints() {
        Map<Family, Map<String, Long>> all = new EnumMap<>(Family.class);
        for (Family family : Family.values()) {
            Map<String, Long> counts = new TreeMap<>(Map.of("external", 0L, "internal", 0L));
            lacking.values().forEach(one -> one.getOrDefault(family, Map.of())
                    .forEach((policy, count) -> counts.merge(policy, count, Long::sum)));
            all.put(family, counts);
        }
        return all;
    }

    /// Somebody else has changed the rules of this machine.
    void suspect() {
        writers.values().forEach(FamilyWriter::suspect);
    }

    /// This node is another one than before: every Service is looked at again.
    void on(ThisNode now) {
        if (!now.equals(node)) {
            boolean moved = !now.addresses().equals(node.addresses());
            node = now;
            services.list().forEach(s -> dueServices.add(name(s)));
            if (moved && !options.nodePortAddresses().isEmpty()) {
                writers.values().forEach(w -> w.restart(options.on(now.addresses())));
            }
        }
    }

    /// A Service as `namespace/name`.
    static String name(Obj service) {
        return service.namespace() + "/" + service.name();
    }

    /// Writes what has changed since the last call; the first call writes everything.
    ///
    /// @return why, by Service whose rules the kernel does not take, or that is too large to be served; it is due again
    /// @throws io.k3j.nodeapi.FilterRefused when nothing can be written; everything is due again
    Map<String, String> sync() {
        Set<String> changed = Set.copyOf(dueServices);
        Set<String> moved = Set.copyOf(dueEndpoints);
        dueServices.removeAll(changed);
        dueEndpoints.removeAll(moved);
        Set<String> taken = new TreeSet<>(changed);
        taken.addAll(moved);
        Map<String, String> refused = new TreeMap<>();
        boolean good = false;
        try {
            Map<String, Wanted> wanted = new LinkedHashMap<>();
            taken.forEach(s -> wanted(s, refused).ifPresent(w -> wanted.put(s, w)));
            wanted.forEach((s, w) -> flows.coming(s, w.ports()));
            writers.forEach((family, writer) -> refused.putAll(writer.write(pieces(family, wanted))));
            wanted.keySet().removeAll(refused.keySet());
            wanted.forEach(this::settle);
            good = true;
        } finally {
            Set<String> again = good ? refused.keySet() : taken;
            again.stream().filter(s -> changed.contains(s) || !moved.contains(s)).forEach(dueServices::add);
            again.stream().filter(moved::contains).forEach(dueEndpoints::add);
        }
        return refused;
    }

    /// A Service by `namespace/name`.
    Optional<Obj> service(String name) {
        int slash = name.indexOf('/');
        return services.get(new Key(name.substring(0, slash), name.substring(slash + 1)));
    }

    /// @param refused takes why, when it is more than can be served
    private Optional<Wanted> wanted(String name, Map<String, String> refused) {
        Obj service = service(name).filter(ServicePorts::served).orElse(null);
        Map<Family, List<ServicePort>> ports = new EnumMap<>(Family.class);
        if (service == null) {
            return Optional.of(new Wanted(ports, "", Optional.empty()));
        }
        List<Obj> its = slices.by(BY_SERVICE, name);
        Optional<String> excess = ServiceSize.excess(service, its);
        if (excess.isPresent()) {
            refused.put(name, excess.get());
            return Optional.empty();
        }
        for (Family family : Family.values()) {
            ports.put(family, ServicePorts.of(service, its, family, node));
        }
        return Optional.of(new Wanted(ports, service.metadata().text("creationTimestamp"), count(service, ports)));
    }

    /// A node whose endpoints are all terminating still serves, but reports none, so that load balancers stop sending
    /// to it.
    private static Optional<LocalCount> count(Obj service, Map<Family, List<ServicePort>> ports) {
        int port = (int) service.spec().whole("healthCheckNodePort", 0);
        if (port <= 0 || !service.spec().text("externalTrafficPolicy").equals("Local")) {
            return Optional.empty();
        }
        long here = ports.values().stream().flatMap(List::stream).flatMap(p -> p.local().stream())
                .filter(ServiceEndpoint::ready).map(ServiceEndpoint::address).distinct().count();
        return Optional.of(new LocalCount(port,
                new HealthPorts.Subject(service.namespace(), service.name(), (int) here)));
    }

    private Map<String, Map<String, TablePiece>> pieces(Family family, Map<String, Wanted> wanted) {
        TableFrame frame = new TableFrame(family, options);
        List<String> pods = options.podNetworks().stream().flatMap(n -> family.network(n).stream()).toList();
        Map<String, Map<String, TablePiece>> next = new LinkedHashMap<>();
        wanted.forEach((service, w) -> {
            Map<String, TablePiece> all = new HashMap<>();
            List<ServicePort> its = w.ports().getOrDefault(family, List.of());
            its.forEach(p -> all.putAll(ServicePortRules.of(frame, pods, p, w.age(), its.size())));
            next.put(service, all);
        });
        return next;
    }

    /// What follows once the rules stand.
    private void settle(String service, Wanted wanted) {
        flows.settled(service, wanted.ports());
        times.settled(service);
        if (wanted.ports().isEmpty()) {
            lacking.remove(service);
        } else {
            lacking.put(service, lacking(wanted.ports()));
        }
        wanted.count().ifPresentOrElse(c -> counts.put(service, c), () -> counts.remove(service));
    }

    private static Map<Family, Map<String, Long>> lacking(Map<Family, List<ServicePort>> ports) {
        Map<Family, Map<String, Long>> all = new EnumMap<>(Family.class);
        ports.forEach((family, its) -> all.put(family, Map.of("internal",
                its.stream().filter(p -> p.internalLocal() && lacks(p)).count(), "external",
                its.stream().filter(p -> p.externalLocal() && lacks(p)).count())));
        return all;
    }

    private static boolean lacks(ServicePort port) {
        return !port.all().isEmpty() && port.local().isEmpty();
    }

    /// What makes tracked flows follow the rules, on a thread of its own.
    UdpFlows flows() {
        return flows;
    }

    /// The health check ports and what they say.
    Map<Integer, HealthPorts.Subject> healthPorts() {
        Map<Integer, HealthPorts.Subject> all = new TreeMap<>();
        counts.values().forEach(c -> all.put(c.port(), c.subject()));
        return all;
    }
}
