package io.k3j.resourcesbuiltin;

import io.k3j.apimachinery.Names;
import io.k3j.apimachinery.Quantity;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.corevalidation.ClaimTemplateProblems;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Rules of PersistentVolumeClaims, as upstream's `ValidatePersistentVolumeClaim`. What an expansion has failed to get
/// may be asked for in a smaller size again, as long as that is more than what there is.
final class ClaimRules implements KindRules {
    private static final String RULE = "spec is immutable after creation except resources.requests and"
            + " volumeAttributesClassName for bound claims";
    private static final String SPEC = "spec";
    private static final String STATUS = "status";
    private static final String STORAGE = "storage";
    private static final String CLASS = "storageClassName";
    private static final String ATTRIBUTES = "volumeAttributesClassName";
    private static final String CURRENT_ATTRIBUTES = "currentVolumeAttributesClassName";
    private static final List<String> RESIZES = List.of("ControllerResizeInProgress", "ControllerResizeInfeasible",
            "NodeResizeInProgress", "NodeResizeInfeasible", "NodeResizePending");

    @Override
    public Struct defaulted(Gvk kind, Struct o) {
        return Fill.inside(o, SPEC, s -> Fill.in(s, "volumeMode", "Filesystem"));
    }

    @Override
    public Struct prepared(Write write, Struct o) {
        Struct c = write.subresource().isEmpty()
                ? Fill.inside(o, SPEC, s -> ClaimSources.of(write, s)) : o;
        return write.operation() == Operation.CREATE || write.of(STATUS)
                ? c.with(STATUS, VolumeRules.begun(write.of(STATUS) ? c.struct(STATUS) : Struct.EMPTY)) : c;
    }

    @Override
    public void check(Write write, Struct o, Problems problems) {
        if (write.of(STATUS)) {
            if (o.struct(SPEC).seq("accessModes").isEmpty()) {
                problems.at("Spec.accessModes").required("");
            }
            status(o.struct(STATUS), problems.at(STATUS));
            return;
        }
        Struct spec = o.struct(SPEC);
        Problems p = problems.at(SPEC);
        ClaimTemplateProblems.spec(write.before().map(b -> withoutOld(b.struct(SPEC), spec)).orElse(spec), p);
        if (write.operation() == Operation.UPDATE) {
            update(write.before().orElse(Struct.EMPTY), o, problems);
        }
    }

    /// What stays is not looked at again.
    private static Struct withoutOld(Struct before, Struct spec) {
        Struct s = spec;
        for (String field : List.of("selector", "dataSource", "dataSourceRef")) {
            s = Objects.equals(before.get(field), spec.get(field)) ? s.without(field) : s;
        }
        return s;
    }

    private static void update(Struct before, Struct o, Problems problems) {
        Problems p = problems.at(SPEC);
        Struct old = before.struct(SPEC);
        Struct spec = o.struct(SPEC);
        Struct status = before.struct(STATUS);
        Quantity now = requested(spec);
        Quantity provided = Quantity.of(status.struct("capacity").get(STORAGE));
        if (now.compareTo(requested(old)) < 0 && now.compareTo(provided) <= 0) {
            p.at("resources.requests.storage").forbidden("field can not be less than status.capacity");
        }
        boolean bound = status.text("phase").equals("Bound");
        boolean classed = classed(before, o, problems);
        if (!fixed(old, old, classed, bound).equals(fixed(spec, old, classed, bound))) {
            p.forbidden(RULE);
        }
        problems.immutable(old, spec, "volumeMode");
        boolean same = Objects.equals(old.get(ATTRIBUTES), spec.get(ATTRIBUTES));
        if (!same && status.has(CURRENT_ATTRIBUTES) && spec.text(ATTRIBUTES).isEmpty()) {
            p.at(ATTRIBUTES).forbidden("update to " + (spec.has(ATTRIBUTES) ? "empty string" : "nil")
                    + " is forbidden when status.currentVolumeAttributesClassName is not nil");
        }
    }

    /// Whether a claim gets a class, which it may where it has none, or where an annotation has said it so far. The
    /// annotation stays.
    private static boolean classed(Struct before, Struct o, Problems p) {
        Struct old = before.struct("metadata").struct("annotations");
        Struct now = o.struct("metadata").struct("annotations");
        String said = old.text(VolumeWarnings.CLASS);
        Struct spec = o.struct(SPEC);
        boolean gets = spec.has(CLASS) && !before.struct(SPEC).has(CLASS)
                && (!old.has(VolumeWarnings.CLASS) || spec.text(CLASS).equals(said));
        boolean moves = gets && old.has(VolumeWarnings.CLASS) && now.text(VolumeWarnings.CLASS, said).equals(said);
        if (!moves && !now.text(VolumeWarnings.CLASS).equals(said)) {
            p.at("metadata.annotations").at(VolumeWarnings.CLASS).invalid(now.text(VolumeWarnings.CLASS),
                    "field is immutable");
        }
        return gets;
    }

    private static Quantity requested(Struct spec) {
        return Quantity.of(spec.struct("resources").struct("requests").get(STORAGE));
    }

    /// Resets mutable fields, so that the rest can be compared: the volume name may be set once.
    ///
    /// @param classed whether the claim gets a class
    private static Struct fixed(Struct spec, Struct old, boolean classed, boolean bound) {
        Struct s = old.text("volumeName").isEmpty() ? spec.without("volumeName") : spec;
        s = classed ? s.without(CLASS) : s;
        return bound ? s.withoutAt("resources", "requests", STORAGE).without(ATTRIBUTES) : s;
    }

    /// What resizers and kubelets say of an expansion.
    private static void status(Struct status, Problems p) {
        status.struct("capacity").forEach((name, value) -> amount(value, p.at("capacity").key(name)));
        Problems resizes = p.at("allocatedResourceStatuses");
        status.struct("allocatedResourceStatuses").forEach((name, value) -> {
            resource(name, resizes);
            if (!(value instanceof String s && RESIZES.contains(s))) {
                resizes.unsupported(name, RESIZES);
            }
        });
        Problems allocated = p.at("allocatedResources");
        status.struct("allocatedResources").forEach((name, value) -> {
            if (resource(name, allocated)) {
                amount(value, allocated.key(name));
            }
        });
    }

    private static void amount(@Nullable Object value, Problems p) {
        try {
            Quantity amount = Quantity.of(value);
            if (amount.signum() < 0) {
                p.invalid(amount.value(), "must be a valid resource quantity");
            }
        } catch (IllegalArgumentException e) {
            p.invalid(value, String.valueOf(e.getMessage()));
        }
    }

    /// A resource of Kubernetes' own is `storage`, others are somebody's.
    private static boolean resource(String name, Problems p) {
        List<String> wrong = Names.qualified(name);
        boolean own = !name.contains("/") || name.contains("kubernetes.io/");
        p.invalid(name, wrong);
        if (wrong.isEmpty() && own && !name.equals(STORAGE)) {
            p.unsupported(name, List.of(STORAGE));
            return false;
        }
        return wrong.isEmpty();
    }

    @Override
    public List<String> warnings(Write write, Struct o) {
        return write.subresource().isEmpty() ? VolumeWarnings.ofClaim(o) : List.of();
    }
}
