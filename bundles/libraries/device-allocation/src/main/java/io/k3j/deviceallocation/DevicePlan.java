package io.k3j.deviceallocation;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;

/// What is written for a pod and the node that was selected for it. Immutable.
///
/// @param claims each with its devices there, reserved for the pod; those that need no change are left out
/// @param mappings what containers have of the claim that is made for extended resources; empty when none is
/// @param stale claims that were made for its extended resources in an attempt that has failed
/// @param waits whether some of its devices are not ready yet, so that the pod is not bound before they are
public record DevicePlan(List<Obj> claims, List<Struct> mappings, List<Obj> stale, boolean waits) {
    /// Nothing.
    public static final DevicePlan NONE = new DevicePlan(List.of(), List.of(), List.of(), false);

    /// Copies what is given.
    public DevicePlan {
        claims = List.copyOf(claims);
        mappings = List.copyOf(mappings);
        stale = List.copyOf(stale);
    }
}
