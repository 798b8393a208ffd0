package io.k3j.volumeapi;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/// The volumes that drivers make for the pods of one kubelet.
///
/// **Who.** `csi` implements it, and for servers of NFS the kubelet's own library `kubelet-nfs`; the kubelet asks.
///
/// **Lifetime.** From [VolumeDrivers#open] to [#close], or as long as the kubelet; volumes outlive it, also a crash.
///
/// **Guarantees.**
/// 1. A volume that is mounted is what its driver has said is ready, for that pod.
/// 2. Nothing is taken away from a pod but by [#release] of it.
/// 3. A volume that several pods of the node have is taken from the node with the last of them.
/// 4. Whatever a driver does, a call ends within minutes, in bounded memory.
///
/// **Threads.** Any, one at a time per pod, but for [#usage], of all volumes at once. Calls block for drivers and for
/// the API.
///
/// **Failure.** `IOException` with the driver's words; the caller asks again later. An unchecked exception only for
/// mistakes of this side.
@ProviderType
public interface DriverVolumes extends AutoCloseable {
    /// Mounts a volume for a pod, or leaves it mounted; may be called again at any time, and brings what drivers want
    /// renewed up to date then.
    ///
    /// @throws IOException when it is not ready, as while it is being attached
    MountedVolume mount(VolumeRequest request) throws IOException;

    /// Gets a volume ready for a pod that has it as a device. May be called again, as [#mount].
    ///
    /// @return the device on the node
    /// @throws IOException when it is not ready
    Path map(VolumeRequest request) throws IOException;

    /// Takes back all that drivers have made for a pod, also by an earlier kubelet. One that has nothing is no failure.
    ///
    /// @param uid of the pod
    /// @throws IOException when something is left; a second call goes on
    void release(String uid) throws IOException;

    /// Takes back what no pod's directory stands for any more, as after a crash. What cannot be taken now is left to a
    /// later call.
    void prune();

    /// What a volume uses, as its driver tells; empty for a driver that tells nothing.
    ///
    /// @param path as [#mount] said
    /// @throws IOException when the driver does not answer
    Optional<VolumeUsage> usage(Path path) throws IOException;

    /// Another API server answers [VolumeHost#api] from now on: what was watched is watched anew. Does no more than
    /// begin to watch.
    default void apiAttached() {
        // watches nothing
    }

    /// None answers for now: nothing of the last one is kept, which could not be unloaded otherwise. What was seen is
    /// still known.
    default void apiDetached() {
        // watches nothing
    }

    /// Follows the drivers no longer, within seconds. Unmounts nothing, and takes nothing out of the API.
    @Override
    void close();
}
