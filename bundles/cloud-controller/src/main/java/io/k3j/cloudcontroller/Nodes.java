package io.k3j.cloudcontroller;

import io.k3j.controllerkit.Again;
import io.k3j.controllerkit.Desk;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Resources;
import io.k3j.controllerkit.Writer;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Initialises nodes, and keeps their addresses as their annotations say. No node is ever removed: the cloud `k3s` has
/// every machine, on or off.
final class Nodes implements Reconciler {
    private static final Duration NO_ADDRESS_YET = Duration.ofSeconds(1);

    private final LiveView nodes;
    private final Events events;

    private Nodes(Desk desk, Events events) {
        this.nodes = desk.views().of(Resources.NODES);
        this.events = events;
    }

    static void add(Desk desk) {
        Nodes all = new Nodes(desk, desk.ownEvents("cloud-node-controller"));
        desk.loop("cloud-node-controller", all).on(all.nodes, n -> NodeFacts.due(n) ? List.of(n.key()) : List.of());
    }

    @Override
    public Again reconcile(Key key, Writer writer) {
        Optional<Obj> found = nodes.get(key).filter(NodeFacts::due);
        if (found.isEmpty()) {
            return Again.NEVER;
        }
        Obj node = found.get();
        Seq addresses = NodeFacts.wanted(node);
        if (addresses.isEmpty()) {
            return Again.after(NO_ADDRESS_YET);
        }
        Obj known = writer.updateStatus(Resources.NODES, node, node.status().with("addresses", addresses));
        if (NodeFacts.waits(node)) {
            writer.update(Resources.NODES, NodeFacts.initialized(known));
            events.normal(node, "Synced", "Node synced successfully");
        }
        return Again.NEVER;
    }
}
