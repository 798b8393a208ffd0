package io.k3j.devicerules;

import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Rules of ResourceClaims: upstream's strategy with `ValidateResourceClaim` and its siblings. What is asked for stays
/// as it is; what is given is said once, and taken back as a whole.
final class ResourceClaimRules implements KindRules {
    private static final String SPEC = "spec";
    private static final String STATUS = "status";
    private static final String DEVICES = "devices";
    private final DeviceClaimProblems claims;

    ResourceClaimRules(DeviceClaimProblems claims) {
        this.claims = claims;
    }

    /// The spec of a claim with its defaults.
    static Struct filled(Struct spec) {
        return Fill.inside(spec, DEVICES, d -> Fill.each(d, "requests", r -> Fill.each(
                Fill.inside(r, "exactly", ResourceClaimRules::request), "firstAvailable",
                ResourceClaimRules::request)));
    }

    private static Struct request(Struct request) {
        Struct r = Fill.in(request, "allocationMode", "ExactCount");
        r = r.text("allocationMode").equals("ExactCount") ? Fill.zero(r, "count", 1) : r;
        return Fill.each(r, "tolerations", t -> Fill.in(t, "operator", "Equal"));
    }

    @Override
    public Struct defaulted(Gvk kind, Struct object) {
        return Fill.inside(object, SPEC, ResourceClaimRules::filled);
    }

    @Override
    public Struct prepared(Write write, Struct object) {
        return write.of(STATUS)
                ? deallocated(write.before().orElse(Struct.EMPTY).struct(STATUS), object) : object;
    }

    /// What drivers say of devices goes with the devices.
    private static Struct deallocated(Struct before, Struct object) {
        Set<String> gone = new HashSet<>(results(before));
        gone.removeAll(results(object.struct(STATUS)));
        Seq told = object.struct(STATUS).seq(DEVICES);
        List<Struct> left = told.structs().stream().filter(d -> !gone.contains(AllocationProblems.device(d))).toList();
        if (gone.isEmpty() || left.size() == told.size()) {
            return object;
        }
        return left.isEmpty() ? object.withoutAt(STATUS, DEVICES) : object.withAt(Seq.copyOf(left), STATUS, DEVICES);
    }

    private static List<String> results(Struct status) {
        return status.struct("allocation").struct(DEVICES).seq("results").structs().stream()
                .map(AllocationProblems::device).toList();
    }

    @Override
    public void check(Write write, Struct object, Problems problems) {
        Struct before = write.before().orElse(Struct.EMPTY);
        if (write.of(STATUS)) {
            AllocationProblems.check(before, object, problems.at(STATUS));
        } else if (write.operation() == Operation.UPDATE) {
            if (!before.struct(SPEC).equals(object.struct(SPEC))) {
                problems.at(SPEC).invalid(object.struct(SPEC), "field is immutable");
            }
        } else {
            claims.check(object.struct(SPEC).struct(DEVICES), problems.at(SPEC).at(DEVICES));
        }
    }
}
