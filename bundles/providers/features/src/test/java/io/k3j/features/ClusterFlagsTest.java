package io.k3j.features;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.ClusterSettings;
import io.k3j.componentapi.Plan;
import io.k3j.featuremodel.Feature;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClusterFlagsTest {
    private static final Feature PROXY = feature("kube-proxy", List.of("clusterCidr"),
            List.of("nodeName", "clusterCidr"));
    private static final Feature RUNTIME = feature("cri-containerd", List.of(), List.of("dataDir"));

    private static Feature feature(String name, List<String> critical, List<String> settings) {
        return new Feature(name, Set.of(), List.of(), critical, Map.of(), Map.of(), List.of(),
                Map.of("io.k3j." + name, settings),
                Optional.empty(), Set.of(), Map.of());
    }

    private static ClusterFlags cluster(String role) {
        return new ClusterFlags(
                new Plan(role, Path.of("/d"), Path.of("/f"), Map.of("nodeName", "n", "clusterCidr", "own"),
                        Set.of("a"), Map.of()),
                List.of(PROXY, RUNTIME));
    }

    @Test
    void featuresOfAnAgentWaitForCriticalFlags() {
        assertThat(cluster("agent").awaitedBy(PROXY)).isTrue();
        assertThat(cluster("agent").awaitedBy(RUNTIME)).isFalse();
        assertThat(cluster("server").awaitedBy(PROXY)).isFalse();
    }

    @Test
    void aServerWithoutAnApiServerHasItsOwnRole() {
        assertThat(ClusterFlags.role(new Plan("server", Path.of("/d"), Path.of("/f"), Map.of("disableApiserver", true),
                Set.of(), Map.of()))).isEqualTo("etcd");
        assertThat(ClusterFlags.role(new Plan("server", Path.of("/d"), Path.of("/f"), Map.of("disableApiserver", false),
                Set.of(), Map.of()))).isEqualTo("server");
        assertThat(ClusterFlags.role(new Plan("agent", Path.of("/d"), Path.of("/f"), Map.of(), Set.of(), Map.of())))
                .isEqualTo("agent");
    }

    @Test
    void theClustersValuesOverrideTheNodes() {
        ClusterSettings clusterSettings = new ClusterSettings(Map.of("clusterCidr", "theirs"), Set.of("b"));
        assertThat(cluster("agent").settings(clusterSettings))
                .isEqualTo(Map.of("nodeName", "n", "clusterCidr", "theirs"));
        assertThat(cluster("agent").disabled(clusterSettings)).containsExactlyInAnyOrder("a", "b");
    }
}
