package io.k3j.devicerules;

import io.k3j.apiserverapi.Write;
import io.k3j.corevalidation.ResourceTraits;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;

/// Rules of DeviceClasses: upstream's `ValidateDeviceClass`. What stands as it stood is not checked again.
final class DeviceClassRules implements KindRules {
    private static final String EXTENDED = "extendedResourceName";
    private final DeviceSelectorProblems selectors;

    DeviceClassRules(DeviceSelectorProblems selectors) {
        this.selectors = selectors;
    }

    @Override
    public void check(Write write, Struct object, Problems problems) {
        Struct spec = object.struct("spec");
        Struct before = write.before().orElse(Struct.EMPTY).struct("spec");
        Problems p = problems.at("spec");
        selectors.check(spec, p, spec.seq("selectors").equals(before.seq("selectors")));
        boolean stored = spec.seq("config").equals(before.seq("config"));
        DeviceLists.each(spec, "config", DeviceClaimProblems.MOST, p,
                (config, at) -> DeviceClaimProblems.configuration(config, at, stored));
        if (spec.has(EXTENDED) && !ResourceTraits.extended(spec.text(EXTENDED))) {
            p.at(EXTENDED).invalid(spec.text(EXTENDED), "must be a valid extended resource name");
        }
    }
}
