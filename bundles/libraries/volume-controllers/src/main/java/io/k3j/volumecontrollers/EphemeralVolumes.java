package io.k3j.volumecontrollers;

import io.k3j.clientapi.ApiFault;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Owners;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Makes the claim `POD-VOLUME` of each generic ephemeral volume, owned by its pod, so that it goes with it:
/// <https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/#generic-ephemeral-volumes>. A claim of that name
/// which the pod does not own is somebody else's data: it is left alone, and the pod waits.
final class EphemeralVolumes implements Reconciler {
    private final LiveView pods;
    private final LiveView claims;
    private final Events events;

    private EphemeralVolumes(ControllerContext context) {
        this.pods = context.views().of(BuiltinResources.PODS);
        this.claims = context.views().of(BuiltinResources.PERSISTENT_VOLUME_CLAIMS);
        this.events = context.events("ephemeral_volume", "ephemeral-volume-controller");
    }

    static void add(ControllerContext context) {
        EphemeralVolumes all = new EphemeralVolumes(context);
        context.loop("ephemeral-volume-controller", "ephemeral-volume-controller", 5, all)
                .on(all.pods, p -> waits(p) ? List.of(p.key()) : List.of())
                .on(all.claims, c -> Owners.controllerKey(c, "Pod").map(List::of).orElse(List.of()));
    }

    private static boolean waits(Obj pod) {
        return !pod.terminating()
                && pod.spec().seq("volumes").structs().stream().anyMatch(v -> v.has("ephemeral"));
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> pod = pods.get(key).filter(EphemeralVolumes::waits);
        @Nullable
        ApiFault first = null;
        for (Struct volume : pod.map(p -> p.spec().seq("volumes").structs()).orElse(List.of())) {
            try {
                if (volume.has("ephemeral")) {
                    make(pod.get(), volume, writer);
                }
            } catch (ApiFault fault) {
                first = first == null ? fault : first;
            }
        }
        if (first != null) {
            throw first;
        }
        return Requeue.NEVER;
    }

    private void make(Obj pod, Struct volume, ExpectingWriter writer) {
        String name = pod.name() + "-" + volume.text("name");
        Optional<Obj> there = claims.get(new Key(pod.namespace(), name));
        try {
            if (there.isEmpty()) {
                writer.create(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, claim(pod, volume, name));
            } else if (!Owners.controls(pod, there.get())) {
                throw new ApiFault(409, "Conflict", "PVC " + pod.namespace() + "/" + name
                        + " was not created for pod " + pod.namespace() + "/" + pod.name() + " (pod is not owner)",
                        Struct.EMPTY);
            }
        } catch (ApiFault fault) {
            if (!fault.namespaceTerminating()) {
                String why = there.isEmpty() ? "create PVC " + name + ": " + fault.getMessage() : fault.getMessage();
                events.warning(pod, "FailedBinding", "ephemeral volume " + volume.text("name") + ": " + why);
            }
            throw fault;
        }
    }

    private static Obj claim(Obj pod, Struct volume, String name) {
        Struct template = volume.struct("ephemeral").struct("volumeClaimTemplate");
        Struct metadata = Struct.builder().put("name", name).put("namespace", pod.namespace())
                .putUnlessEmpty("labels", template.struct("metadata").struct("labels"))
                .putUnlessEmpty("annotations", template.struct("metadata").struct("annotations"))
                .put("ownerReferences", Seq.of(pod.ownerReference())).build();
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "PersistentVolumeClaim", "metadata", metadata, "spec",
                template.struct("spec")));
    }
}
