package io.k3j.volumecontrollers;

import io.k3j.apimachinery.Quantity;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Controller;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Pods;
import io.k3j.controllerkit.VolumeMatch;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Binds claims to existing volumes and maintains the phase of both; provisioners create volumes:
/// <https://kubernetes.io/docs/concepts/storage/persistent-volumes/#lifecycle-of-a-volume-and-claim>.
final class VolumeBinder {
    private static final String ACCOUNT = "persistent-volume-binder";
    static final String BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller";
    private static final String COMPLETED = "pv.kubernetes.io/bind-completed";
    private static final String SELECTED_NODE = "volume.kubernetes.io/selected-node";
    private static final String BOUND = VolumePhases.BOUND;
    /// What the resizer says a claim had before its volume grew.
    private static final String BEFORE_RESIZE = "volume.alpha.kubernetes.io/pre-resize-capacity";
    private static final List<String> HAD = List.of(BOUND, "Lost");
    private static final String OWNER = "claimRef";
    private static final String NAME = "volumeName";
    private static final String BY_VOLUME = "volume";
    private static final String WAITING = "waiting";
    private static final String BY_OWNER = "owner";
    private static final String BY_CLASS = "class";

    private final LiveView claims;
    private final LiveView volumes;
    private final LiveView classes;
    private final LiveView pods;
    private final StorageClassAssignment defaultClass;
    private final Events events;
    private final ClaimProvisioning provisioning;
    private final InstantSource clock;

    private VolumeBinder(ControllerContext context) {
        this.claims = context.views().of(BuiltinResources.PERSISTENT_VOLUME_CLAIMS)
                .index(BY_VOLUME, c -> List.of(c.spec().text(NAME)))
                .index(WAITING, c -> waits(c) ? List.of(VolumeMatch.className(c)) : List.of());
        this.volumes = context.views().of(BuiltinResources.PERSISTENT_VOLUMES)
                .index(BY_OWNER, v -> List.of(key(v.spec().struct(OWNER)).toString()))
                .index(BY_CLASS, v -> List.of(VolumeMatch.className(v)));
        this.classes = context.views().of(BuiltinResources.STORAGE_CLASSES);
        this.pods = StorageProtection.indexedByClaim(context.views().of(BuiltinResources.PODS));
        this.defaultClass = new StorageClassAssignment(classes);
        this.events = context.events("persistentvolume-controller", ACCOUNT);
        this.provisioning = new ClaimProvisioning(pods, events);
        this.clock = context.clock();
    }

    static void add(ControllerContext context) {
        VolumeBinder all = new VolumeBinder(context);
        Controller ofClaims = context.loop("persistentvolume-binder-controller", ACCOUNT, 1, all::claim);
        ofClaims.on(all.claims).reads(all.volumes, all.classes, all.pods);
        all.pods.listen((before, after) -> {
            if (before == null && after != null && Pods.node(after).isEmpty()) {
                StorageProtection.claimKeys(after).forEach(ofClaims.queue()::add);
            }
        });
        all.volumes.listen((before, after) -> {
            if (before != null) {
                all.concerned(before, false).forEach(ofClaims.queue()::add);
            }
            if (after != null) {
                all.concerned(after, true).forEach(ofClaims.queue()::add);
            }
        });
        all.classes.listen((before, after) -> {
            if (after != null) {
                all.hopeful(after).forEach(ofClaims.queue()::add);
            }
        });
        Controller ofVolumes = context.loop("persistentvolume-phase-controller", ACCOUNT, 1,
                new VolumePhases(context, all.events));
        ofVolumes.on(all.volumes).on(all.claims,
                c -> c.spec().text(NAME).isEmpty() ? List.of() : List.of(Key.of(c.spec().text(NAME))));
    }

    /// Whether a claim has no volume and names none.
    private static boolean waits(Obj claim) {
        return !claim.status().text("phase").equals(BOUND) && claim.spec().text(NAME).isEmpty();
    }

    /// Whether a claim has had its volume. Who may create claims writes the annotation, but not the status.
    private static boolean had(Obj claim) {
        return claim.annotations().containsKey(COMPLETED) && HAD.contains(claim.status().text("phase"));
    }

