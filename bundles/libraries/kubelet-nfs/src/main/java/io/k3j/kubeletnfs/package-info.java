/// `nfs` volumes of pods and of PersistentVolumes, as upstream's plug-in `kubernetes.io/nfs`:
/// [io.k3j.kubeletnfs.NfsVolumes] mounts, unmounts and measures, each by a program of the node
/// (`NfsPrograms`), what a pod or a PersistentVolume names (`NfsSource`):
/// <https://kubernetes.io/docs/concepts/storage/volumes/#nfs>.
///
/// **Threads.** Any, one at a time per pod. **Blocking.** For programs, within limits that have names; never in a call
/// of the kernel that waits for a server. **Errors.** An `IOException` with upstream's words and with what to install
/// where the node has no client of NFS; it is tried again.
@NullMarked
package io.k3j.kubeletnfs;

import org.jspecify.annotations.NullMarked;
