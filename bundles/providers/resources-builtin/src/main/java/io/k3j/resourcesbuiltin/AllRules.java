package io.k3j.resourcesbuiltin;

import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverrules.ApiServerKinds;
import io.k3j.celapi.Cel;
import io.k3j.corerules.CoreKinds;
import io.k3j.devicerules.DeviceKinds;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.schema.Shape;
import io.k3j.workloadrules.WorkloadKinds;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Maps each kind to its rules.
final class AllRules {
    private static final Gvk AUTOSCALER = Gvk.of("autoscaling/v2", "HorizontalPodAutoscaler");

    private AllRules() {
    }

    /// @param networkPolicies whether this cluster enforces them
    /// @param cel the engine of expressions, null while there is none
    /// @return the rules by kind; a kind without an entry has no rules of its own.
    static Map<String, KindRules> byKind(KindTable table, boolean networkPolicies,
            Supplier<@Nullable Cel> cel) {
        Map<String, KindRules> map = new HashMap<>();
        CoreRules.into(map);
        map.putAll(CoreKinds.rules());
        NetworkRules.into(map, networkPolicies);
        StorageRules.into(map);
        PolicyRules.into(map);
        map.putAll(DeviceKinds.rules(cel, InstantSource.system()));
        map.putAll(WorkloadKinds.rules(shape(table, AUTOSCALER)));
        map.putAll(ApiServerKinds.rules(cel, InstantSource.system()));
        return Map.copyOf(map);
    }

    private static Shape shape(KindTable table, Gvk kind) {
        return table.kinds().stream().filter(k -> k.gvk().equals(kind)).findFirst().map(ResourceKind::shape)
                .orElseThrow();
    }
}