    /// The claims that wait for a class, or for any.
    private Set<Key> hopeful(Obj type) {
        Set<Key> all = new HashSet<>();
        claims.by(WAITING, type.name()).forEach(c -> all.add(c.key()));
        if (StorageClassAssignment.is(type)) {
            claims.by(WAITING, "").forEach(c -> all.add(c.key()));
        }
        return all;
    }

    /// The claims that a volume may help or fail: the one it is for, those that name it, and, when it is nobody's,
    /// those that wait for one of its class.
    private Set<Key> concerned(Obj volume, boolean there) {
        Set<Key> all = new HashSet<>();
        Struct owner = volume.spec().struct(OWNER);
        claims.by(BY_VOLUME, volume.name()).forEach(c -> all.add(c.key()));
        if (!owner.isEmpty()) {
            all.add(key(owner));
        } else if (there) {
            claims.by(WAITING, VolumeMatch.className(volume)).forEach(c -> all.add(c.key()));
        }
        return all;
    }

    /// The volumes that come into question for a claim.
    private List<Obj> candidates(Obj claim) {
        String named = claim.spec().text(NAME);
        if (!named.isEmpty()) {
            return volumes.get(Key.of(named)).filter(v -> !kept(v, claim)).map(List::of).orElse(List.of());
        }
        List<Obj> all = new ArrayList<>(meant(claim));
        volumes.by(BY_CLASS, VolumeMatch.className(claim)).stream().filter(v -> !kept(v, claim)).forEach(all::add);
        return all;
    }

    /// Whether a volume that is nobody's has the data of another claim: that gets it back.
    private boolean kept(Obj volume, Obj claim) {
        return VolumeMatch.free(volume) && claims.by(BY_VOLUME, volume.name()).stream()
                .anyMatch(c -> had(c) && !c.uid().equals(claim.uid()));
    }

    private List<Obj> meant(Obj claim) {
        return volumes.by(BY_OWNER, claim.key().toString()).stream().filter(v -> VolumeMatch.meant(v, claim)).toList();
    }

    private Requeue claim(Key key, ExpectingWriter writer) {
        claims.get(key).ifPresent(claim -> {
            if (claim.annotations().containsKey(COMPLETED)) {
                bound(claim, writer);
            } else if (!claim.terminating()) {
                unbound(claim, writer);
            }
        });
        return Requeue.NEVER;
    }

    private void unbound(Obj claim, ExpectingWriter writer) {
        Optional<Obj> match = schedulerChooses(claim) ? Optional.empty() : VolumeMatch.best(claim, candidates(claim));
        if (match.isPresent()) {
            bind(claim, match.get(), writer);
        } else {
            pending(claim, writer);
        }
    }

    /// Whether the scheduler chooses the volume, since it knows where the pod fits (`WaitForFirstConsumer`); no
    /// volume is bound here before.
    private boolean schedulerChooses(Obj claim) {
        return classes.get(Key.of(VolumeMatch.className(claim)))
                .filter(c -> c.tree().text("volumeBindingMode").equals("WaitForFirstConsumer")).isPresent()
                && claim.spec().text(NAME).isEmpty()
                && VolumeMatch.reserved(claim, meant(claim)).isEmpty();
    }

    private void bind(Obj claim, Obj volume, ExpectingWriter writer) {
        Obj taken = volume;
        if (!volume.spec().struct(OWNER).text("uid").equals(claim.uid())) {
            taken = taken.with(Events.reference(claim), "spec", OWNER);
            taken = volume.spec().has(OWNER) ? taken : taken.with("yes", "metadata", "annotations", BY_CONTROLLER);
            taken = writer.update(BuiltinResources.PERSISTENT_VOLUMES, taken);
        }
        writer.updateStatus(BuiltinResources.PERSISTENT_VOLUMES, taken,
                VolumePhases.phased(taken, BOUND, "", clock.instant()));
        Obj named = claim.with("yes", "metadata", "annotations", COMPLETED);
        if (claim.spec().text(NAME).isEmpty()) {
            named = named.with(volume.name(), "spec", NAME).with("yes", "metadata", "annotations", BY_CONTROLLER);
        }
        Obj written = writer.update(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, named);
        writer.updateStatus(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, written, boundStatus(written, volume));
    }

