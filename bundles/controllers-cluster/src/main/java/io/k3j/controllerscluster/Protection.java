package io.k3j.controllerscluster;

import io.k3j.controllerkit.Again;
import io.k3j.controllerkit.Desk;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Pods;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Resources;
import io.k3j.controllerkit.Writer;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Keeps claims and volumes that are in use from going:
/// <https://kubernetes.io/docs/concepts/storage/persistent-volumes/#storage-object-in-use-protection>.
final class Protection implements Reconciler {
    private final LiveView protectedOnes;
    private final String finalizer;
    private final Predicate<Obj> used;

    private Protection(LiveView protectedOnes, String finalizer, Predicate<Obj> used) {
        this.protectedOnes = protectedOnes;
        this.finalizer = finalizer;
        this.used = used;
    }

    static void add(Desk desk) {
        LiveView claims = desk.views().of(Resources.PERSISTENT_VOLUME_CLAIMS);
        LiveView volumes = desk.views().of(Resources.PERSISTENT_VOLUMES);
        LiveView pods = desk.views().of(Resources.PODS).index("claim", Protection::claims);
        Protection ofClaims = new Protection(claims, "kubernetes.io/pvc-protection",
                c -> pods.by("claim", c.key().toString()).stream().anyMatch(p -> !Pods.finished(p)));
        desk.loop("persistentvolumeclaim-protection-controller", "pvc-protection-controller", 1, ofClaims).on(claims)
                .on(pods, p -> claims(p).stream().map(c -> new Key(p.namespace(), c.substring(c.indexOf('/') + 1)))
                        .toList());
        Protection ofVolumes = new Protection(volumes, "kubernetes.io/pv-protection",
                v -> v.status().text("phase").equals("Bound"));
        desk.loop("persistentvolume-protection-controller", "pv-protection-controller", 1, ofVolumes).on(volumes);
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
    public Again reconcile(Key key, Writer writer) {
        Optional<Obj> found = protectedOnes.get(key);
        if (found.isEmpty()) {
            return Again.NEVER;
        }
        Obj object = found.get();
        boolean has = object.finalizers().contains(finalizer);
        if (object.terminating() && has && !used.test(object)) {
            List<String> left = object.finalizers().stream().filter(f -> !f.equals(finalizer)).toList();
            update(object, left, writer);
        } else if (!object.terminating() && !has) {
            List<String> more = new ArrayList<>(object.finalizers());
            more.add(finalizer);
            update(object, more, writer);
        }
        return Again.NEVER;
    }

    private void update(Obj object, List<String> finalizers, Writer writer) {
        writer.update(protectedOnes.resource(), finalizers.isEmpty()
                ? object.without("metadata", "finalizers")
                : object.with(finalizers, "metadata", "finalizers"));
    }
}
