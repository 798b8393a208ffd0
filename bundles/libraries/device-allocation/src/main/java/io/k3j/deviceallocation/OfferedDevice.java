package io.k3j.deviceallocation;

import io.k3j.componenthelpers.Taint;
import io.k3j.devicecel.DeviceName;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One device that a driver offers. Immutable.
///
/// @param spec as the slice has it
/// @param place the part of the slice, or of the device, that says on which nodes it is
/// @param pool whose counters it takes from
record OfferedDevice(DeviceId id, Struct spec, Struct place, DevicePools.Pool pool) {
    private static final String NO_EFFECT = "None";

    /// Whether several claims may have a part of it each.
    boolean shared() {
        return spec.flag("allowMultipleAllocations");
    }

    /// Whether a device becomes ready only when somebody has it.
    static boolean late(Struct spec) {
        return !spec.seq("bindingConditions").isEmpty();
    }

    /// What keeps claims from having it that do not tolerate that.
    List<Taint> taints() {
        return Taint.of(spec.seq("taints")).stream().filter(t -> !t.effect().equals(NO_EFFECT)).toList();
    }

    /// The value of an attribute, null for one that it does not have; of different types are never equal.
    @Nullable
    Object attribute(DeviceName name) {
        Struct attributes = spec.struct("attributes");
        Struct value = attributes.struct(name.domain() + "/" + name.id());
        if (value.isEmpty() && name.domain().equals(id.driver())) {
            value = attributes.struct(name.id());
        }
        for (String kind : List.of("string", "int", "bool", "version")) {
            Object one = value.get(kind);
            if (one != null) {
                return Map.entry(kind, one);
            }
        }
        return null;
    }

    /// A capacity as the device has it, null for one that it does not have.
    @Nullable
    Struct capacity(DeviceName name) {
        Struct capacities = spec.struct("capacity");
        for (String key : capacities.names()) {
            if (DeviceName.of(key, id.driver()).equals(name)) {
                return capacities.struct(key);
            }
        }
        return null;
    }
}
