package io.k3j.controllerscluster;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Pods;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/// Protects claims and volumes in use from deletion, by finalizers:
/// <https://kubernetes.io/docs/concepts/storage/persistent-volumes/#storage-object-in-use-protection>.
final class StorageProtection implements Reconciler {
    private final LiveView objects;
    private final String finalizer;
    private final Predicate<Obj> used;
    private final BiPredicate<ApiClient, Obj> reallyUsed;

    private StorageProtection(LiveView objects, String finalizer, Predicate<Obj> used,
            BiPredicate<ApiClient, Obj> reallyUsed) {
        this.objects = objects;
        this.finalizer = finalizer;
        this.used = used;
        this.reallyUsed = reallyUsed;
    }

    static void add(ControllerContext context) {
        LiveView claims = context.views().of(BuiltinResources.PERSISTENT_VOLUME_CLAIMS);
        LiveView volumes = context.views().of(BuiltinResources.PERSISTENT_VOLUMES);
        LiveView pods = context.views().of(BuiltinResources.PODS).index("claim", StorageProtection::claims);
        StorageProtection ofClaims = new StorageProtection(claims, "kubernetes.io/pvc-protection",
                c -> pods.by("claim", c.key().toString()).stream().anyMatch(StorageProtection::uses),
                (api, c) -> api.list(BuiltinResources.PODS, Query.in(c.namespace())).items().stream()
                        .anyMatch(p -> uses(p) && claims(p).contains(c.key().toString())));
        context.loop("persistentvolumeclaim-protection-controller", "pvc-protection-controller", 1, ofClaims).on(claims)
                .on(pods, p -> claims(p).stream().map(c -> new Key(p.namespace(), c.substring(c.indexOf('/') + 1)))
                        .toList());
        StorageProtection ofVolumes = new StorageProtection(volumes, "kubernetes.io/pv-protection",
                StorageProtection::bound, (api, v) -> api.find(BuiltinResources.PERSISTENT_VOLUMES, v.key())
                        .filter(StorageProtection::bound).isPresent());
        context.loop("persistentvolume-protection-controller", "pv-protection-controller", 1, ofVolumes).on(volumes);
    }

    /// Whether a pod uses what it names: it has a node. One without is given none while its claim is being deleted, so
    /// that pod and claim would wait for each other.
    private static boolean uses(Obj pod) {
        return !Pods.node(pod).isEmpty() && !Pods.finished(pod);
    }

    private static boolean bound(Obj volume) {
        return volume.status().text("phase").equals("Bound");
    }

    private static List<String> claims(Obj pod) {
        List<String> all = new ArrayList<>();
        for (Struct volume : pod.spec().seq("volumes").structs()) {
            String name = volume.has("ephemeral")
                    ? pod.name() + "-" + volume.text("name")
                    : volume.struct("persistentVolumeClaim").text("claimName");
            if (!name.isEmpty()) {
                all.add(pod.namespace() + "/" + name);
            }
        }
        return all;
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> found = objects.get(key);
        if (found.isEmpty()) {
            return Requeue.NEVER;
        }
        Obj object = found.get();
        boolean has = object.finalizers().contains(finalizer);
        // the views may be behind, and what loses its protection is gone: the API is asked before
        if (object.terminating() && has && !used.test(object) && !reallyUsed.test(writer.api(), object)) {
            List<String> remaining = object.finalizers().stream().filter(f -> !f.equals(finalizer)).toList();
            update(object, remaining, writer);
        } else if (!object.terminating() && !has) {
            List<String> extended = new ArrayList<>(object.finalizers());
            extended.add(finalizer);
            update(object, extended, writer);
        }
        return Requeue.NEVER;
    }

    private void update(Obj object, List<String> finalizers, ExpectingWriter writer) {
        writer.update(objects.resource(), finalizers.isEmpty()
                ? object.without("metadata", "finalizers")
                : object.with(finalizers, "metadata", "finalizers"));
    }
}