    /// A claim that is bound already keeps its size and its attributes: an expansion is over when whoever does it says
    /// so, which is later than the volume tells.
    private static Struct boundStatus(Obj claim, Obj volume) {
        Struct status = claim.status().with("phase", BOUND).with("accessModes", volume.spec().seq("accessModes"));
        if (claim.status().text("phase").equals(BOUND)) {
            return status;
        }
        String attributes = volume.spec().text("volumeAttributesClassName");
        Struct sized = status.with("capacity", capacity(volume));
        return attributes.isEmpty() ? sized : sized.with("currentVolumeAttributesClassName", attributes);
    }

    /// A volume may have grown while it had no claim: what a claim had is what the file system still has.
    private static Struct capacity(Obj volume) {
        Struct all = volume.spec().struct("capacity");
        try {
            String before = volume.annotations().get(BEFORE_RESIZE);
            return before == null ? all : all.with("storage", Quantity.parse(before).toString());
        } catch (IllegalArgumentException e) {
            return all;
        }
    }

    private void bound(Obj claim, ExpectingWriter writer) {
        String name = claim.spec().text(NAME);
        Optional<Obj> volume = volumes.get(Key.of(name));
        if (volume.isEmpty()) {
            lost(claim, "ClaimLost", "Bound claim has lost " + (name.isEmpty() ? "reference to" : "its")
                    + " PersistentVolume. Data on the volume is lost!", writer);
        } else if (volume.get().spec().struct(OWNER).text("uid").equals(claim.uid())) {
            writer.updateStatus(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, claim, boundStatus(claim, volume.get()));
        } else if (had(claim) && VolumeMatch.free(volume.get()) || VolumeMatch.meant(volume.get(), claim)) {
            bind(claim, volume.get(), writer);
        } else if (VolumeMatch.free(volume.get())) {
            unbound(claim, writer);
        } else {
            lost(claim, "ClaimMisbound", "Two claims are bound to the same volume, this one is bound incorrectly",
                    writer);
        }
    }

    private void lost(Obj claim, String reason, String message, ExpectingWriter writer) {
        if (!claim.status().text("phase").equals("Lost")) {
            events.warning(claim, reason, message);
            writer.updateStatus(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, claim, claim.status().with("phase", "Lost")
                    .without("accessModes").without("capacity").without("currentVolumeAttributesClassName"));
        }
    }

    /// Tells why a claim does not get the volume that it names; one that is not there may come.
    private void refuse(Obj claim, Obj volume) {
        String mismatch = VolumeMatch.free(volume) ? VolumeMatch.mismatch(volume, claim) : "";
        if (mismatch.isEmpty()) {
            events.warning(claim, "FailedBinding",
                    "volume \"" + volume.name() + "\" already bound to a different claim.");
        } else {
            events.warning(claim, "VolumeMismatch",
                    "Cannot bind to requested volume \"" + volume.name() + "\": " + mismatch);
        }
    }

    private void pending(Obj claim, ExpectingWriter writer) {
        if (defaultClass.assigned(claim, writer)) {
            return;
        }
        if (claim.status().text("phase").isEmpty()) {
            writer.updateStatus(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, claim,
                    claim.status().with("phase", "Pending"));
        }
        if (claim.spec().text(NAME).isEmpty()) {
            unnamed(claim, writer);
        }
        volumes.get(Key.of(claim.spec().text(NAME))).ifPresent(v -> refuse(claim, v));
    }

    private void unnamed(Obj claim, ExpectingWriter writer) {
        String name = VolumeMatch.className(claim);
        Optional<Obj> type = classes.get(Key.of(name));
        if (schedulerChooses(claim) && !claim.annotations().containsKey(SELECTED_NODE)) {
            provisioning.delayed(claim);
        } else if (name.isEmpty()) {
            events.normal(claim, "FailedBinding",
                    "no persistent volumes available for this claim and no storage class is set");
        } else if (type.isEmpty()) {
            events.warning(claim, "ProvisioningFailed", "storageclass.storage.k8s.io \"" + name + "\" not found");
        } else {
            provisioning.provision(claim, type.get().tree().text("provisioner"), writer);
        }
    }

    private static Key key(Struct ref) {
        return new Key(ref.text("namespace"), ref.text("name"));
    }
}
