package io.k3j.endpointcontrollers;

import io.k3j.controllerkit.Pods;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The subsets of a Service's Endpoints: addresses grouped by equal ports. Pure.
///
/// @param truncated whether addresses above [#MAX_ADDRESSES] were left out
record EndpointsPlan(Seq subsets, boolean truncated) {
    /// Maximum of addresses in one object; further ones are left out.
    static final int MAX_ADDRESSES = 1_000;

    private record Group(List<Struct> ready, List<Struct> notReady) {
        boolean empty() {
            return ready.isEmpty() && notReady.isEmpty();
        }
    }

    static EndpointsPlan of(Obj service, List<Obj> pods) {
        String family = ServicePods.families(service).getFirst();
        Map<Seq, Group> groups = new LinkedHashMap<>();
        for (Obj pod : pods.stream().sorted(Comparator.comparing(Obj::name)).toList()) {
            String ip = ServicePods.address(pod, family);
            boolean excluded = pod.terminating() && !ServicePods.publishesNotReady(service);
            if (ip.isEmpty() || excluded) {
                continue;
            }
            Group group = groups.computeIfAbsent(ServicePods.ports(service, pod),
                    p -> new Group(new ArrayList<>(), new ArrayList<>()));
            boolean ready = Pods.ready(pod) || ServicePods.publishesNotReady(service);
            (ready ? group.ready() : group.notReady()).add(address(service, pod, ip));
        }
        groups.values().forEach(g -> List.of(g.ready(), g.notReady()).forEach(
                addresses -> addresses.sort(Comparator.comparing(a -> a.text("ip")))));
        boolean truncated = truncate(groups.values());
        groups.values().removeIf(Group::empty);
        List<Struct> subsets = new ArrayList<>();
        groups.forEach((ports, group) -> subsets.add(Struct.builder()
                .putUnlessEmpty("addresses", Seq.copyOf(group.ready()))
                .putUnlessEmpty("notReadyAddresses", Seq.copyOf(group.notReady()))
                .putUnlessEmpty("ports", named(ports)).build()));
        return new EndpointsPlan(Seq.copyOf(subsets), truncated);
    }

    /// Takes out what is above [#MAX_ADDRESSES]: addresses that are not ready first, of each subset its share, rounded
    /// up, so that the last one may get less. Upstream's `truncateEndpoints`.
    private static boolean truncate(Collection<Group> groups) {
        int ready = groups.stream().mapToInt(g -> g.ready().size()).sum();
        int notReady = groups.stream().mapToInt(g -> g.notReady().size()).sum();
        if (ready + notReady <= MAX_ADDRESSES) {
            return false;
        }
        boolean full = ready > MAX_ADDRESSES;
        int total = full ? ready : notReady;
        int room = full ? MAX_ADDRESSES : MAX_ADDRESSES - ready;
        int left = room;
        for (Group group : groups) {
            List<Struct> shared = full ? group.ready() : group.notReady();
            int share = Math.min(left, Math.toIntExact(Math.ceilDiv((long) shared.size() * room, total)));
            shared.subList(share, shared.size()).clear();
            left -= share;
            if (full) {
                group.notReady().clear();
            }
        }
        return true;
    }

    private static Seq named(Seq ports) {
        return Seq.copyOf(ports.structs().stream().map(p -> p.text("name").isEmpty() ? p.without("name") : p).toList());
    }

    private static Struct address(Obj service, Obj pod, String ip) {
        return Struct.builder().put("ip", ip).putUnlessEmpty("hostname", ServicePods.hostname(service, pod))
                .putUnlessEmpty("nodeName", Pods.node(pod)).put("targetRef", ServicePods.target(pod)).build();
    }
}
