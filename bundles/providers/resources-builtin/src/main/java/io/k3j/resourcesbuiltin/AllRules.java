package io.k3j.resourcesbuiltin;

import io.k3j.celapi.Cel;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Maps each kind to its rules.
final class AllRules {
    private AllRules() {
    }

    /// @param networkPolicies whether this cluster enforces them
    /// @param cel the engine of expressions, null while there is none
    /// @return the rules by kind; a kind without an entry has no rules of its own.
    static Map<String, KindRules> byKind(KindTable table, boolean networkPolicies,
            Supplier<@Nullable Cel> cel) {
        Map<String, KindRules> map = new HashMap<>();
        map.put("Pod", new PodRules());
        CoreRules.into(map);
        WorkloadRules.into(map);
        map.put("Job", new JobRules());
        map.put("CronJob", new CronJobRules());
        map.put("Service", new ServiceRules());
        NetworkRules.into(map, networkPolicies);
        StorageRules.into(map);
        AccessRules.into(map);
        PolicyRules.into(map, cel);
        map.put("FlowSchema", new FlowSchemaRules());
        map.put("PriorityLevelConfiguration", new PriorityLevelRules());
        map.put("ClusterTrustBundle", new TrustBundleRules());
        map.put("PodCertificateRequest", new PodCertificateRules(InstantSource.system()));
        FilledRules.into(map);
        map.put("HorizontalPodAutoscaler", new ScalerRules(table));
        return Map.copyOf(map);
    }
}
