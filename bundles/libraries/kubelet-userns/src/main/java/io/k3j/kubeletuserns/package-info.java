/// User namespaces of pods (`hostUsers: false`), as upstream's `pkg/kubelet/userns`: each such pod has a range of ids
/// of the host ([io.k3j.kubeletuserns.UserNamespaces]), which a file in its directory keeps
/// ([io.k3j.kubeletuserns.UserNamespace]), out of those that the node may give
/// ([io.k3j.kubeletuserns.SubordinateIds]):
/// <https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/>.
///
/// **Threads.** Any. **Blocking.** As long as the disk and the runtime do. **Errors.** Ids that the node cannot give
/// pods are an `IllegalArgumentException` with upstream's sentence; a pod that cannot have a namespace is a
/// [io.k3j.kuberuntime.ConfigError], and is tried again.
@NullMarked
package io.k3j.kubeletuserns;

import org.jspecify.annotations.NullMarked;
