package io.k3j.devicerules;

import io.k3j.apimachinery.Quantity;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What can be wrong with a device's capacities and how parts of them are given, as upstream's
/// `validateRequestPolicy`. Pure.
final class CapacityProblems {
    /// Upstream's `CapacityRequestPolicyDiscreteMaxOptions`.
    private static final int MOST_OPTIONS = 10;
    private static final String POLICY = "requestPolicy";
    private static final String VALUES = "validValues";
    private static final String RANGE = "validRange";
    private static final String DEFAULT = "default";

    private CapacityProblems() {
    }

    /// @param p where the device's capacity stands
    static void check(Struct device, Problems p) {
        boolean shared = device.flag("allowMultipleAllocations");
        Struct capacities = device.struct("capacity");
        for (String name : capacities.names()) {
            Struct capacity = capacities.struct(name);
            Problems at = p.key(name);
            DeviceNames.qualified(name, at);
            Quantity whole = read(capacity.get("value"), at.at("value"));
            if (capacity.has(POLICY) && !shared) {
                at.at(POLICY).forbidden("allowMultipleAllocations must be true");
            } else if (capacity.has(POLICY) && whole != null) {
                policy(capacity.struct(POLICY), whole, at.at(POLICY));
            }
        }
    }

    private static @Nullable Quantity read(@Nullable Object value, Problems p) {
        try {
            return value == null ? Quantity.ZERO : Quantity.of(value);
        } catch (IllegalArgumentException e) {
            p.invalid(value, String.valueOf(e.getMessage()));
            return null;
        }
    }

    private static void policy(Struct policy, Quantity whole, Problems p) {
        boolean values = !policy.seq(VALUES).isEmpty();
        if (values && policy.has(RANGE)) {
            p.forbidden("exactly one policy can be specified, cannot specify \"validValues\" and \"validRange\" at the"
                    + " same time");
            return;
        }
        if ((values || policy.has(RANGE)) && !policy.has(DEFAULT)) {
            p.at(DEFAULT).required("required when " + (values ? VALUES : RANGE) + " is defined");
            return;
        }
        Quantity usual = read(policy.get(DEFAULT), p.at(DEFAULT));
        if (usual != null && values) {
            options(policy.seq(VALUES), usual, whole, p);
        } else if (usual != null && policy.has(RANGE)) {
            range(policy.struct(RANGE), usual, whole, p.at(RANGE));
        }
    }

    /// What is told twice is told as whole numbers, in which upstream compares.
    private static void options(Seq values, Quantity usual, Quantity whole, Problems p) {
        if (values.size() > MOST_OPTIONS) {
            p.at(VALUES).tooMany(values.size(), MOST_OPTIONS);
            return;
        }
        List<Quantity> all = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            Quantity option = read(values.get(i), p.at(VALUES, i));
            if (option == null) {
                return;
            }
            if (i > 0 && all.getLast().compareTo(option) > 0) {
                p.at(VALUES, i).invalid(option.toString(), "values must be sorted in ascending order");
            }
            all.add(option);
        }
        for (int i = 0; i < all.size(); i++) {
            larger(all.get(i), whole, "option is larger than capacity value: " + whole, p.at(VALUES, i), all.get(i));
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < all.size(); i++) {
            String number = String.valueOf(all.get(i).value());
            if (!seen.add(number)) {
                p.at(VALUES, i).duplicate(number);
            }
        }
        if (all.stream().noneMatch(s -> s.compareTo(usual) == 0)) {
            p.at(VALUES).invalid(usual.toString(), "default value is not valid according to the requestPolicy");
        }
    }

    private static void range(Struct range, Quantity usual, Quantity whole, Problems p) {
        if (!range.has("min")) {
            p.at("min").required("required when validRange is defined");
            return;
        }
        Quantity min = read(range.get("min"), p.at("min"));
        Quantity max = range.has("max") ? read(range.get("max"), p.at("max")) : whole;
        if (min == null || max == null) {
            return;
        }
        larger(min, whole, "min is larger than capacity value: " + whole, p.at("min"), min);
        larger(min, usual, "default is less than min: " + min, p.at("min"), usual);
        if (range.has("max")) {
            larger(min, max, "min is larger than max: " + max, p.at("max"), min);
            larger(max, whole, "max is larger than capacity value: " + whole, p.at("max"), max);
            larger(usual, max, "default is more than max: " + max, p.at("max"), usual);
        }
        if (range.has("step")) {
            Quantity step = read(range.get("step"), p.at("step"));
            if (step != null) {
                step(step, min, whole, range.has("max") ? List.of(usual, max) : List.of(usual), p.at("step"));
            }
        }
    }

    private static void larger(Quantity one, Quantity other, String why, Problems p, Quantity shown) {
        if (one.compareTo(other) > 0) {
            p.invalid(shown.toString(), why);
        }
    }

    private static void step(Quantity step, Quantity min, Quantity whole, List<Quantity> values, Problems p) {
        if (step.signum() <= 0) {
            p.invalid(step.toString(), "must be greater than zero");
            return;
        }
        Quantity second = min.add(step);
        larger(second, whole, "one step " + second + " is larger than capacity value: " + whole, p, step);
        for (Quantity value : values) {
            BigDecimal rest = value.amount().subtract(min.amount()).remainder(step.amount());
            if (rest.signum() != 0) {
                p.invalid(value.toString(), "value is not a multiple of a given step (" + step + ") from (" + min
                        + ")");
            }
        }
    }
}
