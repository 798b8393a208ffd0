package io.k3j.controllerscluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componenthelpers.ConcurrentSyncs;
import io.k3j.endpointcontrollers.EndpointControllers;
import io.k3j.stage.Stage;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WorkersTest {
    @Test
    void argumentsSayHowManyWorkersControllersHave() {
        Map<String, Integer> asked = ConcurrentSyncs.byLoop(name -> Optional.of("7"));
        Stage stage = new Stage(context -> {
            context.workers(asked);
            NamespaceController.add(context);
            EndpointControllers.add(context);
            GarbageCollector.add(context);
        });
        assertThat(stage.desk.workers()).containsOnly(Map.entry("namespace-controller", 7),
                Map.entry("endpointslice-controller", 7), Map.entry("endpoints-controller", 7),
                Map.entry("endpointslice-mirroring-controller", 7),
                Map.entry("garbage-collector-controller", 7), Map.entry("garbage-collector-elsewhere", 16));
    }

    @Test
    void withoutThemTheyHaveUpstreams() {
        Stage stage = new Stage(context -> {
            NamespaceController.add(context);
            EndpointControllers.add(context);
            GarbageCollector.add(context);
        });
        assertThat(stage.desk.workers()).contains(Map.entry("namespace-controller", 10),
                Map.entry("endpointslice-controller", 5), Map.entry("endpoints-controller", 5),
                Map.entry("endpointslice-mirroring-controller", 5), Map.entry("garbage-collector-controller", 20));
    }
}
