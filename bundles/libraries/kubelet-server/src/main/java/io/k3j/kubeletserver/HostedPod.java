package io.k3j.kubeletserver;

import io.k3j.kuberuntime.PodRuntime;
import io.k3j.model.Obj;

/// A pod of this node, as the kubelet sees it now. Any thread; no method blocks. The kubelet's pod worker implements
/// it. Object and runtime are read apart from each other, so one may be newer than the other: a reader takes each once
/// and works with what it got.
public interface HostedPod {
    /// The object as last told. Never null. Its status is what the API server had then; for a static pod there may be
    /// none.
    Obj pod();

    /// What runs of it, as last seen. Never null; [PodRuntime#EMPTY] before the runtime has been looked at. Logs do not
    /// use it: they ask the runtime again, because a container may have ended since.
    PodRuntime runtime();
}
