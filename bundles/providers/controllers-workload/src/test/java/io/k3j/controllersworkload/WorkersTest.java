package io.k3j.controllersworkload;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentbase.FeatureGates;
import io.k3j.componenthelpers.ConcurrentSyncs;
import io.k3j.stage.Stage;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WorkersTest {
    @Test
    void argumentsSayHowManyWorkersControllersHave() {
        Map<String, Integer> asked = ConcurrentSyncs.byLoop(name -> Optional.of("7"));
        Stage stage = new Stage(context -> ControllersWorkload.add(context.workers(asked), FeatureGates.NONE));
        assertThat(stage.desk.workers()).containsOnly(Map.entry("deployment-controller", 7),
                Map.entry("replicaset-controller", 7), Map.entry("replication-controller", 7),
                Map.entry("daemonset-controller", 7), Map.entry("statefulset-controller", 7),
                Map.entry("job-controller", 7), Map.entry("job-orphan-pods", 1), Map.entry("cronjob-controller", 7));
    }

    @Test
    void withoutThemTheyHaveUpstreams() {
        Stage stage = new Stage(context -> ControllersWorkload.add(context, FeatureGates.NONE));
        assertThat(stage.desk.workers()).containsOnly(Map.entry("deployment-controller", 5),
                Map.entry("replicaset-controller", 5), Map.entry("replication-controller", 5),
                Map.entry("daemonset-controller", 2), Map.entry("statefulset-controller", 5),
                Map.entry("job-controller", 5), Map.entry("job-orphan-pods", 1), Map.entry("cronjob-controller", 5));
    }
}
