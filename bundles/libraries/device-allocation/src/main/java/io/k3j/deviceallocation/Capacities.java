package io.k3j.deviceallocation;

import io.k3j.apimachinery.Quantity;
import io.k3j.devicecel.DeviceName;
import io.k3j.model.Struct;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How much of a device's capacities a request takes, as its policies round it. Pure.
final class Capacities {
    private Capacities() {
    }

    /// What a request takes of each capacity of a device that several may have; of another device it takes nothing.
    /// Names are the device's own.
    ///
    /// @return empty when the device does not have what is asked for
    static Optional<Map<String, Quantity>> of(OfferedDevice device, Struct request) {
        Struct wanted = request.struct("capacity").struct("requests");
        for (String name : wanted.names()) {
            @Nullable
            Struct there = device.capacity(DeviceName.of(name, device.id().driver()));
            if (there == null || Quantity.of(wanted.get(name)).compareTo(Quantity.of(there.get("value"))) > 0) {
                return Optional.empty();
            }
        }
        Map<String, Quantity> taken = new LinkedHashMap<>();
        Struct capacities = device.spec().struct("capacity");
        for (String name : device.shared() ? capacities.names() : List.<String>of()) {
            Struct capacity = capacities.struct(name);
            Optional<Quantity> amount = rounded(capacity, asked(wanted, DeviceName.of(name, device.id().driver()),
                    device.id().driver()));
            if (amount.isEmpty() || amount.get().compareTo(Quantity.of(capacity.get("value"))) > 0) {
                return Optional.empty();
            }
            taken.put(name, amount.get());
        }
        return Optional.of(taken);
    }

    private static @Nullable Quantity asked(Struct wanted, DeviceName name, String driver) {
        for (String key : wanted.names()) {
            if (DeviceName.of(key, driver).equals(name)) {
                return Quantity.of(wanted.get(key));
            }
        }
        return null;
    }

    /// Without a policy what is asked for, or all of it.
    private static Optional<Quantity> rounded(Struct capacity, @Nullable Quantity asked) {
        Struct policy = capacity.struct("requestPolicy");
        if (asked == null) {
            return Optional.of(Quantity.of(policy.has("default") ? policy.get("default") : capacity.get("value")));
        }
        if (!policy.seq("validValues").isEmpty()) {
            return policy.seq("validValues").stream().map(Quantity::of).filter(v -> v.compareTo(asked) >= 0)
                    .findFirst();
        }
        return policy.has("validRange") ? inRange(policy.struct("validRange"), asked) : Optional.of(asked);
    }

    private static Optional<Quantity> inRange(Struct range, Quantity asked) {
        Quantity min = Quantity.of(range.get("min"));
        Quantity amount = asked.compareTo(min) < 0 ? min : asked;
        if (range.has("step")) {
            BigDecimal step = Quantity.of(range.get("step")).amount();
            BigDecimal steps = amount.subtract(min).amount().divide(step, 0, RoundingMode.CEILING);
            amount = min.add(Quantity.of(range.get("step")).times(steps.longValue()));
        }
        boolean over = range.has("max") && amount.compareTo(Quantity.of(range.get("max"))) > 0;
        return over ? Optional.empty() : Optional.of(amount);
    }
}
