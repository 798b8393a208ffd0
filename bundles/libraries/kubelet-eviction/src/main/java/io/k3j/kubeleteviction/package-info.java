/// Evictions by the kubelet, as upstream's `pkg/kubelet/eviction`: thresholds of `--kubelet-arg eviction-…`
/// ([io.k3j.kubeleteviction.EvictionConfig]), what the node has left, as its summary tells, and which pod has to go
/// ([io.k3j.kubeleteviction.EvictionManager]):
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/>.
///
/// **Threads.** One at a time for a manager's rounds; its conditions are read by any. **Blocking.** As long as the node
/// does that it is given. **Errors.** A wrong argument is an `IllegalArgumentException` that names it, with upstream's
/// sentence.
@NullMarked
package io.k3j.kubeleteviction;

import org.jspecify.annotations.NullMarked;
