/// `metrics.k8s.io/v1beta1`: what nodes and pods use, as metrics-server serves it, without a pod of its own. Every
/// server asks every kubelet each 15 seconds for `/metrics/resource`, keeps two looks at each container, and answers
/// with the difference. See <https://kubernetes.io/docs/tasks/debug/debug-cluster/resource-metrics-pipeline/>.
///
/// | reads | writes |
/// |---|---|
/// | Nodes, Pods, kubelets' `/metrics/resource`, `server/tls` (CAs) | the APIService `v1beta1.metrics.k8s.io` |
///
/// ```
///   Rounds ──each node──► KubeletSource ──text──► ResourceText ──► Figures ◄── NodeLister, PodLister ◄── API server
/// ```
@NullMarked
package io.k3j.metricsserver;

import org.jspecify.annotations.NullMarked;
