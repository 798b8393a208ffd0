package io.k3j.kubeproxy;

import io.k3j.controllerkit.LiveView;
import io.k3j.model.Obj;
import io.k3j.netfilter.Table;
import io.k3j.nodeapi.PacketFilter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Brings the kernel to what the objects ask for. Used by one thread.
final class Proxier {
    static final String BY_SERVICE = "service";
    private final LiveView services;
    private final LiveView slices;
    private final PacketFilter filter;
    private final List<String> podNetworks;
    private final String node;
    private final Map<Family, String> written = new EnumMap<>(Family.class);
    private final Map<Family, Set<String>> present = new EnumMap<>(Family.class);
    private Set<Flow> flows = Set.of();

    /// A UDP address with a backend: when the backend goes, its flows must be forgotten.
    private record Flow(String address, int port, String backend) {
    }

    Proxier(LiveView services, LiveView slices, PacketFilter filter, List<String> podNetworks, String node) {
        this.services = services;
        this.slices = slices;
        this.filter = filter;
        this.podNetworks = podNetworks;
        this.node = node;
    }

    /// Which service a slice belongs to.
    static List<String> serviceOf(Obj slice) {
        return List.of(slice.namespace() + "/" + slice.labels().getOrDefault(ServicePorts.SERVICE, ""));
    }

    /// Restates what has changed since the last time; the first time everything.
    void sync() {
        Set<Flow> now = new HashSet<>();
        for (Family family : Family.values()) {
            List<ServicePort> ports = new ArrayList<>();
            services.list().stream().filter(ServicePorts::served).sorted((a, b) -> a.key().compareTo(b.key()))
                    .forEach(s -> ports.addAll(
                            ServicePorts.of(s, slices.by(BY_SERVICE, s.namespace() + "/" + s.name()), family, node)));
            apply(family, ports);
            ports.stream().filter(p -> p.protocol().equals("udp")).forEach(p -> flows(now, p, family));
        }
        forget(now);
    }

    /// Every way into a UDP port. Who comes from inside may be led to any backend even where outsiders are not.
    private static void flows(Set<Flow> all, ServicePort p, Family family) {
        p.clusterIps().forEach(ip -> flows(all, ip, p.port(), p.internal()));
        for (List<Backend> backends : List.of(p.external(), p.all())) {
            p.addresses().forEach(ip -> flows(all, ip, p.port(), backends));
            if (p.nodePort() > 0) {
                flows(all, family.anyAddress(), p.nodePort(), backends);
            }
        }
    }

    private static void flows(Set<Flow> all, String ip, int port, List<Backend> backends) {
        backends.forEach(b -> all.add(new Flow(ip, port, b.address() + "/" + b.port())));
        if (backends.isEmpty()) {
            all.add(new Flow(ip, port, ""));
        }
    }

    /// Who listens for load balancers outside, and what they are told: a node whose endpoints are all terminating still
    /// serves, but shall not be sent more.
    Map<Integer, HealthPorts.Subject> healthPorts() {
        Map<Integer, HealthPorts.Subject> all = new TreeMap<>();
        for (Obj s : services.list()) {
            int port = (int) s.spec().whole("healthCheckNodePort", 0);
            if (port > 0 && ServicePorts.served(s) && s.spec().text("externalTrafficPolicy").equals("Local")) {
                List<Obj> its = slices.by(BY_SERVICE, s.namespace() + "/" + s.name());
                long here = Stream.of(Family.values())
                        .flatMap(f -> ServicePorts.of(s, its, f, node).stream())
                        .flatMap(p -> p.local().stream())
                        .filter(Backend::ready).map(Backend::address).distinct().count();
                all.put(port, new HealthPorts.Subject(s.namespace(), s.name(), (int) here));
            }
        }
        return all;
    }

    private void apply(Family family, List<ServicePort> ports) {
        Table table = ProxyTable.of(family, podNetworks, ports);
        String wanted = table.restated(Set.of());
        if (wanted.equals(written.get(family))) {
            return;
        }
        Set<String> before = present.computeIfAbsent(family, f -> filter.objects(f.word(), ProxyTable.NAME));
        filter.apply(table.restated(before));
        written.put(family, wanted);
        present.put(family, table.objects());
    }

    /// Flows to a backend that has gone, or that found none, would otherwise stay as long as packets come.
    private void forget(Set<Flow> now) {
        flows.stream().filter(f -> !now.contains(f)).map(f -> Map.entry(f.address(), f.port())).distinct()
                .forEach(e -> filter.forgetFlows(e.getKey(), e.getValue()));
        flows = now;
    }

    /// After a refusal: look at the kernel again before the next try.
    void forgetWhatIsThere() {
        written.clear();
        present.clear();
    }
}
