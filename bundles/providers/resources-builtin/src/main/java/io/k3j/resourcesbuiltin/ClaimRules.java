package io.k3j.resourcesbuiltin;

import io.k3j.apimachinery.Names;
import io.k3j.apimachinery.Quantity;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
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
        return write.operation() == Operation.CREATE ? c.with(STATUS, Struct.of("phase", "Pending")) : c;
    }

    @Override
    public void check(Write write, Struct o, Problems problems) {
        if (write.of(STATUS)) {
            status(o.struct(STATUS), problems.at(STATUS));
            return;
        }
        Struct spec = o.struct(SPEC);
        Problems p = problems.at(SPEC);
        StorageRules.modes(spec.seq("accessModes"), p);
        Struct requests = spec.struct("resources").struct("requests");
        Problems at = p.at("resources").key(STORAGE);
        if (!requests.has(STORAGE)) {
            at.required("");
        } else {
            Quantity size = p.at("resources.requests").quantity(requests, STORAGE);
            if (size != null && size.signum() == 0) {
                at.invalid("0", "must be greater than zero");
            }
        }
        for (String named : List.of(CLASS, ATTRIBUTES)) {
            if (!spec.text(named).isEmpty()) {
                p.at(named).invalid(spec.text(named), Names.subdomain(spec.text(named)));
            }
        }
        if (write.operation() == Operation.UPDATE) {
            update(write.before().orElse(Struct.EMPTY), spec, p);
        }
    }

    private static void update(Struct before, Struct spec, Problems p) {
        Struct old = before.struct(SPEC);
        Struct status = before.struct(STATUS);
        Quantity now = requested(spec);
        Quantity provided = Quantity.of(status.struct("capacity").get(STORAGE));
        if (now.compareTo(requested(old)) < 0 && now.compareTo(provided) <= 0) {
            p.at("resources.requests.storage").forbidden("field can not be less than status.capacity");
        }
        boolean bound = status.text("phase").equals("Bound");
        if (!fixed(old, old, bound).equals(fixed(spec, old, bound))) {
            p.forbidden(RULE);
        }
        boolean same = Objects.equals(old.get(ATTRIBUTES), spec.get(ATTRIBUTES));
        if (!same && status.has(CURRENT_ATTRIBUTES) && spec.text(ATTRIBUTES).isEmpty()) {
            p.at(ATTRIBUTES).forbidden("update to " + (spec.has(ATTRIBUTES) ? "empty string" : "nil")
                    + " is forbidden when status.currentVolumeAttributesClassName is not nil");
        }
    }

    private static Quantity requested(Struct spec) {
        return Quantity.of(spec.struct("resources").struct("requests").get(STORAGE));
    }

    /// Resets mutable fields, so that the rest can be compared: the volume name may be set once, the class while
    /// it is unset.
    private static Struct fixed(Struct spec, Struct old, boolean bound) {
        Struct s = old.text("volumeName").isEmpty() ? spec.without("volumeName") : spec;
        s = old.has(CLASS) ? s : s.without(CLASS);
        return bound ? s.without("resources").without(ATTRIBUTES) : s;
    }

    /// What resizers and kubelets say of an expansion.
    private static void status(Struct status, Problems p) {
        status.struct("capacity").forEach((name, value) -> amount(value, p.at("capacity").key(name)));
        Problems resizes = p.at("allocatedResourceStatus");
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
                p.invalid(amount.toString(), "must be greater than or equal to 0");
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
}
