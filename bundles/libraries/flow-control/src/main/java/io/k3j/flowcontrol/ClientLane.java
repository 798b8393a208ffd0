package io.k3j.flowcontrol;

import io.k3j.apiserverapi.Caller;

/// Sorts of clients that do not share what is held for long ([LongRunningShares]) and memory. It follows from who asks
/// alone: no object of the API changes it, so who may edit flow schemas cannot take memory from others by them.
public enum ClientLane {
    /// Administrators, who repair a cluster.
    EXEMPT,
    /// Nodes and the parts of the control plane, wherever they run: theirs is what the cluster needs to go on.
    SYSTEM,
    /// Everybody else.
    WORKLOAD;

    /// The lane of a caller.
    public static ClientLane of(Caller caller) {
        if (caller.in("system:masters")) {
            return EXEMPT;
        }
        String user = caller.user();
        boolean component = caller.in("system:nodes") || user.startsWith("system:kube-")
                || user.startsWith("system:k3s-") || caller.in("system:serviceaccounts:kube-system");
        return component ? SYSTEM : WORKLOAD;
    }
}
