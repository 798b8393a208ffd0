package io.k3j.deviceallocation;

import io.k3j.componenthelpers.Taint;
import io.k3j.componenthelpers.Toleration;
import io.k3j.model.Struct;
import java.util.List;

/// Devices of one kind that a claim asks for: a request, or one of its alternatives. Immutable.
///
/// @param name as it is referred to: of an alternative `request/alternative`
/// @param parent the request's own name
/// @param spec with class, selectors, mode, count, tolerations and capacity
/// @param deviceClass the spec of its DeviceClass
record DeviceRequest(String name, String parent, Struct spec, Struct deviceClass) {
    boolean all() {
        return spec.text("allocationMode").equals("All");
    }

    long count() {
        return Math.max(1, spec.whole("count", 1));
    }

    /// Whether devices are looked at, and nobody is kept from them.
    boolean admin() {
        return spec.flag("adminAccess");
    }

    /// Whether it tolerates all taints of a device.
    boolean tolerates(OfferedDevice device) {
        List<Taint> taints = device.taints();
        if (taints.isEmpty()) {
            return true;
        }
        List<Toleration> tolerations = Toleration.of(spec.seq("tolerations"));
        return taints.stream().allMatch(t -> Toleration.tolerated(tolerations, t));
    }

    /// Whether a list of request names means it; an empty one means all.
    boolean isOf(List<String> requests) {
        return requests.isEmpty() || requests.contains(name) || requests.contains(parent);
    }
}
