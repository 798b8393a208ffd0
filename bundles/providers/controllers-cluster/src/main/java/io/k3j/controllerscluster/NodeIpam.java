package io.k3j.controllerscluster;

import io.k3j.apimachinery.ComponentArguments;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componenthelpers.Cidr;
import io.k3j.componenthelpers.NodeCidrMasks;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Controller;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Allocates pod CIDRs (`spec.podCIDRs`) to nodes.
final class NodeIpam implements Reconciler {
    private static final String ACCOUNT = "node-controller";

    private final LiveView nodes;
    private final List<PodRanges> ranges;
    private final Events events;

    private NodeIpam(ControllerContext context, List<PodRanges> ranges) {
        this.nodes = context.views().of(BuiltinResources.NODES);
        this.ranges = ranges;
        this.events = context.events("cidrAllocator", ACCOUNT);
    }

    /// @param arguments those of `--kube-controller-manager-arg`
    /// @throws IllegalArgumentException for node CIDRs that the cluster's cannot be split into
    static void add(ControllerContext context, List<String> clusterCidrs, String... arguments) {
        NodeIpam all = new NodeIpam(context, ranges(clusterCidrs, arguments));
        all.nodes.listen((before, after) -> {
            if (after != null) {
                all.cidrs(after).forEach(c -> all.ranges.forEach(r -> all.take(r, c)));
            } else if (before != null) {
                all.cidrs(before).forEach(c -> all.ranges.forEach(r -> all.free(r, c)));
            }
        });
        Controller loop = context.loop("node-ipam-controller", ACCOUNT, 1, all);
        loop.on(all.nodes, n -> n.spec().seq("podCIDRs").isEmpty() ? List.of(n.key()) : List.of());
    }

    private static List<PodRanges> ranges(List<String> clusterCidrs, String... arguments) {
        ComponentArguments given = ComponentArguments.of("--kube-controller-manager-arg", arguments);
        List<Cidr> clusters = clusterCidrs.stream().map(Cidr::parse).toList();
        List<Integer> masks = NodeCidrMasks.of(clusters, given.whole("node-cidr-mask-size", 0, 0),
                given.whole("node-cidr-mask-size-ipv4", 0, 0), given.whole("node-cidr-mask-size-ipv6", 0, 0));
        List<PodRanges> ranges = new ArrayList<>();
        for (int i = 0; i < masks.size(); i++) {
            ranges.add(new PodRanges(clusters.get(i), masks.get(i)));
        }
        return ranges;
    }

    private List<String> cidrs(Obj node) {
        return node.spec().seq("podCIDRs").texts();
    }

    private synchronized void take(PodRanges range, String cidr) {
        range.take(cidr);
    }

    private synchronized void free(PodRanges range, String cidr) {
        range.free(cidr);
    }

    private synchronized List<String> allocate() {
        List<String> cidrs = new ArrayList<>();
        for (PodRanges range : ranges) {
            range.next().ifPresent(cidrs::add);
        }
        if (cidrs.size() < ranges.size()) {
            cidrs.forEach(c -> ranges.forEach(r -> r.free(c)));
            return List.of();
        }
        return cidrs;
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> found = nodes.get(key).filter(n -> cidrs(n).isEmpty() && !n.terminating());
        if (found.isEmpty()) {
            return Requeue.NEVER;
        }
        List<String> cidrs = allocate();
        if (cidrs.isEmpty()) {
            events.normal(found.get(), "CIDRNotAvailable", "Node " + key.name() + " status is now: CIDRNotAvailable");
            return Requeue.BACK_OFF;
        }
        Struct spec = Struct.of("podCIDR", cidrs.getFirst(), "podCIDRs", cidrs);
        try {
            writer.patch(BuiltinResources.NODES, key, new Patch.Merge(Struct.of("spec", spec)), WriteOptions.PLAIN);
        } catch (RuntimeException e) {
            cidrs.forEach(c -> ranges.forEach(r -> free(r, c)));
            throw e;
        }
        return Requeue.NEVER;
    }
}
