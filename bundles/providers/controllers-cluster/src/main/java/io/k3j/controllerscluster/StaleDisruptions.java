package io.k3j.controllerscluster;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Pods;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.Times;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Takes the condition `DisruptionTarget` back from pods that were to be disrupted and were not deleted within two
/// minutes: <https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions>. What a kubelet
/// says stays, since it may take any time to end a pod.
final class StaleDisruptions implements Reconciler {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final String TYPE = "DisruptionTarget";
    private final LiveView pods;
    private final InstantSource clock;

    private StaleDisruptions(ControllerContext context) {
        this.pods = context.views().of(BuiltinResources.PODS);
        this.clock = context.clock();
    }

    static void add(ControllerContext context) {
        StaleDisruptions all = new StaleDisruptions(context);
        context.loop("disruption-stale-pods", "disruption-controller", 1, all).on(all.pods,
                pod -> target(pod).isPresent() ? List.of(pod.key()) : List.of());
    }

    private static Optional<Struct> target(Obj pod) {
        Struct known = pod.status().seq("conditions").find("type", TYPE);
        return known.text("status").equals("True") && !known.text("reason").equals("TerminationByKubelet")
                && Pods.active(pod) ? Optional.of(known) : Optional.empty();
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> pod = pods.get(key);
        Optional<Struct> known = pod.flatMap(StaleDisruptions::target);
        if (pod.isEmpty() || known.isEmpty()) {
            return Requeue.NEVER;
        }
        Duration left = TIMEOUT.minus(Times.since(known.get().text("lastTransitionTime"), clock.instant()));
        if (left.isPositive()) {
            return Requeue.after(left);
        }
        takeBack(pod.get(), writer);
        return Requeue.NEVER;
    }

    private void takeBack(Obj pod, ExpectingWriter writer) {
        Struct wanted = Struct.of("type", TYPE, "status", "False", "observedGeneration", pod.generation(),
                "lastTransitionTime", Times.seconds(clock.instant()));
        List<Struct> conditions = new ArrayList<>(pod.status().seq("conditions").structs());
        conditions.replaceAll(c -> c.text("type").equals(TYPE) ? wanted : c);
        Struct changes = Struct.of("metadata", Struct.of("uid", pod.uid(), "resourceVersion",
                Long.toString(pod.revision())), "status", Struct.of("conditions", Seq.copyOf(conditions)));
        try {
            writer.patch(BuiltinResources.PODS, pod.key(), new Patch.Merge(changes), WriteOptions.STATUS);
        } catch (ApiFault fault) {
            if (fault.code() != 404) {
                throw fault;
            }
        }
    }
}
