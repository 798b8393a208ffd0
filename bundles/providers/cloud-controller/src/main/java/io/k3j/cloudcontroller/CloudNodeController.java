package io.k3j.cloudcontroller;

import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Initializes nodes and keeps their addresses equal to their annotations. Never deletes a node: the cloud `k3s`
/// contains every machine, running or not.
final class CloudNodeController implements Reconciler {
    private static final Duration NO_ADDRESS_YET = Duration.ofSeconds(1);

    private final LiveView nodes;
    private final Events events;

    private CloudNodeController(ControllerContext desk, Events events) {
        this.nodes = desk.views().of(BuiltinResources.NODES);
        this.events = events;
    }

    static void add(ControllerContext desk) {
        CloudNodeController all = new CloudNodeController(desk, desk.ownEvents("cloud-node-controller"));
        desk.loop("cloud-node-controller", all).on(all.nodes, n -> CloudNode.due(n) ? List.of(n.key()) : List.of());
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> found = nodes.get(key).filter(CloudNode::due);
        if (found.isEmpty()) {
            return Requeue.NEVER;
        }
        Obj node = found.get();
        Seq addresses = CloudNode.wanted(node);
        if (addresses.isEmpty()) {
            return Requeue.after(NO_ADDRESS_YET);
        }
        Obj known = writer.updateStatus(BuiltinResources.NODES, node, node.status().with("addresses", addresses));
        if (CloudNode.uninitialized(node)) {
            writer.update(BuiltinResources.NODES, CloudNode.initialized(known));
            events.normal(node, "Synced", "Node synced successfully");
        }
        return Requeue.NEVER;
    }
}
