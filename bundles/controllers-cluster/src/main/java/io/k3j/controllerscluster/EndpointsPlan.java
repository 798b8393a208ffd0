package io.k3j.controllerscluster;

import io.k3j.controllerkit.Pods;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The subsets of a service's Endpoints object: addresses that share all their ports. Pure.
final class EndpointsPlan {
    /// Addresses in one object at most; beyond, the object is marked as truncated.
    static final int MOST = 1_000;

    private record Group(List<Struct> ready, List<Struct> notReady) {
    }

    private EndpointsPlan() {
    }

    static Seq subsets(Obj service, List<Obj> pods) {
        String family = ServicePods.families(service).getFirst();
        Map<Seq, Group> groups = new LinkedHashMap<>();
        int left = MOST;
        for (Obj pod : pods.stream().sorted(Comparator.comparing(Obj::name)).toList()) {
            String ip = ServicePods.address(pod, family);
            boolean going = pod.terminating() && !ServicePods.publishesNotReady(service);
            if (ip.isEmpty() || going || left-- <= 0) {
                continue;
            }
            Group group = groups.computeIfAbsent(ServicePods.ports(service, pod),
                    p -> new Group(new ArrayList<>(), new ArrayList<>()));
            boolean ready = Pods.ready(pod) || ServicePods.publishesNotReady(service);
            (ready ? group.ready() : group.notReady()).add(address(service, pod, ip));
        }
        List<Struct> subsets = new ArrayList<>();
        groups.forEach((ports, group) -> subsets.add(Struct.builder().putUnlessEmpty("addresses", sorted(group.ready()))
                .putUnlessEmpty("notReadyAddresses", sorted(group.notReady())).putUnlessEmpty("ports", named(ports))
                .build()));
        return Seq.copyOf(subsets);
    }

    private static Seq named(Seq ports) {
        return Seq.copyOf(ports.structs().stream().map(p -> p.text("name").isEmpty() ? p.without("name") : p).toList());
    }

    private static Seq sorted(List<Struct> addresses) {
        return Seq.copyOf(addresses.stream().sorted(Comparator.comparing(a -> a.text("ip"))).toList());
    }

    private static Struct address(Obj service, Obj pod, String ip) {
        return Struct.builder().put("ip", ip).putUnlessEmpty("hostname", ServicePods.hostname(service, pod))
                .putUnlessEmpty("nodeName", Pods.node(pod)).put("targetRef", ServicePods.target(pod)).build();
    }
}
