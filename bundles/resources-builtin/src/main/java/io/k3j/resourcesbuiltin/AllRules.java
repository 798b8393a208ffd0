package io.k3j.resourcesbuiltin;

import java.util.HashMap;
import java.util.Map;

/// Which rules belong to which kind.
final class AllRules {
    private AllRules() {
    }

    /// The rules by kind; a kind that is missing has none.
    static Map<String, Rules> byKind(KindTable table) {
        Map<String, Rules> map = new HashMap<>();
        map.put("Pod", new PodRules());
        CoreRules.into(map);
        WorkloadRules.into(map);
        map.put("Job", new JobRules());
        map.put("CronJob", new CronJobRules());
        map.put("Service", new ServiceRules());
        NetworkRules.into(map);
        StorageRules.into(map);
        AccessRules.into(map);
        PolicyRules.into(map);
        FilledRules.into(map);
        map.put("HorizontalPodAutoscaler", new ScalerRules(table));
        return Map.copyOf(map);
    }
}
