/// The volumes of pods on this node.
///
/// **Promise.** [Volumes] makes what a pod's `volumes` name, each by the plug-in of its kind, refreshes files that
/// change, shows containers what a `subPath` names, and takes all of it away again. What lies in a volume is opened
/// by handle and never through a link a container made (ADR 0090); [Trees] and [Mounts] remove without following
/// any, and so do [DiskUsage] and [VolumeStats] count. Block devices are mounted, or handed on, by their names in
/// `/dev` (ADR 0142).
///
/// **Threads.** Any, one at a time per pod; one platform thread, which ends when idle, makes and ends all mounts,
/// because the kernel keeps anyone who waits for its mount table; [VolumeStats#run] takes one. **Blocking.** Every
/// method, for files, mounts, programs ([HostPrograms]) and reads of the API. **Errors.** A
/// [io.k3j.kuberuntime.ConfigError] where a volume cannot be made yet, an `IOException` where files or mounts are
/// left. See <https://kubernetes.io/docs/concepts/storage/volumes/>.
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.kubeletvolumes;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
