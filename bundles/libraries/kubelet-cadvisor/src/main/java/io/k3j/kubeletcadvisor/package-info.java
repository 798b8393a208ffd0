/// `/metrics/cadvisor`: what control groups, pods, containers, file systems and the machine use, by the kernel's files;
/// upstream's `kubelet/cadvisor` with what it includes of cAdvisor.
///
/// **Promise.** [CadvisorMetrics] writes the families, labels and types that a kubelet of Kubernetes 1.36 has there, of
/// the groups that the pods of a [CadvisorNode] are in, of the kubelet's own and of the machine as a whole, with
/// control groups of version 1 and 2.
///
/// **Threads.** Any; it has none, and scrapes measure in turn. **Blocking.** For the kernel's files: those of a group
/// are read once per scrape. **Errors.** What cannot be read is 0, what has gone is left out; more groups than are
/// shown is told as `container_scrape_error`. See
/// <https://github.com/google/cadvisor/blob/master/docs/storage/prometheus.md>.
@NullMarked
package io.k3j.kubeletcadvisor;

import org.jspecify.annotations.NullMarked;
