/// The workload controllers: Deployments, ReplicaSets, ReplicationControllers, DaemonSets, StatefulSets,
/// Jobs and CronJobs, each in upstream's name and with upstream's behaviour, conditions and events:
/// <https://kubernetes.io/docs/concepts/workloads/controllers/>.
///
/// Each controller is a plan over what its views show and the writes that follow from it, for one key at
/// a time; `ControllersWorkload` is the door. Private memory is nothing but queues: a successor begins
/// from the objects.
///
/// | reads | sole writer of |
/// |---|---|
/// | Deployments, ReplicaSets, pods … | their status, the pods and sets they own |
@NullMarked
package io.k3j.controllersworkload;

import org.jspecify.annotations.NullMarked;
