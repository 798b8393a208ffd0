package io.k3j.deviceallocation;

import io.k3j.devicecel.DeviceName;
import io.k3j.model.Struct;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// That the devices of some requests have the same value of an attribute, or each another one. Follows one search;
/// what was added last is taken back first.
final class AttributeConstraint {
    private final List<String> requests;
    private final DeviceName attribute;
    private final boolean distinct;
    private final Deque<Object> values = new ArrayDeque<>();

    AttributeConstraint(Struct constraint) {
        requests = constraint.seq("requests").texts();
        distinct = constraint.has("distinctAttribute");
        attribute = DeviceName.of(constraint.text(distinct ? "distinctAttribute" : "matchAttribute"), "");
    }

    /// Takes one device more.
    /// @return false for one that may not be beside the others, and is not taken
    boolean add(DeviceRequest request, OfferedDevice device) {
        if (!request.isOf(requests)) {
            return true;
        }
        @Nullable
        Object value = device.attribute(attribute);
        if (value == null || !fits(value)) {
            return false;
        }
        values.addLast(value);
        return true;
    }

    private boolean fits(Object value) {
        return distinct ? !values.contains(value) : values.isEmpty() || values.getLast().equals(value);
    }

    /// Gives the last one back.
    void remove(DeviceRequest request) {
        if (request.isOf(requests)) {
            values.removeLast();
        }
    }
}
