/// The volumes of pods on this node.
///
/// **Promise.** [Volumes] makes what a pod's `volumes` name, each by the plug-in of its kind, refreshes files that
/// change, shows containers what a `subPath` names, and takes all of it away again. What lies in a volume is opened,
/// mounted and removed by the library `node-files`, never through a link a container made (ADR 0090); [DiskUsage]
/// and [VolumeStats] count without following any. Block devices are mounted, or handed on, by their names in `/dev`
/// (ADR 0142).
///
/// **Threads.** Any, one at a time per pod; mounts are made and ended on the thread of [io.k3j.nodefiles.Mounts];
/// [VolumeStats#run] takes one. **Blocking.** Every method, for files, mounts, programs ([HostPrograms]) and reads of
/// the API. **Errors.** A [io.k3j.kuberuntime.ConfigError] where a volume cannot be made yet, an `IOException` where
/// files or mounts are left. See <https://kubernetes.io/docs/concepts/storage/volumes/>.
@NullMarked
package io.k3j.kubeletvolumes;

import org.jspecify.annotations.NullMarked;
