/// The workload controllers: Deployments, ReplicaSets, ReplicationControllers, DaemonSets, StatefulSets, Jobs and
/// CronJobs, under upstream's names and with upstream's behaviour, conditions and events:
/// <https://kubernetes.io/docs/concepts/workloads/controllers/>.
///
/// Each controller reconciles one key at a time from its views; `ControllersWorkload` is the OSGi component. The only
/// state in memory are the queues: a successor starts from the objects.
///
/// | reads | sole writer of |
/// |---|---|
/// | Deployments, ReplicaSets, pods … | their status, the pods and sets they own |
@NullMarked
package io.k3j.controllersworkload;

import org.jspecify.annotations.NullMarked;
