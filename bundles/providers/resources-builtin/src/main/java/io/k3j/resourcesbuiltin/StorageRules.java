package io.k3j.resourcesbuiltin;

import io.k3j.apimachinery.Quantity;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Rules of PersistentVolumes, PersistentVolumeClaims and StorageClasses.
final class StorageRules {
    private static final List<String> MODES = List.of("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce",
            "ReadWriteOncePod");

    private StorageRules() {
    }

    static void into(Map<String, KindRules> map) {
        map.put("PersistentVolume", new Volumes());
        map.put("PersistentVolumeClaim", new Claims());
        map.put("StorageClass", new Classes());
        map.put("CSIDriver", new Drivers());
    }

    private static void modes(Seq modes, Problems p) {
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
        @Override
        public Struct defaulted(Gvk kind, Struct o) {
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
        }
    }

    private static final class Claims implements KindRules {
        private static final String RULE = "spec is immutable after creation except resources.requests and"
                + " volumeAttributesClassName for bound claims";

        @Override
        public Struct defaulted(Gvk kind, Struct o) {
            return Fill.inside(o, "spec", s -> Fill.in(s, "volumeMode", "Filesystem"));
        }

        @Override
        public Struct prepared(Write write, Struct o) {
            Struct c = write.subresource().isEmpty()
                    ? Fill.inside(o, "spec", s -> ClaimSources.of(write, s)) : o;
            return write.operation() == Operation.CREATE ? c.with("status", Struct.of("phase", "Pending")) : c;
        }

        @Override
        public void check(Write write, Struct o, Problems problems) {
            if (write.of("status")) {
                return;
            }
            Struct spec = o.struct("spec");
            Problems p = problems.at("spec");
            modes(spec.seq("accessModes"), p);
            Struct requests = spec.struct("resources").struct("requests");
            Problems at = p.at("resources").key("storage");
            if (!requests.has("storage")) {
                at.required("");
            } else {
                Quantity size = p.at("resources.requests").quantity(requests, "storage");
                if (size != null && size.signum() == 0) {
                    at.invalid("0", "must be greater than zero");
                }
            }
            if (write.operation() == Operation.UPDATE) {
                update(write.before().orElse(Struct.EMPTY), spec, p);
            }
        }

        private static void update(Struct before, Struct spec, Problems p) {
            Struct old = before.struct("spec");
            Quantity was = Quantity.of(old.struct("resources").struct("requests").get("storage"));
            Quantity now = Quantity.of(spec.struct("resources").struct("requests").get("storage"));
            if (now.compareTo(was) < 0) {
                p.at("resources.requests.storage").forbidden("field can not be less than status.capacity");
            }
            boolean bound = before.struct("status").text("phase").equals("Bound");
            if (!fixed(old, old, bound).equals(fixed(spec, old, bound))) {
                p.forbidden(RULE);
            }
        }

        /// Resets mutable fields, so that the rest can be compared: the volume name may be set once, the class while
        /// it is unset.
        private static Struct fixed(Struct spec, Struct old, boolean bound) {
            Struct s = old.text("volumeName").isEmpty() ? spec.without("volumeName") : spec;
            s = old.has("storageClassName") ? s : s.without("storageClassName");
            return bound ? s.without("resources").without("volumeAttributesClassName") : s;
        }
    }

    private static final class Classes implements KindRules {
        @Override
        public Struct defaulted(Gvk kind, Struct o) {
            return Fill.in(o, "reclaimPolicy", "Delete", "volumeBindingMode", "Immediate");
        }

        @Override
        public void check(Write write, Struct o, Problems p) {
            p.present(o, "provisioner");
            p.oneOf(o, "reclaimPolicy", List.of("Delete", "Retain"));
            p.requiredOneOf(o, "volumeBindingMode", List.of("Immediate", "WaitForFirstConsumer"));
            Struct before = write.before().orElse(Struct.EMPTY);
            if (write.operation() == Operation.UPDATE) {
                for (String field : List.of("parameters", "provisioner", "reclaimPolicy")) {
                    if (!Objects.equals(before.get(field), o.get(field))) {
                        p.at(field).forbidden("updates to " + field + " are forbidden.");
                    }
                }
                p.immutable(before, o, "volumeBindingMode");
            }
        }
    }

    private static final class Drivers implements KindRules {
        @Override
        public Struct defaulted(Gvk kind, Struct o) {
            return Fill.inside(o, "spec", spec -> {
                Struct s = Fill.in(spec, "attachRequired", true, "podInfoOnMount", false);
                s = Fill.in(s, "storageCapacity", false, "fsGroupPolicy", "ReadWriteOnceWithFSType");
                s = Fill.in(s, "requiresRepublish", false, "seLinuxMount", false);
                return s.seq("volumeLifecycleModes").isEmpty()
                        ? s.with("volumeLifecycleModes", Seq.of("Persistent")) : s;
            });
        }
    }
}
