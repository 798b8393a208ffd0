package io.k3j.volumecontrollers;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.Times;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/// Maintains the phases of PersistentVolumes: `Available`, `Bound`, `Released` and `Failed`, and gives volumes back
/// whose claim has got another one; upstream's `syncVolume`. Wiping and deleting is the business of external
/// provisioners: <https://kubernetes.io/docs/concepts/storage/persistent-volumes/#phase>.
final class VolumePhases implements Reconciler {
    static final String BOUND = "Bound";
    private static final String AVAILABLE = "Available";
    private static final String FAILED = "Failed";
    /// What stays until the volume goes.
    private static final Set<String> OVER = Set.of("Released", FAILED);
    private static final String OWNER = "claimRef";
    private static final String UID = "uid";
    private static final String PROVISIONED_BY = "pv.kubernetes.io/provisioned-by";
    private static final String MIGRATED_TO = "pv.kubernetes.io/migrated-to";
    private static final String IN_TREE = "kubernetes.io/";
    private static final String HOST_PATH = "hostPath";
    private static final String NFS = "nfs";
    private static final String HOST_PATHS = "/tmp/";
    private final LiveView claims;
    private final LiveView volumes;
    private final Events events;
    private final InstantSource clock;

    VolumePhases(ControllerContext context, Events events) {
        this.claims = context.views().of(BuiltinResources.PERSISTENT_VOLUME_CLAIMS);
        this.volumes = context.views().of(BuiltinResources.PERSISTENT_VOLUMES);
        this.events = events;
        this.clock = context.clock();
    }

    /// The status of a volume in a phase, and since when it is in that.
    static Struct phased(Obj volume, String phase, String message, Instant now) {
        if (volume.status().text("phase").equals(phase)) {
            return volume.status();
        }
        Struct status = volume.status().with("phase", phase).with("lastPhaseTransitionTime", Times.seconds(now));
        return message.isEmpty() ? status.without("message") : status.with("message", message);
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> found = volumes.get(key);
        if (found.isEmpty()) {
            return Requeue.NEVER;
        }
        Obj volume = found.get();
        if (volume.spec().struct(OWNER).text(UID).isEmpty()) {
            enter(volume, AVAILABLE, "", writer);
            return Requeue.NEVER;
        }
        Optional<Obj> claim = owner(volume, writer);
        String named = claim.map(c -> c.spec().text("volumeName")).orElse("");
        if (claim.isEmpty()) {
            release(volume, writer);
        } else if (named.isEmpty()) {
            mismatch(volume, claim.get());
        } else if (named.equals(volume.name())) {
            enter(volume, BOUND, "", writer);
        } else if (volume.annotations().containsKey(PROVISIONED_BY) && policy(volume).equals("Delete")) {
            release(volume, writer);
        } else {
            unbind(volume, writer);
        }
        return Requeue.NEVER;
    }

    /// The view may be behind: a volume that is released may be wiped at once.
    private Optional<Obj> owner(Obj volume, ExpectingWriter writer) {
        Struct ref = volume.spec().struct(OWNER);
        Key key = new Key(ref.text("namespace"), ref.text("name"));
        Optional<Obj> viewed = claims.get(key).filter(c -> c.uid().equals(ref.text(UID)));
        return viewed.isPresent() ? viewed : writer.api().find(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, key)
                .filter(c -> c.uid().equals(ref.text(UID)));
    }

    private static String policy(Obj volume) {
        return volume.spec().text("persistentVolumeReclaimPolicy");
    }

    private Obj enter(Obj volume, String phase, String message, ExpectingWriter writer) {
        return writer.updateStatus(BuiltinResources.PERSISTENT_VOLUMES, volume,
                phased(volume, phase, message, clock.instant()));
    }

    /// Its claim has gone. What has failed stays so, that people see it.
    private void release(Obj volume, ExpectingWriter writer) {
        boolean over = OVER.contains(volume.status().text("phase"));
        Obj released = over ? volume : enter(volume, "Released", "", writer);
        String undone = undone(released);
        if (undone.isEmpty() || released.status().text("phase").equals(FAILED)) {
            return;
        }
        Obj failed = enter(released, FAILED, undone, writer);
        events.warning(failed, policy(volume).equals("Recycle") ? "VolumeFailedRecycle" : "VolumeFailedDelete", undone);
    }

    /// Why nobody does what the reclaim policy says, in upstream's words; empty where somebody does, or where nothing
    /// is to be done.
    private static String undone(Obj volume) {
        Struct spec = volume.spec();
        if (volume.annotations().containsKey(MIGRATED_TO)) {
            return "";
        }
        return switch (policy(volume)) {
            case "Recycle" -> spec.has(NFS) || spec.has(HOST_PATH) ? "" : "No recycler plugin found for the volume!";
            case "Delete" -> undeleted(volume);
            default -> "";
        };
    }

    private static String undeleted(Obj volume) {
        Struct spec = volume.spec();
        String by = volume.annotations().getOrDefault(PROVISIONED_BY, "");
        if (!by.isEmpty() && !by.equals("kubernetes.io/host-path")) {
            return by.startsWith(IN_TREE) ? "no volume plugin matched name: " + by : "";
        }
        if (spec.has("csi")) {
            return "";
        }
        if (spec.has(HOST_PATH)) {
            String path = spec.struct(HOST_PATH).text("path");
            int at = path.indexOf(HOST_PATHS);
            return at >= 0 && path.length() > at + HOST_PATHS.length() ? ""
                    : "host_path deleter only supports /tmp/.+ but received provided " + path;
        }
        return "error getting deleter volume plugin for volume \"" + volume.name() + "\": "
                + (spec.has(NFS) ? "no deletable volume plugin matched" : "no volume plugin matched");
    }

    /// A claim that does not have its volume yet, and never will.
    private void mismatch(Obj volume, Obj claim) {
        if (mode(claim).equals(mode(volume))) {
            return;
        }
        events.warning(volume, "VolumeMismatch", "Cannot bind PersistentVolume to requested PersistentVolumeClaim \""
                + claim.name() + "\" due to incompatible volumeMode.");
        events.warning(claim, "VolumeMismatch", "Cannot bind PersistentVolume \"" + volume.name()
                + "\" to requested PersistentVolumeClaim due to incompatible volumeMode.");
    }

    private static String mode(Obj claimOrVolume) {
        return claimOrVolume.spec().text("volumeMode", "Filesystem");
    }

    /// Its claim has got another volume: this one is free again, or reserved as somebody has made it.
    private void unbind(Obj volume, ExpectingWriter writer) {
        boolean ours = volume.annotations().containsKey(VolumeBinder.BY_CONTROLLER);
        Obj free = ours ? volume.without("spec", OWNER).without("metadata", "annotations", VolumeBinder.BY_CONTROLLER)
                : volume.without("spec", OWNER, UID);
        enter(writer.update(BuiltinResources.PERSISTENT_VOLUMES, free), AVAILABLE, "", writer);
    }
}
