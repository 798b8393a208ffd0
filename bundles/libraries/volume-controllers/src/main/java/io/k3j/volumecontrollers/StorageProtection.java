package io.k3j.volumecontrollers;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Owners;
import io.k3j.controllerkit.Pods;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Protects claims, volumes and VolumeAttributesClasses in use from deletion, by finalizers:
/// <https://kubernetes.io/docs/concepts/storage/persistent-volumes/#storage-object-in-use-protection>.
final class StorageProtection implements Reconciler {
    static final String BY_CLAIM = "claim";
    private static final String BY_ATTRIBUTES = "attributes";
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
        LiveView pods = indexedByClaim(context.views().of(BuiltinResources.PODS));
        StorageProtection ofClaims = new StorageProtection(claims, "kubernetes.io/pvc-protection",
                c -> pods.by(BY_CLAIM, c.key().toString()).stream().anyMatch(p -> uses(p, c)),
                (api, c) -> api.list(BuiltinResources.PODS, Query.in(c.namespace())).items().stream()
                        .anyMatch(p -> uses(p, c)));
        context.loop("persistentvolumeclaim-protection-controller", "pvc-protection-controller", 1, ofClaims).on(claims)
                .on(pods, StorageProtection::claimKeys);
        StorageProtection ofVolumes = new StorageProtection(volumes, "kubernetes.io/pv-protection",
                StorageProtection::bound, (api, v) -> api.find(BuiltinResources.PERSISTENT_VOLUMES, v.key())
                        .filter(StorageProtection::bound).isPresent());
        context.loop("persistentvolume-protection-controller", "pv-protection-controller", 1, ofVolumes).on(volumes);
        classes(context, claims, volumes);
    }

    /// VolumeAttributesClasses stay while a claim or a volume names one.
    private static void classes(ControllerContext context, LiveView claims, LiveView volumes) {
        LiveView classes = context.views().of(BuiltinResources.VOLUME_ATTRIBUTES_CLASSES);
        claims.index(BY_ATTRIBUTES, StorageProtection::attributes);
        volumes.index(BY_ATTRIBUTES, StorageProtection::attributes);
        StorageProtection ofClasses = new StorageProtection(classes, "kubernetes.io/vac-protection",
                c -> !claims.by(BY_ATTRIBUTES, c.name()).isEmpty() || !volumes.by(BY_ATTRIBUTES, c.name()).isEmpty(),
                (api, c) -> Stream.of(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, BuiltinResources.PERSISTENT_VOLUMES)
                        .anyMatch(r -> api.list(r, Query.ALL).items().stream()
                                .anyMatch(o -> attributes(o).contains(c.name()))));
        context.loop("volumeattributesclass-protection-controller", "volumeattributesclass-protection-controller", 1,
                ofClasses).on(classes).on(claims, StorageProtection::attributesKeys)
                .on(volumes, StorageProtection::attributesKeys);
    }

    private static List<Key> attributesKeys(Obj user) {
        return attributes(user).stream().map(Key::of).toList();
    }

    /// The classes that a claim or a volume names: wanted, current, and on its way.
    private static Set<String> attributes(Obj user) {
        Set<String> all = new HashSet<>();
        all.add(user.spec().text("volumeAttributesClassName"));
        all.add(user.status().text("currentVolumeAttributesClassName"));
        all.add(user.status().struct("modifyVolumeStatus").text("targetVolumeAttributesClassName"));
        all.remove("");
        return all;
    }

    /// Whether a pod uses a claim: it names it and has a node, ended or not, since its volumes may still be there. One
    /// without is given none while its claim is being deleted, so that pod and claim would wait for each other; so
    /// would a pod whose kubelet is done with it, and the claim that goes with it.
    private static boolean uses(Obj pod, Obj claim) {
        return !Pods.node(pod).isEmpty() && pod.spec().seq("volumes").structs().stream()
                .filter(v -> claim(pod, v).equals(claim.name()))
                .anyMatch(v -> !v.has("ephemeral") || !shutDown(pod) && Owners.controls(pod, claim));
    }

    private static boolean shutDown(Obj pod) {
        return pod.terminating() && pod.metadata().whole("deletionGracePeriodSeconds", -1) == 0;
    }

    private static boolean bound(Obj volume) {
        return volume.status().text("phase").equals("Bound");
    }

    /// Adds the index [#BY_CLAIM] to a view of pods: the claims that pods name, as `namespace/name`.
    static LiveView indexedByClaim(LiveView pods) {
        return pods.index(BY_CLAIM, StorageProtection::claims);
    }

    /// The claims that a pod names.
    static List<Key> claimKeys(Obj pod) {
        return claims(pod).stream().map(c -> new Key(pod.namespace(), c.substring(c.indexOf('/') + 1))).toList();
    }

    private static List<String> claims(Obj pod) {
        List<String> all = new ArrayList<>();
        for (Struct volume : pod.spec().seq("volumes").structs()) {
            String name = claim(pod, volume);
            if (!name.isEmpty()) {
                all.add(pod.namespace() + "/" + name);
            }
        }
        return all;
    }

    /// The name of the claim behind a volume of a pod, empty when there is none.
    static String claim(Obj pod, Struct volume) {
        return volume.has("ephemeral")
                ? pod.name() + "-" + volume.text("name")
                : volume.struct("persistentVolumeClaim").text("claimName");
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
