package io.k3j.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.k3j.junit.ClusterSpec;
import io.k3j.junit.K3jCluster;
import io.k3j.junit.RunningCluster;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What tests of other projects write, with the distribution that was just built.
@K3jCluster(args = "--disable=metrics-server")
class K3jClusterItest {
    @BeforeAll
    static void createSomething(KubernetesClient client) {
        client.resource(new ConfigMapBuilder().withNewMetadata().withName("seen").withNamespace("default").endMetadata()
                .withData(Map.of("by", "both")).build()).create();
    }

    @Test
    void bothClientsSeeTheSameCluster(KubernetesClient fabric8, ApiClient official) throws ApiException {
        assertThat(fabric8.configMaps().inNamespace("default").withName("seen").get().getData())
                .containsEntry("by", "both");
        assertThat(new CoreV1Api(official).readNamespacedConfigMap("seen", "default").execute().getData())
                .containsEntry("by", "both");
    }

    @Test
    void severalRunSideBySide(RunningCluster cluster) throws IOException {
        try (RunningCluster other = RunningCluster.start(ClusterSpec.small())) {
            assertThat(other.running()).isTrue();
            assertThat(cluster.running()).isTrue();
            assertThat(other.kubeconfig()).isNotEqualTo(cluster.kubeconfig());
        }
    }

    @Nested
    class OfTheSameClass {
        @Test
        void hasTheSameCluster(KubernetesClient client) {
            assertThat(client.configMaps().inNamespace("default").withName("seen").get()).isNotNull();
        }
    }
}
