package io.k3j.workloadrules;

import io.k3j.kindrules.KindRules;
import io.k3j.schema.Shape;
import java.util.HashMap;
import java.util.Map;

/// The rules of pods and of what makes and scales them, by kind. Everything else in this package is behind them.
public final class WorkloadKinds {
    private WorkloadKinds() {
    }

    /// The rules of Pods, PodTemplates, ReplicationControllers, of `apps`, `batch` and of HorizontalPodAutoscalers,
    /// which are the same in each group and version that has the kind. Made once, for any thread.
    ///
    /// @param autoscaler the schema of autoscaling/v2, by which fields are restored that autoscaling/v1 has in
    ///     annotations only
    /// @return by kind, as `Deployment`; not to be changed
    public static Map<String, KindRules> rules(Shape autoscaler) {
        Map<String, KindRules> map = new HashMap<>();
        map.put("Pod", new PodRules());
        map.put("PodTemplate", new PodTemplateRules());
        WorkloadRules.into(map);
        map.put("Job", new JobRules());
        map.put("CronJob", new CronJobRules());
        map.put("HorizontalPodAutoscaler", new ScalerRules(autoscaler));
        return Map.copyOf(map);
    }
}
