package io.k3j.kubeletvolumes;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// One kind of volume. [Volumes] asks its plug-ins in turn for the first that supports a source. Any thread, one at a
/// time per pod; a method blocks until it is done.
///
/// Upstream's `VolumePlugin` and `Mounter` in one. A plug-in keeps no state: what is made is on the disk and in the
/// mount table. [Volumes#remove] takes it away, without asking it but for what drivers have made.
interface VolumePlugin {
    /// A volume a pod is to have, as upstream's `volume.Spec`.
    ///
    /// @param pod whose volume it is
    /// @param name in the pod
    /// @param source with the one field that names its kind: the pod's volume, or the `spec` of a PersistentVolume
    /// @param persistentVolume whose source it is, empty for one that is the pod's own
    /// @param addresses of the pod, as far as they are known
    /// @param claim that is bound to the PersistentVolume
    record Spec(Obj pod, String name, Struct source, String persistentVolume, List<String> addresses,
            Optional<Obj> claim) {
        /// Of a volume whose claim does not matter.
        Spec(Obj pod, String name, Struct source, String persistentVolume, List<String> addresses) {
            this(pod, name, source, persistentVolume, addresses, Optional.empty());
        }

        /// Whether the source is that of a PersistentVolume. Some kinds are allowed in one place only: `local` in a
        /// PersistentVolume, `emptyDir` in a pod.
        boolean persistent() {
            return !persistentVolume.isEmpty();
        }

        /// What messages call it: upstream's `Spec.Name`, of a PersistentVolume its name.
        String shown() {
            return persistent() ? persistentVolume : name;
        }

        /// Whether pods are to have it as a device, not mounted: `volumeMode: Block` of a PersistentVolume.
        boolean block() {
            return persistent() && source.text("volumeMode").equals("Block");
        }

        /// The group that owns its files, -1 when the pod names none. `fsGroup`; what a plug-in makes gets it, and what
        /// it finds keeps its own, but for volumes that upstream gives to the group as well.
        long group() {
            return pod.spec().struct("securityContext").whole("fsGroup", -1);
        }

        /// Whether a volume whose top has the group is taken as it is: `fsGroupChangePolicy`.
        boolean onRootMismatch() {
            return pod.spec().struct("securityContext").text("fsGroupChangePolicy").equals("OnRootMismatch");
        }
    }

    /// Whether volumes of this source are its own. Pure; looks at the source only.
    boolean supports(Spec spec);

    /// How what a volume of this kind uses is told. Pure; the same at each call.
    VolumeStats.Metrics metrics();

    /// Makes the volume, or brings the one that is there to what it should be. May be called again at any time while
    /// the pod runs, also by a kubelet that has just started.
    /// @return where it lies on this node
    /// @throws IOException when that fails; it is tried again
    /// @throws io.k3j.kuberuntime.ConfigError when something it needs is missing
    Path setUp(Spec spec) throws IOException;

    /// Makes the volume a device that the pod's containers are given, for a [Spec#block]; upstream's
    /// `BlockVolumeMapper`. May be called again, as [#setUp].
    /// @return what the runtime is told, which it resolves; empty where this kind of volume is no device
    /// @throws IOException when that fails; it is tried again
    default Optional<Path> mapDevice(Spec spec) throws IOException {
        return Optional.empty();
    }
}
