package io.k3j.devicerules;

import io.k3j.apimachinery.Names;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.List;

/// What can be wrong with one device of a slice, as upstream's `validateDevice`. Pure.
final class DeviceProblems {
    /// Upstream's `ResourceSliceMaxAttributesAndCapacitiesPerDevice`.
    private static final int MOST_VALUES = 32;
    /// Upstream's `DeviceAttributeMaxValueLength`, in bytes.
    private static final int LONGEST_VALUE = 64;
    private static final int MOST_TAINTS = 16;
    private static final int MOST_CONSUMPTIONS = 2;
    private static final int MOST_COUNTERS = 32;
    private static final int MOST_CONDITIONS = 4;
    private static final String CONDITIONS = "bindingConditions";
    private static final String FAILURES = "bindingFailureConditions";
    private static final String CONSUMED = "consumesCounters";
    private static final String COUNTERS = "counters";

    private DeviceProblems() {
    }

    /// @param before the device as it was; empty for a new one
    static void check(Struct device, Struct before, Problems p) {
        DeviceNames.label(device.text("name"), p.at("name"));
        int values = device.struct("attributes").size() + device.struct("capacity").size();
        if (values > MOST_VALUES) {
            p.invalid((long) values, "the total number of attributes and capacities must not exceed " + MOST_VALUES);
        }
        Problems attributes = p.at("attributes");
        device.struct("attributes").forEach((name, value) -> {
            DeviceNames.qualified(name, attributes.key(name));
            attribute(value instanceof Struct s ? s : Struct.EMPTY, attributes.key(name));
        });
        if (!device.struct("capacity").equals(before.struct("capacity"))) {
            CapacityProblems.check(device, p.at("capacity"));
        }
        if (!device.seq("taints").equals(before.seq("taints"))) {
            DeviceLists.each(device, "taints", MOST_TAINTS, p, DeviceClaimProblems::taint);
        }
        DeviceLists.each(device, CONSUMED, MOST_CONSUMPTIONS, p, (consumption, at) -> {
            if (at.present(consumption, "counterSet")) {
                DeviceNames.label(consumption.text("counterSet"), at.at("counterSet"));
            }
            counters(consumption, at);
        });
        DeviceLists.unique(device, CONSUMED, MOST_CONSUMPTIONS, p, c -> c.text("counterSet"));
        bindingConditions(device, p);
    }

    private static void attribute(Struct attribute, Problems p) {
        int kinds = 0;
        for (String kind : List.of("bool", "int", "string", "version")) {
            kinds += attribute.has(kind) ? 1 : 0;
        }
        if (attribute.has("string") && attribute.text("string").length() > LONGEST_VALUE) {
            p.at("string").tooLong(LONGEST_VALUE);
        }
        if (attribute.has("version")) {
            version(attribute.text("version"), p.at("version"));
        }
        if (kinds == 0) {
            p.invalid("", "exactly one value must be specified");
        } else if (kinds > 1) {
            p.invalid(attribute, "exactly one value must be specified");
        }
    }

    private static void version(String version, Problems p) {
        if (!DeviceNames.semver(version)) {
            p.invalid(version, "must be a string compatible with semver.org spec 2.0.0");
        }
        if (version.length() > LONGEST_VALUE) {
            p.tooLong(LONGEST_VALUE);
        }
    }

    /// Checks the field `counters`, by name.
    static void counters(Struct of, Problems p) {
        Struct counters = of.struct(COUNTERS);
        if (counters.isEmpty()) {
            p.at(COUNTERS).required("");
        } else if (counters.size() > MOST_COUNTERS) {
            p.at(COUNTERS).tooMany(counters.size(), MOST_COUNTERS);
        } else {
            counters.names().forEach(name -> DeviceNames.label(name, p.at(COUNTERS).key(name)));
        }
    }

    /// Checks the conditions by which a device, or one that is allocated, becomes ready.
    static void bindingConditions(Struct device, Problems p) {
        for (String field : List.of(CONDITIONS, FAILURES)) {
            DeviceLists.texts(device, field, MOST_CONDITIONS, p, (name, at) -> at.invalid(name, Names.qualified(name)));
            DeviceLists.unique(device, field, Integer.MAX_VALUE, p);
        }
        boolean ready = device.seq(CONDITIONS).isEmpty();
        boolean failed = device.seq(FAILURES).isEmpty();
        for (int i = 0; i < device.seq(FAILURES).size() && !p.full(); i++) {
            String name = device.seq(FAILURES).text(i);
            if (device.seq(CONDITIONS).contains(name)) {
                p.at(FAILURES, i).invalid(name, "bindingFailureConditions must not overlap with bindingConditions");
            }
        }
        if (ready && !failed) {
            p.at(CONDITIONS).invalid(device.seq(CONDITIONS),
                    "bindingConditions are required to use bindingFailureConditions");
        }
        if (failed && !ready) {
            p.at(FAILURES).invalid(device.seq(FAILURES),
                    "bindingFailureConditions are required to use bindingConditions");
        }
    }
}
