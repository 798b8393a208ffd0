package io.k3j.resourcesbuiltin;

import io.k3j.apimachinery.Names;
import io.k3j.apimachinery.Quantity;
import io.k3j.apimachinery.Rfc3339;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.corevalidation.CsiProblems;
import io.k3j.corevalidation.NodeAffinityProblems;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import io.k3j.workloadrules.VolumeDefaults;
import java.time.InstantSource;
import java.util.List;

/// Rules of PersistentVolumes: upstream's `ValidatePersistentVolume`. Its source is looked at where it is new.
final class VolumeRules implements KindRules {
    static final String STORAGE = "storage";
    private static final String SPEC = "spec";
    private static final String CSI = "csi";
    private static final String AFFINITY = "nodeAffinity";
    private static final String REQUIRED = "required";
    private static final String ATTRIBUTES = "volumeAttributesClassName";
    private static final String CLASS = "storageClassName";
    private static final String CAPACITY = "capacity";
    private static final String POLICY = "persistentVolumeReclaimPolicy";
    private static final String OPTIONS = "volume.beta.kubernetes.io/mount-options";
    private static final String ALONE = "ReadWriteOncePod";
    private static final List<String> MODES = List.of("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", ALONE);
    private static final String TRANSITION = "lastPhaseTransitionTime";
    private final InstantSource clock;

    /// @param clock for when a phase began
    VolumeRules(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Struct defaulted(Gvk kind, Struct o) {
        return filled(o);
    }

    private static Struct filled(Struct o) {
        Struct v = Fill.inside(o, SPEC, s -> Fill.in(s, POLICY, "Retain", "volumeMode", "Filesystem"));
        return Fill.inside(v, SPEC, VolumeDefaults::sources);
    }

    @Override
    public Struct prepared(Write write, Struct o) {
        if (write.operation() == Operation.CREATE) {
            // nobody but this has given it a status
            String since = o.struct("status").text(TRANSITION);
            return o.with("status", Struct.of("phase", "Pending", TRANSITION, since.isEmpty() ? now() : since));
        }
        return write.of("status") ? dated(write.before().orElse(Struct.EMPTY).struct("status"),
                o.with("status", begun(o.struct("status")))) : o;
    }

    /// Who says nothing of the phase says that it is the first.
    static Struct begun(Struct status) {
        return Fill.in(status, "phase", "Pending");
    }

    private String now() {
        return Rfc3339.seconds(clock.instant());
    }

    /// With the time at which the phase last changed, unless who has changed it says when.
    private Struct dated(Struct before, Struct o) {
        Struct status = o.struct("status");
        Object then = before.get(TRANSITION);
        Object said = status.get(TRANSITION);
        if (before.text("phase").equals(status.text("phase"))) {
            return said != null || then == null ? o : o.withAt(then, "status", TRANSITION);
        }
        return said == null || said.equals(then) ? o.withAt(now(), "status", TRANSITION) : o;
    }

    @Override
    public void check(Write write, Struct o, Problems problems) {
        if (write.of("status")) {
            return;
        }
        Struct spec = o.struct(SPEC);
        Struct before = filled(write.before().orElse(Struct.EMPTY));
        Problems p = problems.at(SPEC);
        modes(spec.seq("accessModes"), p.at("accessModes"));
        additions(before.struct(SPEC), spec, p);
        p.oneOf(spec, POLICY, List.of("Delete", "Recycle", "Retain"));
        p.oneOf(spec, "volumeMode", List.of("Block", "Filesystem"));
        nodes(before.struct(SPEC), spec, p.at(AFFINITY).at(REQUIRED));
        driver(spec, p);
        String name = o.struct("metadata").text("name");
        if (write.operation() == Operation.UPDATE) {
            update(before.struct(SPEC), spec, name, problems);
        } else {
            VolumeSources.check(spec, name, p);
        }
        if (spec.text(POLICY).equals("Recycle") && root(spec.struct("hostPath").text("path"))) {
            p.at(POLICY).forbidden("may not be 'recycle' for a hostPath mount of '/'");
        }
        if (optioned(o) && !optioned(before) && !VolumeSources.takesOptions(spec)) {
            problems.at("metadata.annotations").at(OPTIONS).forbidden(
                    "may not specify mount options for this volume type");
        }
    }

    static void modes(Seq modes, Problems p) {
        if (modes.isEmpty()) {
            p.required("");
        }
        modes.texts().stream().filter(mode -> !MODES.contains(mode)).forEach(mode -> p.unsupported(mode, MODES));
        if (modes.contains(ALONE) && modes.texts().stream().anyMatch(m -> !m.equals(ALONE) && MODES.contains(m))) {
            p.forbidden("may not use ReadWriteOncePod with other access modes");
        }
    }

    /// What releases before took without a look; a volume that is stored so must be bound and let go.
    private static void additions(Struct before, Struct spec, Problems p) {
        Struct capacity = spec.struct(CAPACITY);
        if (capacity.isEmpty() || !capacity.equals(before.struct(CAPACITY))) {
            capacity(spec, capacity, p.at(CAPACITY));
        }
        String name = spec.text(CLASS);
        if (!name.isEmpty() && !name.equals(before.text(CLASS))) {
            p.at(CLASS).invalid(name, Names.subdomain(name));
        }
    }

    private static void capacity(Struct spec, Struct capacity, Problems p) {
        if (capacity.isEmpty()) {
            p.required("");
        }
        if (!capacity.has(STORAGE) || capacity.size() > 1) {
            Object shown = spec.has(CAPACITY) ? capacity : Null.NULL;
            p.add(FieldProblem.unsupported(p.path(), shown, "\"" + STORAGE + "\""));
        }
        for (String name : capacity.names()) {
            Quantity amount = ResourceNames.read(capacity, name, p.key(name));
            if (amount != null && amount.signum() < 0) {
                p.key(name).invalid(amount.value(), "must be a valid resource quantity");
            }
            if (amount != null && amount.signum() <= 0) {
                p.key(name).invalid(amount.toString(), "must be greater than zero");
            }
        }
    }

    /// Where the volume can be used. Values that no label can have stay where there were some.
    private static void nodes(Struct before, Struct spec, Problems p) {
        if (spec.has(AFFINITY) && !spec.struct(AFFINITY).has(REQUIRED)) {
            p.required("must specify required node constraints");
        } else if (spec.has(AFFINITY)) {
            NodeAffinityProblems.selector(spec.struct(AFFINITY).struct(REQUIRED),
                    !VolumeNodes.oddValues(before.struct(AFFINITY)), p);
        }
    }

    private static void driver(Struct spec, Problems p) {
        if (spec.has(CSI)) {
            CsiProblems.persistentVolume(spec.struct(CSI), p.at(CSI));
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
    private static void update(Struct old, Struct spec, String name, Problems problems) {
        Problems p = problems.at(SPEC);
        if (!VolumeSources.same(old, spec)) {
            VolumeSources.check(spec, name, p);
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

    /// Whether a path is that of all files.
    private static boolean root(String path) {
        int depth = 0;
        for (String part : path.split("/")) {
            depth += part.isEmpty() || part.equals(".") ? 0 : part.equals("..") ? depth > 0 ? -1 : 0 : 1;
        }
        return path.startsWith("/") && depth == 0;
    }

    private static boolean optioned(Struct volume) {
        return volume.struct("metadata").struct("annotations").has(OPTIONS);
    }

    @Override
    public List<String> warnings(Write write, Struct o) {
        return write.subresource().isEmpty() ? VolumeWarnings.of(o) : List.of();
    }
}
