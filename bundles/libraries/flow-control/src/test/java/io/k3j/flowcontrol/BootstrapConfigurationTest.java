package io.k3j.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Struct;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class BootstrapConfigurationTest {
    private static List<String> names(List<Struct> objects) {
        return objects.stream().map(o -> o.struct("metadata").text("name")).toList();
    }

    @Test
    void allOfUpstreamsObjectsAreThere() {
        assertThat(names(BootstrapConfiguration.levels())).containsExactly("system", "node-high", "leader-election",
                "workload-high", "workload-low", "global-default", "catch-all", "exempt");
        assertThat(names(BootstrapConfiguration.schemas())).containsExactlyInAnyOrder("catch-all", "exempt",
                "global-default", "kube-controller-manager", "kube-scheduler", "kube-system-service-accounts", "probes",
                "service-accounts", "system-leader-election", "system-node-high", "system-nodes");
        assertThat(names(BootstrapConfiguration.schemas()).getLast()).isEqualTo("catch-all");
    }

    @Test
    void everyObjectIsSoundAndEverySchemaHasItsLevel() {
        List<String> levels = BootstrapConfiguration.levels().stream().map(PriorityLevelSpec::of)
                .map(s -> Objects.requireNonNull(s).name()).toList();
        assertThat(BootstrapConfiguration.schemas()).allSatisfy(s -> {
            assertThat(levels).contains(FlowSchema.of(s).level());
            assertThat(s.struct("metadata").struct("annotations").text(BootstrapConfiguration.AUTO_UPDATE))
                    .isEqualTo("true");
        });
    }
}
