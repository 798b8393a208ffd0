package io.k3j.devicerules;

import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.validation.MetadataRules;
import io.k3j.validation.Problems;

/// Rules of ResourceClaimTemplates: upstream's `ValidateResourceClaimTemplate`. What claims are made of stays as it is.
final class ResourceClaimTemplateRules implements KindRules {
    private static final String SPEC = "spec";
    private final DeviceClaimProblems claims;

    ResourceClaimTemplateRules(DeviceClaimProblems claims) {
        this.claims = claims;
    }

    @Override
    public Struct defaulted(Gvk kind, Struct object) {
        return Fill.inside(object, SPEC, s -> Fill.inside(s, SPEC, ResourceClaimRules::filled));
    }

    @Override
    public void check(Write write, Struct object, Problems problems) {
        Struct spec = object.struct(SPEC);
        if (write.operation() == Operation.UPDATE) {
            if (!write.before().orElse(Struct.EMPTY).struct(SPEC).equals(spec)) {
                problems.at(SPEC).invalid(spec, "field is immutable");
            }
            return;
        }
        Problems p = problems.at(SPEC);
        MetadataRules.template(spec.struct("metadata"), p.at("metadata"));
        claims.check(spec.struct(SPEC).struct("devices"), p.at(SPEC).at("devices"));
    }
}
