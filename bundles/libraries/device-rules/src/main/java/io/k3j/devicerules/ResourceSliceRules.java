package io.k3j.devicerules;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.corevalidation.CsiProblems;
import io.k3j.corevalidation.NodeAffinityProblems;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Null;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Rules of ResourceSlices: upstream's `ValidateResourceSlice`.
final class ResourceSliceRules implements KindRules {
    /// Upstream's `ResourceSliceMaxDevices`, and as many where one of them has taints or consumes counters.
    private static final int MOST_DEVICES = 128;
    private static final int MOST_ADVANCED_DEVICES = 64;
    /// Upstream's `ResourceSliceMaxCounterSets`.
    private static final int MOST_COUNTER_SETS = 8;
    private static final String DRIVER = "driver";
    private static final String POOL = "pool";
    private static final String NODE = "nodeName";
    private static final String SELECTOR = "nodeSelector";
    private static final String TERMS = "nodeSelectorTerms";
    private static final String ALL = "allNodes";
    private static final String EACH = "perDeviceNodeSelection";
    private static final String COUNTERS = "sharedCounters";
    private static final String DEVICES = "devices";
    private static final String ONE = "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection`"
            + " is required";

    private final InstantSource clock;

    /// @param clock of the time of day, at which taints without a time are added
    ResourceSliceRules(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Struct defaulted(Gvk kind, Struct object) {
        return Fill.inside(object, "spec", spec -> Fill.each(spec, DEVICES, device -> Fill.each(device, "taints",
                taint -> Fill.in(taint, "timeAdded", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString()))));
    }

    /// What belongs to feature gates that are off in 1.36 is left out.
    @Override
    public Struct prepared(Write write, Struct object) {
        return Fill.inside(object, "spec",
                spec -> Fill.each(spec, DEVICES, device -> device.without("nodeAllocatableResourceMappings")));
    }

    @Override
    public List<String> warnings(Write write, Struct object) {
        String driver = object.struct("spec").text(DRIVER);
        return driver.equals(driver.toLowerCase(Locale.ROOT)) ? List.of()
                : List.of("spec.driver: driver names should be lowercase; \"" + driver
                        + "\" contains uppercase characters");
    }

    @Override
    public void check(Write write, Struct object, Problems problems) {
        Struct spec = object.struct("spec");
        if (spec.isEmpty()) {
            return;
        }
        Struct before = write.before().orElse(Struct.EMPTY).struct("spec");
        Problems p = problems.at("spec");
        CsiProblems.driverName(spec.text(DRIVER), p.at(DRIVER));
        pool(spec.struct(POOL), p.at(POOL));
        if (write.operation() == Operation.UPDATE) {
            p.at(POOL).immutable(before.struct(POOL), spec.struct(POOL), "name");
            p.immutable(before, spec, DRIVER);
            p.immutable(before, spec, NODE);
        }
        nodes(spec, p);
        if (spec.has(COUNTERS) && spec.has(DEVICES)) {
            p.invalid("", "only one of `sharedCounters` or `devices` is allowed");
        }
        devices(spec, before, p);
        DeviceLists.each(spec, COUNTERS, MOST_COUNTER_SETS, p, (set, at) -> {
            DeviceNames.label(set.text("name"), at.at("name"));
            DeviceProblems.counters(set, at);
        });
        DeviceLists.unique(spec, COUNTERS, MOST_COUNTER_SETS, p, s -> s.text("name"));
    }

    private static void pool(Struct pool, Problems p) {
        DeviceNames.pool(pool.text("name"), p.at("name"));
        long slices = pool.whole("resourceSliceCount", 0);
        if (slices <= 0) {
            p.at("resourceSliceCount").invalid(slices, "must be greater than zero");
        }
        long generation = pool.whole("generation", 0);
        if (generation < 0) {
            p.at("generation").invalid(generation, "must be greater than or equal to zero");
        }
    }

    private static void nodes(Struct spec, Problems p) {
        List<String> set = new ArrayList<>();
        if (spec.has(NODE)) {
            String name = spec.text(NODE);
            if (name.isEmpty()) {
                p.at(NODE).invalid(name, "must be either unset or set to a non-empty string");
            } else {
                set.add("`" + NODE + "`");
                p.at(NODE).invalid(name, Names.subdomain(name));
            }
        }
        if (spec.has(SELECTOR)) {
            set.add("`" + SELECTOR + "`");
            NodeAffinityProblems.selector(spec.struct(SELECTOR), p.at(SELECTOR));
            if (spec.struct(SELECTOR).seq(TERMS).size() != 1) {
                p.at(SELECTOR).at(TERMS).invalid(spec.struct(SELECTOR).seq(TERMS),
                        "must have exactly one node selector term");
            }
        }
        for (String flag : List.of(ALL, EACH)) {
            if (spec.has(flag) && spec.flag(flag)) {
                set.add("`" + flag + "`");
            } else if (spec.has(flag)) {
                p.at(flag).invalid(false, "must be either unset or set to true");
            }
        }
        if (set.isEmpty()) {
            p.required(ONE);
        } else if (set.size() > 1) {
            p.invalid("{" + String.join(", ", set) + "}", ONE + ", but multiple fields are set");
        }
    }

    private static void devices(Struct spec, Struct before, Problems p) {
        boolean advanced = spec.seq(DEVICES).structs().stream()
                .anyMatch(d -> !d.seq("taints").isEmpty() || !d.seq("consumesCounters").isEmpty());
        int most = advanced ? MOST_ADVANCED_DEVICES : MOST_DEVICES;
        boolean each = spec.flag(EACH);
        DeviceLists.each(spec, DEVICES, most, p, (device, at) -> {
            DeviceProblems.check(device, before.seq(DEVICES).find("name", device.text("name")), at);
            if (each) {
                oneNode(device, at);
            } else if (device.has(NODE) || device.has(SELECTOR) || device.has(ALL)) {
                at.invalid(Null.NULL, "`nodeName`, `nodeSelector` and `allNodes` can only be set if"
                        + " `perDeviceNodeSelection` is set to true in the ResourceSlice spec");
            }
        });
        DeviceLists.unique(spec, DEVICES, most, p, d -> d.text("name"));
    }

    private static void oneNode(Struct device, Problems p) {
        List<String> set = new ArrayList<>();
        String one = "exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when"
                + " `perDeviceNodeSelection` is set to true in the ResourceSlice spec";
        if (device.has(NODE) && device.text(NODE).isEmpty()) {
            p.at(NODE).invalid("", "must not be empty");
        } else if (device.has(NODE)) {
            set.add("`" + NODE + "`");
            p.at(NODE).invalid(device.text(NODE), Names.subdomain(device.text(NODE)));
        }
        if (device.has(SELECTOR)) {
            set.add("`" + SELECTOR + "`");
            NodeAffinityProblems.selector(device.struct(SELECTOR), p.at(SELECTOR));
        }
        if (device.has(ALL) && device.flag(ALL)) {
            set.add("`" + ALL + "`");
        } else if (device.has(ALL)) {
            p.at(ALL).invalid(false, "must be either unset or set to true");
        }
        if (set.isEmpty()) {
            p.required(one);
        } else if (set.size() > 1) {
            p.invalid("{" + String.join(", ", set) + "}", one);
        }
    }
}
