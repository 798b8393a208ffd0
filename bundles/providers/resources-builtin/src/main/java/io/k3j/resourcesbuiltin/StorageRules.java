package io.k3j.resourcesbuiltin;

import io.k3j.apimachinery.Names;
import io.k3j.apimachinery.Quantity;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.corevalidation.CsiProblems;
import io.k3j.corevalidation.NfsProblems;
import io.k3j.corevalidation.NodeAffinityProblems;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// Rules of PersistentVolumes, StorageClasses and VolumeAttributesClasses, and where those of claims and of CSI are.
final class StorageRules {
    private static final List<String> MODES = List.of("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce",
            "ReadWriteOncePod");

    private static final String PARAMETERS = "parameters";
    private static final int MOST_PARAMETERS = 512;
    /// Of all keys and values together, in characters.
    private static final int LARGEST_PARAMETERS = 256 * 1024;

    private StorageRules() {
    }

    static void into(Map<String, KindRules> map) {
        map.put("PersistentVolume", new Volumes());
        map.put("PersistentVolumeClaim", new ClaimRules());
        map.put("StorageClass", new Classes());
        map.put("VolumeAttributesClass", new AttributesClasses());
        CsiRules.into(map);
    }

    static void modes(Seq modes, Problems p) {
        if (modes.isEmpty()) {
            p.at("accessModes").required("at least 1 access mode is required");
        }
        for (int i = 0; i < modes.size(); i++) {
            String field = "accessModes[" + i + "]";
            p.oneOf(Struct.of(field, modes.text(i)), field, MODES);
        }
        if (modes.contains("ReadWriteOncePod") && modes.size() > 1) {
            p.at("accessModes").forbidden("may not use ReadWriteOncePod with other access modes");
        }
    }

    private static final class Volumes implements KindRules {
        private static final String CSI = "csi";
        private static final String AFFINITY = "nodeAffinity";
        private static final String ATTRIBUTES = "volumeAttributesClassName";

        @Override
        public Struct defaulted(Gvk kind, Struct o) {
            return filled(o);
        }

        private static Struct filled(Struct o) {
            Struct v = Fill.inside(o, "spec", s -> Fill.in(s, "persistentVolumeReclaimPolicy", "Retain", "volumeMode",
                    "Filesystem"));
            return Fill.inside(v, "spec", s -> Fill.inside(s, "hostPath", h -> h.has("type") ? h : h.with("type", "")));
        }

        @Override
        public Struct prepared(Write write, Struct o) {
            return write.operation() == Operation.CREATE ? o.with("status", Struct.of("phase", "Pending")) : o;
        }

        @Override
        public void check(Write write, Struct o, Problems problems) {
            if (write.of("status")) {
                return;
            }
            Struct spec = o.struct("spec");
            Problems p = problems.at("spec");
            modes(spec.seq("accessModes"), p);
            if (!spec.struct("capacity").has("storage")) {
                p.at("capacity").required("");
            } else {
                Quantity size = p.at("capacity").quantity(spec.struct("capacity"), "storage");
                if (size != null && size.signum() == 0) {
                    p.at("capacity").at("storage").invalid("0", "must be greater than zero");
                }
            }
            p.oneOf(spec, "persistentVolumeReclaimPolicy", List.of("Delete", "Recycle", "Retain"));
            p.oneOf(spec, "volumeMode", List.of("Block", "Filesystem"));
            driver(spec, p);
            if (write.operation() == Operation.UPDATE) {
                update(filled(write.before().orElse(Struct.EMPTY)).struct("spec"), spec, problems);
            } else {
                VolumeSources.check(spec, p);
            }
        }

        /// What drivers and servers make of a volume, and where it can be used.
        private static void driver(Struct spec, Problems p) {
            if (spec.has(CSI)) {
                CsiProblems.persistentVolume(spec.struct(CSI), p.at(CSI));
            }
            if (spec.has("nfs")) {
                NfsProblems.check(spec.struct("nfs"), p.at("nfs"));
            }
            if (spec.has(AFFINITY)) {
                Problems at = p.at(AFFINITY).at("required");
                if (spec.struct(AFFINITY).has("required")) {
                    NodeAffinityProblems.selector(spec.struct(AFFINITY).struct("required"), at);
                } else {
                    at.required("must specify required node constraints");
                }
            }
            if (spec.has(ATTRIBUTES)) {
                String name = spec.text(ATTRIBUTES);
                if (name.isEmpty()) {
                    p.at(ATTRIBUTES).required("an empty string is disallowed");
                } else {
                    p.at(ATTRIBUTES).invalid(name, Names.subdomain(name));
                }
                if (!spec.has(CSI)) {
                    p.at(CSI).required("has to be specified when using volumeAttributesClassName");
                }
            }
        }

        /// A volume stays the same one, at the same place; upstream names two of the fields without the spec.
        private static void update(Struct old, Struct spec, Problems problems) {
            Problems p = problems.at("spec");
            if (!VolumeSources.same(old, spec)) {
                VolumeSources.check(spec, p);
                p.at("persistentvolumesource").forbidden("spec.persistentvolumesource is immutable after creation");
            }
            problems.immutable(old, spec, "volumeMode");
            if (old.has(AFFINITY) && !VolumeNodes.same(old.struct(AFFINITY), spec.struct(AFFINITY))) {
                problems.at(AFFINITY).invalid(spec.get(AFFINITY),
                        "field is immutable, except for updating from beta label to GA");
            }
            if (old.has(ATTRIBUTES) && !spec.has(ATTRIBUTES)) {
                p.at(ATTRIBUTES).forbidden("update from non-nil value to nil is forbidden");
            }
        }
    }

    private static final class Classes implements KindRules {
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
            if (write.operation() == Operation.UPDATE) {
                fixed(write, o, List.of(PARAMETERS, "provisioner", "reclaimPolicy"), p);
                p.immutable(write.before().orElse(Struct.EMPTY), o, "volumeBindingMode");
            }
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
