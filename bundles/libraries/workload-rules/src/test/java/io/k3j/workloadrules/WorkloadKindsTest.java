package io.k3j.workloadrules;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Gvk;
import io.k3j.schema.Schemas;
import org.junit.jupiter.api.Test;

class WorkloadKindsTest {
    /// Objects of a kind that is left out would be stored unchecked.
    @Test
    void podsAndWhatMakesAndScalesThemHaveRules() {
        assertThat(WorkloadKinds
                .rules(new Schemas().shape(Gvk.of("autoscaling/v2", "HorizontalPodAutoscaler")).orElseThrow()))
                .containsOnlyKeys("Pod", "PodTemplate", "ReplicationController", "Deployment", "ReplicaSet",
                        "DaemonSet", "StatefulSet", "ControllerRevision", "Job", "CronJob",
                        "HorizontalPodAutoscaler");
    }
}
