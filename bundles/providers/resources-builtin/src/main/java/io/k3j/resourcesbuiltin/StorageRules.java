package io.k3j.resourcesbuiltin;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// Rules of StorageClasses and VolumeAttributesClasses, and where those of volumes, of claims and of CSI are.
final class StorageRules {
    private static final String PARAMETERS = "parameters";
    private static final int MOST_PARAMETERS = 512;
    /// Of all keys and values together, in characters.
    private static final int LARGEST_PARAMETERS = 256 * 1024;

    private StorageRules() {
    }

    static void into(Map<String, KindRules> map) {
        map.put("PersistentVolume", new VolumeRules(InstantSource.system()));
        map.put("PersistentVolumeClaim", new ClaimRules());
        map.put("StorageClass", new Classes());
        map.put("VolumeAttributesClass", new AttributesClasses());
        CsiRules.into(map);
    }

    private static final class Classes implements KindRules {
        private static final String TOPOLOGIES = "allowedTopologies";

        @Override
        public Struct defaulted(Gvk kind, Struct o) {
            return Fill.in(o, "reclaimPolicy", "Delete", "volumeBindingMode", "Immediate");
        }

        @Override
        public void check(Write write, Struct o, Problems p) {
            provisioner(o, "provisioner", p);
            parameters(o, p);
            p.oneOf(o, "reclaimPolicy", List.of("Delete", "Retain"));
            p.requiredOneOf(o, "volumeBindingMode", List.of("Immediate", "WaitForFirstConsumer"));
            TopologyProblems.check(o, TOPOLOGIES, p);
            if (write.operation() == Operation.UPDATE) {
                fixed(write, o, List.of(PARAMETERS, "provisioner", "reclaimPolicy"), p);
                p.immutable(write.before().orElse(Struct.EMPTY), o, "volumeBindingMode");
            }
        }

        @Override
        public List<String> warnings(Write write, Struct o) {
            return TopologyProblems.warnings(o, TOPOLOGIES);
        }
    }

    /// Classes of attributes are what they are from the beginning, since volumes have them already.
    private static final class AttributesClasses implements KindRules {
        private static final String DRIVER = "driverName";

        @Override
        public void check(Write write, Struct o, Problems p) {
            provisioner(o, DRIVER, p);
            parameters(o, p);
            if (o.struct(PARAMETERS).isEmpty()) {
                p.at(PARAMETERS).required("must contain at least one key/value pair");
            }
            if (write.operation() == Operation.UPDATE) {
                fixed(write, o, List.of(DRIVER, PARAMETERS), p);
            }
        }
    }

    /// A field that names who makes volumes, a qualified name in any case.
    private static void provisioner(Struct o, String field, Problems p) {
        if (p.present(o, field)) {
            String name = o.text(field).toLowerCase(Locale.ROOT);
            p.at(field).invalid(name, Names.qualified(name));
        }
    }

    private static void parameters(Struct o, Problems p) {
        Map<String, String> all = o.struct(PARAMETERS).texts();
        Problems at = p.at(PARAMETERS);
        if (all.size() > MOST_PARAMETERS) {
            at.tooLong(MOST_PARAMETERS);
            return;
        }
        if (all.containsKey("")) {
            at.invalid("", "field can not be empty.");
        }
        long size = all.entrySet().stream().mapToLong(e -> e.getKey().length() + (long) e.getValue().length()).sum();
        if (size > LARGEST_PARAMETERS) {
            at.tooLong(LARGEST_PARAMETERS);
        }
    }

    private static void fixed(Write write, Struct o, List<String> fields, Problems p) {
        Struct before = write.before().orElse(Struct.EMPTY);
        for (String field : fields) {
            if (!Objects.equals(before.get(field), o.get(field))) {
                p.at(field).forbidden("updates to " + field + " are forbidden.");
            }
        }
    }
}
