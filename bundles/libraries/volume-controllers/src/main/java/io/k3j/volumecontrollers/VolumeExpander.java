package io.k3j.volumecontrollers;

import io.k3j.apimachinery.Quantity;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Controller;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Tells of claims that ask for more than they have who is waited for. The expansion itself is that of a driver's
/// external resizer, which watches claims, and then of the kubelet:
/// <https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims>.
final class VolumeExpander implements Reconciler {
    private static final String ACCOUNT = "expand-controller";
    private static final String STORAGE = "storage";

    private final LiveView claims;
    private final LiveView volumes;
    private final Events events;

    private VolumeExpander(ControllerContext context) {
        this.claims = context.views().of(BuiltinResources.PERSISTENT_VOLUME_CLAIMS);
        this.volumes = context.views().of(BuiltinResources.PERSISTENT_VOLUMES);
        this.events = context.events("volume_expand", ACCOUNT);
    }

    static void add(ControllerContext context) {
        VolumeExpander all = new VolumeExpander(context);
        Controller loop = context.loop("persistentvolume-expander-controller", ACCOUNT, 1, all).reads(all.claims,
                all.volumes);
        all.claims.listen((before, after) -> {
            if (after != null && bound(after) && grows(before, after)) {
                loop.queue().add(after.key());
            }
        });
    }

    private static boolean bound(Obj claim) {
        return claim.status().text("phase").equals("Bound");
    }

    private static boolean grows(@Nullable Obj before, Obj after) {
        return before == null || requested(after).compareTo(requested(before)) > 0;
    }

    private static Quantity requested(Obj claim) {
        return Quantity.of(claim.spec().struct("resources").struct("requests").get(STORAGE));
    }

    private static Quantity provided(Obj claim) {
        return Quantity.of(claim.status().struct("capacity").get(STORAGE));
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> claim = claims.get(key)
                .filter(c -> bound(c) && requested(c).compareTo(provided(c)) > 0 && ownsItsVolume(c));
        claim.ifPresent(c -> events.normal(c, "ExternalExpanding",
                "waiting for an external controller to expand this PVC"));
        return Requeue.NEVER;
    }

    private boolean ownsItsVolume(Obj claim) {
        return volumes.get(Key.of(claim.spec().text("volumeName")))
                .filter(v -> v.spec().struct("claimRef").text("uid").equals(claim.uid())).isPresent();
    }
}
