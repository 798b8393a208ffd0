package io.k3j.kubeletvolumes;

import io.k3j.componenthelpers.NodeSelectorTerm;
import io.k3j.kuberuntime.ConfigError;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// What the volumes of pods are: their own source, or what their claims are bound to; upstream's `createVolumeSpec`.
/// Any thread; blocks for the API.
///
/// @param references where claims and volumes are read
record VolumeSpecs(ReferencedObjects references) {
    private static final String PROTECTION = "kubernetes.io/pvc-protection";

    /// A volume that cannot be mounted yet, since nobody knows what it is.
    static final class Unprocessed extends IOException {
        private static final long serialVersionUID = 1L;

        Unprocessed(String why) {
            super(why);
        }
    }

    /// A volume that this node or its kind cannot have.
    static final class Unfit extends IOException {
        private static final long serialVersionUID = 1L;
        private final String check;

        Unfit(String check, String why) {
            super(why);
            this.check = check;
        }

        /// Which of upstream's checks says so.
        String check() {
            return check;
        }
    }

    /// Checks what upstream does right before a volume is mounted: a pod whose author names its node has come past the
    /// scheduler, and would find an empty directory where its data should be.
    /// @throws Unfit when the node is none of the volume's, or the kind takes no mount options
    void check(VolumePlugin.Spec spec) throws Unfit {
        Struct required = spec.source().struct("nodeAffinity").struct("required");
        if (!spec.persistent()) {
            return;
        }
        if (!required.isEmpty()) {
            String node = spec.pod().spec().text("nodeName");
            Obj here = references.need(ReferencedObjects.NODES, "", node, false).orElseThrow();
            if (!NodeSelectorTerm.anyMatches(NodeSelectorTerm.of(required.seq("nodeSelectorTerms")), node,
                    here.labels())) {
                throw new Unfit("NodeAffinity", "no matching NodeSelectorTerms");
            }
        }
        if (spec.source().has("hostPath") && !spec.source().seq("mountOptions").isEmpty()) {
            throw new Unfit("MountOptionSupport", "mount options are not supported for this volume type");
        }
    }

    /// The claim a volume stands for. A generic ephemeral volume has one of its own, called by pod and volume; the
    /// ephemeral-volume controller makes it.
    static Optional<String> claim(Obj pod, Struct volume) {
        if (volume.has("persistentVolumeClaim")) {
            return Optional.of(volume.struct("persistentVolumeClaim").text("claimName"));
        }
        return volume.has("ephemeral") ? Optional.of(pod.name() + "-" + volume.text("name")) : Optional.empty();
    }

    /// A volume by its own source, or by what its claim is bound to. A claim of a generic ephemeral volume's name which
    /// the pod does not own is somebody else's data, as of a pod `a` with a volume `b-c` beside a pod `a-b` with a
    /// volume `c`.
    /// @throws Unprocessed while the claim is missing, not `Bound` or not the pod's own, or the volume is not the
    /// claim's; the pod waits for it
    VolumePlugin.Spec spec(Obj pod, Struct volume, List<String> addresses) throws Unprocessed {
        Optional<String> name = claim(pod, volume);
        return name.isPresent() ? claimed(pod, volume, name.get())
                : new VolumePlugin.Spec(pod, volume.text("name"), volume, "", addresses);
    }

    /// An ephemeral volume's claim has to be the pod's own: upstream's `VolumeIsForPod`.
    private VolumePlugin.Spec claimed(Obj pod, Struct volume, String name) throws Unprocessed {
        String about = "error processing PVC " + pod.namespace() + "/" + name + ": ";
        Obj claim = read(ReferencedObjects.CLAIMS, pod.namespace(), name, about + "failed to fetch PVC from");
        if (claim.terminating() && !claim.finalizers().contains(PROTECTION)) {
            throw new Unprocessed(about + "PVC is being deleted");
        }
        if (!claim.status().text("phase").equals("Bound")) {
            throw new Unprocessed(about + "PVC is not bound");
        }
        String bound = claim.spec().text("volumeName");
        if (bound.isEmpty()) {
            throw new Unprocessed(about + "PVC has empty pvc.Spec.VolumeName");
        }
        if (volume.has("ephemeral") && claim.controller().filter(o -> o.text("uid").equals(pod.uid())).isEmpty()) {
            throw new Unprocessed("PVC " + claim.namespace() + "/" + name + " was not created for pod "
                    + pod.namespace() + "/" + pod.name() + " (pod is not owner)");
        }
        Obj there = read(ReferencedObjects.VOLUMES, "", bound, about + "failed to fetch PV " + bound + " from");
        checkOwner(there, claim, about);
        return new VolumePlugin.Spec(pod, volume.text("name"), source(there), bound, List.of(), Optional.of(claim));
    }

    private Obj read(Gvr resource, String namespace, String name, String failure) throws Unprocessed {
        Optional<Obj> found;
        try {
            found = references.find(resource, namespace, name);
        } catch (ConfigError e) {
            throw new Unprocessed(failure + " API server: " + e.getMessage());
        }
        if (found.isEmpty()) {
            throw new Unprocessed(failure + " API server: " + resource.resource() + " \"" + name + "\" not found");
        }
        return found.get();
    }

    /// Who may write claims may write one that names any volume: whose a volume is, that says itself. Upstream's
    /// `getPVSpec`.
    private static void checkOwner(Obj volume, Obj claim, String about) throws Unprocessed {
        Struct owner = volume.spec().struct("claimRef");
        if (owner.isEmpty()) {
            throw new Unprocessed(about + "found PV object " + volume.name() + " but it has a nil pv.Spec.ClaimRef"
                    + " indicating it is not yet bound to the claim");
        }
        if (!owner.text("uid").equals(claim.uid())) {
            throw new Unprocessed(about + "found PV object " + volume.name() + " but its pv.Spec.ClaimRef.UID "
                    + owner.text("uid") + " does not point to claim.UID " + claim.uid());
        }
    }

    /// The `spec` of a PersistentVolume. Options of an older annotation come first, as upstream's
    /// `MountOptionFromSpec` has it, but for `csi`.
    private static Struct source(Obj volume) {
        String older = volume.annotations().getOrDefault("volume.beta.kubernetes.io/mount-options", "");
        return older.isEmpty() || volume.spec().has("csi") ? volume.spec()
                : volume.spec().with("mountOptions", Seq.copyOf(List.of(older.split(","))));
    }
}
