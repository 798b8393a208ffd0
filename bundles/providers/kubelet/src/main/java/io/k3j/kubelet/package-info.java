/// The kubelet: runs the pods bound to this node and reports their status.
///
/// [Kubelet] is the OSGi component; `NodeAgent` wires the node libraries (`kuberuntime`, `kubelet-volumes`,
/// `cgroups`, `probes`, `node-status`, `pod-status`, `pod-allocation`, `kubelet-server`). `PodWorkers` holds one
/// `PodWorker`, one virtual thread, per pod. Every event of a pod (a new version, a runtime event, a probe result,
/// a timer) wakes its worker, which runs one `PodSync`: read the runtime (`PodRuntime`), decide without side
/// effects (`PodActions`), act (`Starter`, `Launches`), report (`PodStatus`). No pod state exists in memory only:
/// containers carry labels and annotations, from which the next kubelet continues.
///
/// | reads | sole writer of |
/// |---|---|
/// | Pods of this node, Services, ConfigMaps, Secrets, PVCs, PVs | Pod status fields of the kubelet, this Node and its Lease |
/// | CRI | `/var/lib/kubelet`, `/var/log/pods`, `/var/log/containers`, the `kubepods` cgroups |
@NullMarked
package io.k3j.kubelet;

import org.jspecify.annotations.NullMarked;
