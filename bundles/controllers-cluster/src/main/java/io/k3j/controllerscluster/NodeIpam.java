package io.k3j.controllerscluster;

import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.Again;
import io.k3j.controllerkit.Desk;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Loop;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Resources;
import io.k3j.controllerkit.Writer;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Gives every node its part of the cluster's pod ranges (`spec.podCIDRs`).
final class NodeIpam implements Reconciler {
    private static final String ACCOUNT = "node-controller";

    private final LiveView nodes;
    private final List<PodRanges> ranges;
    private final Events events;

    private NodeIpam(Desk desk, List<String> clusterCidrs) {
        this.nodes = desk.views().of(Resources.NODES);
        this.ranges = clusterCidrs.stream().map(PodRanges::of).toList();
        this.events = desk.events("cidrAllocator", ACCOUNT);
    }

    static void add(Desk desk, List<String> clusterCidrs) {
        NodeIpam all = new NodeIpam(desk, clusterCidrs);
        all.nodes.listen((before, after) -> {
            if (after != null) {
                all.parts(after).forEach(c -> all.ranges.forEach(r -> all.take(r, c)));
            } else if (before != null) {
                all.parts(before).forEach(c -> all.ranges.forEach(r -> all.free(r, c)));
            }
        });
        Loop loop = desk.loop("node-ipam-controller", ACCOUNT, 1, all);
        loop.on(all.nodes, n -> n.spec().seq("podCIDRs").isEmpty() ? List.of(n.key()) : List.of());
    }

    private List<String> parts(Obj node) {
        return node.spec().seq("podCIDRs").texts();
    }

    private synchronized void take(PodRanges range, String cidr) {
        range.take(cidr);
    }

    private synchronized void free(PodRanges range, String cidr) {
        range.free(cidr);
    }

    private synchronized List<String> allocated() {
        List<String> parts = new ArrayList<>();
        for (PodRanges range : ranges) {
            range.next().ifPresent(parts::add);
        }
        if (parts.size() < ranges.size()) {
            parts.forEach(c -> ranges.forEach(r -> r.free(c)));
            return List.of();
        }
        return parts;
    }

    @Override
    public Again reconcile(Key key, Writer writer) {
        Optional<Obj> found = nodes.get(key).filter(n -> parts(n).isEmpty() && !n.terminating());
        if (found.isEmpty()) {
            return Again.NEVER;
        }
        List<String> parts = allocated();
        if (parts.isEmpty()) {
            events.warning(found.get(), "CIDRNotAvailable", "Node " + key.name() + " status is now: CIDRNotAvailable");
            return Again.BACK_OFF;
        }
        Struct spec = Struct.of("podCIDR", parts.getFirst(), "podCIDRs", parts);
        try {
            writer.patch(Resources.NODES, key, new Patch.Merge(Struct.of("spec", spec)), WriteOptions.PLAIN);
        } catch (RuntimeException e) {
            parts.forEach(c -> ranges.forEach(r -> free(r, c)));
            throw e;
        }
        return Again.NEVER;
    }
}
