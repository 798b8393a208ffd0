package io.k3j.devicerules;

import io.k3j.celapi.Cel;
import io.k3j.kindrules.KindRules;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The rules of the kinds of `resource.k8s.io`, by kind. Everything else in this package is behind them.
public final class DeviceKinds {
    private DeviceKinds() {
    }

    /// Made once, for any thread.
    ///
    /// @param cel the engine of expressions, asked for when the first selector of an object is checked; null while
    ///     there is none, and an object with selectors is answered 503
    /// @param clock of the time of day, at which taints are added
    /// @return by kind, as `ResourceClaim`; not to be changed
    public static Map<String, KindRules> rules(Supplier<@Nullable Cel> cel, InstantSource clock) {
        DeviceSelectorProblems selectors = new DeviceSelectorProblems(cel);
        DeviceClaimProblems claims = new DeviceClaimProblems(selectors);
        return Map.of("ResourceClaim", new ResourceClaimRules(claims), "ResourceClaimTemplate",
                new ResourceClaimTemplateRules(claims), "DeviceClass", new DeviceClassRules(selectors),
                "ResourceSlice", new ResourceSliceRules(clock));
    }
}
