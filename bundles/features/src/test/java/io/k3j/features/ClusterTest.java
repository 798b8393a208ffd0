package io.k3j.features;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.ClusterSettings;
import io.k3j.componentapi.Plan;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClusterTest {
    private static final Feature PROXY = feature("kube-proxy", List.of("clusterCidr"),
            List.of("nodeName", "clusterCidr"));
    private static final Feature RUNTIME = feature("cri-containerd", List.of(), List.of("dataDir"));

    private static Feature feature(String name, List<String> critical, List<String> settings) {
        return new Feature(name, Set.of(), List.of(), critical, Map.of(), Map.of(), List.of(),
                Map.of("io.k3j." + name, settings),
                Optional.empty());
    }

    private static Cluster cluster(String role) {
        return new Cluster(new Plan(role, Path.of("/d"), Path.of("/f"), Map.of("nodeName", "n", "clusterCidr", "own"),
                Set.of("a"), Map.of()), List.of(PROXY, RUNTIME));
    }

    @Test
    void anAgentsFeaturesWaitForFlagsThatAllServersAgreeOn() {
        assertThat(cluster("agent").awaitedBy(PROXY)).isTrue();
        assertThat(cluster("agent").awaitedBy(RUNTIME)).isFalse();
        assertThat(cluster("server").awaitedBy(PROXY)).isFalse();
    }

    @Test
    void aServerWithoutAnApiServerHasAListOfItsOwn() {
        assertThat(Cluster.role(new Plan("server", Path.of("/d"), Path.of("/f"), Map.of("disableApiserver", true),
                Set.of(), Map.of()))).isEqualTo("etcd");
        assertThat(Cluster.role(new Plan("server", Path.of("/d"), Path.of("/f"), Map.of("disableApiserver", false),
                Set.of(), Map.of()))).isEqualTo("server");
        assertThat(Cluster.role(new Plan("agent", Path.of("/d"), Path.of("/f"), Map.of(), Set.of(), Map.of())))
                .isEqualTo("agent");
    }

    @Test
    void theClustersValuesCount() {
        ClusterSettings said = new ClusterSettings(Map.of("clusterCidr", "theirs"), Set.of("b"));
        assertThat(cluster("agent").settings(said)).isEqualTo(Map.of("nodeName", "n", "clusterCidr", "theirs"));
        assertThat(cluster("agent").disabled(said)).containsExactlyInAnyOrder("a", "b");
    }
}
