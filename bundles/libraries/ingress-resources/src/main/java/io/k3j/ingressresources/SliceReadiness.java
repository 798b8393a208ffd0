package io.k3j.ingressresources;

import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Selector;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;

/// Takes servers that are off out of the Service `traefik`: who is off cannot say so of its own slices
/// ([IngressPublication]), and its share of requests would be lost until its Node is deleted. As upstream's node
/// lifecycle controller does with pods, by `Ready` of the Node: `Unknown`. One worker on one server.
public final class SliceReadiness implements Reconciler {
    private final LiveView nodes;
    private final LiveView slices;

    private SliceReadiness(ControllerContext desk) {
        nodes = desk.views().of(BuiltinResources.NODES);
        slices = desk.views().of(BuiltinResources.ENDPOINT_SLICES, Query.in(IngressPublication.SERVICE.namespace())
                .labelled(Selector.ofLabels(IngressPublication.SLICE_LABELS)));
    }

    /// Adds the loop.
    public static void add(ControllerContext desk) {
        SliceReadiness all = new SliceReadiness(desk);
        desk.loop("ingress-servers", all).on(all.nodes, IngressPublication::ready, n -> List.of(Key.of(n.name())))
                .on(all.slices, SliceReadiness::servers);
    }

    private static List<Key> servers(Obj slice) {
        return slice.tree().seq("endpoints").structs().stream().map(e -> Key.of(e.text("nodeName"))).distinct()
                .toList();
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> node = nodes.get(key);
        if (node.isPresent()) {
            for (boolean ipv6 : new boolean[] {false, true}) {
                slices.get(IngressPublication.key(node.get().name(), ipv6))
                        .ifPresent(s -> say(s, IngressPublication.ready(node.get()), writer));
            }
        }
        return Requeue.NEVER;
    }

    private static void say(Obj slice, boolean ready, ExpectingWriter writer) {
        Seq endpoints = slice.tree().seq("endpoints");
        Seq wanted = endpoints.mapped(e -> e.with("conditions", IngressPublication.conditions(ready)));
        if (!wanted.equals(endpoints)) {
            writer.patch(BuiltinResources.ENDPOINT_SLICES, slice.key(),
                    new Patch.Merge(Struct.of("metadata",
                            Struct.of("resourceVersion", Long.toString(slice.revision())), "endpoints", wanted)),
                    WriteOptions.PLAIN);
        }
    }
}
