package io.k3j.kubelet;

import io.k3j.kuberuntime.PodRuntime;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;

/// The state of one pod sync. It is passed from step to step; a step that changes containers continues with a newer
/// one. Immutable.
///
/// @param desired the object as the API sent it
/// @param pod the same with the allocated resources instead of the requested ones
/// @param seen the pod's state in the runtime
record SyncContext(Obj desired, Obj pod, PodRuntime seen) {
    /// Before the first sync.
    static final SyncContext NONE = new SyncContext(Obj.of(Struct.EMPTY), Obj.of(Struct.EMPTY), PodRuntime.EMPTY);

    /// Reads the runtime state of a pod.
    static SyncContext read(Obj desired, ContainerRuntime runtime) {
        return new SyncContext(desired, desired, PodRuntime.read(runtime, desired.uid()));
    }

    /// A copy with the allocated resources.
    SyncContext withAllocated(Obj resized) {
        return new SyncContext(desired, resized, seen);
    }

    /// A copy with the current runtime state.
    SyncContext refreshed(ContainerRuntime runtime) {
        return new SyncContext(desired, pod, PodRuntime.read(runtime, pod.uid()));
    }
}
