package io.k3j.resourcesbuiltin;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.corevalidation.CsiProblems;
import io.k3j.corevalidation.OldNodeLabels;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.LabelSelectorRules;
import io.k3j.validation.Problems;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Rules of CSIDrivers, CSINodes, CSIStorageCapacities and VolumeAttachments, as upstream's `ValidateCSIDriver` and its
/// like: <https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/>.
final class CsiRules {
    private static final String SPEC = "spec";

    private CsiRules() {
    }

    static void into(Map<String, KindRules> map) {
        map.put("CSIDriver", new Drivers());
        map.put("CSINode", new Nodes());
        map.put("CSIStorageCapacity", new Capacities());
        map.put("VolumeAttachment", new VolumeAttachmentRules());
    }

    /// What an update changes; nothing for a creation.
    private static Struct before(Write write) {
        return write.operation() == Operation.UPDATE ? write.before().orElse(Struct.EMPTY) : Struct.EMPTY;
    }

    private static final class Drivers implements KindRules {
        private static final String MODES = "volumeLifecycleModes";
        private static final String ATTACH = "attachRequired";
        private static final String SECRET = "serviceAccountTokenInSecrets";
        private static final String PERIOD = "nodeAllocatableUpdatePeriodSeconds";
        private static final String EXPIRATION = "expirationSeconds";
        private static final long SHORTEST_TOKEN = 600;
        private static final long LONGEST_TOKEN = 1L << 32;

        @Override
        public Struct defaulted(Gvk kind, Struct o) {
            return Fill.inside(o, SPEC, spec -> {
                Struct s = Fill.in(spec, ATTACH, true, "podInfoOnMount", false);
                s = Fill.in(s, "storageCapacity", false, "fsGroupPolicy", "ReadWriteOnceWithFSType");
                s = Fill.in(s, "requiresRepublish", false, "seLinuxMount", false);
                return s.seq(MODES).isEmpty() ? s.with(MODES, Seq.of("Persistent")) : s;
            });
        }

        @Override
        public void check(Write write, Struct o, Problems problems) {
            Struct spec = o.struct(SPEC);
            Problems p = problems.at(SPEC);
            p.oneOf(spec, "fsGroupPolicy", List.of("File", "None", "ReadWriteOnceWithFSType"));
            for (String mode : spec.seq(MODES).texts()) {
                if (!mode.equals("Persistent") && !mode.equals("Ephemeral")) {
                    p.at(MODES).unsupported(mode, List.of("Persistent", "Ephemeral"));
                }
            }
            if (spec.has(PERIOD) && spec.whole(PERIOD, 0) < 10) {
                p.at(PERIOD).invalid(spec.whole(PERIOD, 0), "must be greater than or equal to 10 seconds");
            }
            tokens(spec.seq("tokenRequests"), p);
            if (spec.has(SECRET) && spec.seq("tokenRequests").isEmpty()) {
                p.at(SECRET).invalid(spec.flag(SECRET), SECRET + " is set but no tokenRequests are specified");
            }
            Struct old = before(write).struct(SPEC);
            if (!old.isEmpty() && !Objects.equals(old.get(ATTACH), spec.get(ATTACH))) {
                p.at("attachedRequired").invalid(spec.get(ATTACH), "field is immutable");
            }
            if (!old.isEmpty()) {
                p.immutable(old, spec, MODES);
            }
        }

        private static void tokens(Seq requests, Problems p) {
            Set<String> audiences = new HashSet<>();
            for (int i = 0; i < requests.size(); i++) {
                Struct request = requests.struct(i);
                Problems at = p.at("tokenRequests", i);
                if (!audiences.add(request.text("audience"))) {
                    at.at("audience").duplicate(request.text("audience"));
                } else if (request.has(EXPIRATION)) {
                    long seconds = request.whole(EXPIRATION, SHORTEST_TOKEN);
                    if (seconds < SHORTEST_TOKEN) {
                        at.at(EXPIRATION).invalid(seconds, "may not specify a duration less than 10 minutes");
                    } else if (seconds > LONGEST_TOKEN) {
                        at.at(EXPIRATION).invalid(seconds, "may not specify a duration larger than 2^32 seconds");
                    }
                }
            }
        }
    }

    private static final class Nodes implements KindRules {
        private static final String DRIVERS = "drivers";
        private static final int LONGEST_ID = 256;

        @Override
        public void check(Write write, Struct o, Problems problems) {
            Seq drivers = o.struct(SPEC).seq(DRIVERS);
            Problems p = problems.at(SPEC);
            Set<String> names = new HashSet<>();
            for (int i = 0; i < drivers.size(); i++) {
                driver(drivers.struct(i), names, p.at(DRIVERS, i));
            }
            for (Struct old : before(write).struct(SPEC).seq(DRIVERS).structs()) {
                Struct now = drivers.find("name", old.text("name"));
                if (!now.isEmpty() && !now.without("allocatable").equals(old.without("allocatable"))) {
                    p.at(DRIVERS).invalid(now.without("allocatable"), "field is immutable");
                }
            }
        }

        private static void driver(Struct driver, Set<String> names, Problems p) {
            String name = driver.text("name");
            CsiProblems.driverName(name, p.at("name"));
            if (p.present(driver, "nodeID") && driver.text("nodeID").length() > LONGEST_ID) {
                p.at("nodeID").invalid(driver.text("nodeID"), "must be " + LONGEST_ID + " characters or less");
            }
            p.at("allocatable").notNegative(driver.struct("allocatable"), "count");
            if (!names.add(name)) {
                p.at("name").duplicate(name);
            }
            Set<String> keys = new HashSet<>();
            for (String key : driver.seq("topologyKeys").texts()) {
                if (key.isEmpty()) {
                    p.required("");
                }
                if (!keys.add(key)) {
                    p.duplicate(key);
                }
                p.invalid(key, Names.qualified(key));
            }
        }
    }

    private static final class Capacities implements KindRules {
        private static final String TOPOLOGY = "nodeTopology";
        private static final String CLASS = "storageClassName";
        private static final String CAPACITY = "capacity";

        @Override
        public void check(Write write, Struct o, Problems p) {
            Struct old = before(write);
            LabelSelectorRules.check(o.struct(TOPOLOGY), LabelSelectorRules.oddValues(old.struct(TOPOLOGY)),
                    p.at(TOPOLOGY));
            p.at(CLASS).invalid(o.text(CLASS), Names.subdomain(o.text(CLASS)));
            if (o.has(CAPACITY)) {
                p.quantity(o, CAPACITY);
            }
            if (!old.isEmpty()) {
                p.immutable(old, o, TOPOLOGY);
                p.immutable(old, o, CLASS);
            }
        }

        @Override
        public List<String> warnings(Write write, Struct o) {
            return OldNodeLabels.warnings(o.struct(TOPOLOGY), TOPOLOGY);
        }
    }
}
