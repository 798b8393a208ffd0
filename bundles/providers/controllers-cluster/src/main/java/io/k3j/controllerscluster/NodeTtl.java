package io.k3j.controllerscluster;

import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Controller;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// Writes on Nodes for how many seconds a kubelet that asks for Secrets and ConfigMaps again and again may keep them:
/// the more nodes there are the longer
/// (<https://kubernetes.io/docs/reference/labels-annotations-taints/#node-alpha-kubernetes-io-ttl>).
final class NodeTtl implements Reconciler {
    static final String ANNOTATION = "node.alpha.kubernetes.io/ttl";
    private static final String NAME = "ttl-controller";
    /// Upstream's steps: from the one before with more nodes than `most`, back to it with fewer than `least`.
    private static final Step[] STEPS = {new Step(0, 100, 0), new Step(90, 500, 15), new Step(450, 1000, 30),
            new Step(900, 2000, 60), new Step(1800, Integer.MAX_VALUE, 300)};
    private final LiveView nodes;
    private final Controller loop;
    private final AtomicInteger count = new AtomicInteger();
    /// For the one worker.
    private int step;

    private record Step(int least, int most, int seconds) {
    }

    private NodeTtl(ControllerContext context) {
        nodes = context.views().of(BuiltinResources.NODES);
        nodes.listen((before, after) -> count.addAndGet((after == null ? 0 : 1) - (before == null ? 0 : 1)));
        loop = context.loop(NAME, NAME, 1, this).on(nodes);
    }

    static void add(ControllerContext context) {
        new NodeTtl(context);
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        int before = step;
        int size = count.get();
        while (size > STEPS[step].most()) {
            step++;
        }
        while (size < STEPS[step].least()) {
            step--;
        }
        if (step != before) {
            nodes.list().forEach(n -> loop.queue().add(n.key()));
        }
        String wanted = Integer.toString(STEPS[step].seconds());
        Optional<Obj> node = nodes.get(key).filter(n -> !wanted.equals(n.annotations().get(ANNOTATION)));
        if (node.isPresent()) {
            Struct change = Struct.of("metadata", Struct.of("annotations", Struct.of(ANNOTATION, wanted)));
            writer.patch(BuiltinResources.NODES, key, new Patch.Merge(change), WriteOptions.PLAIN);
        }
        return Requeue.NEVER;
    }
}
