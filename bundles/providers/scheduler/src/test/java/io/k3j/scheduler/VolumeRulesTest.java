package io.k3j.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.DeleteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// What claims say about pods.
class VolumeRulesTest {
    private final SchedulerFixture cluster = new SchedulerFixture();

    private void claim(String name, String mode, String phase) {
        cluster.api.seed(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, Obj.of(Struct.of("apiVersion", "v1", "kind",
                "PersistentVolumeClaim", "metadata", Struct.of("name", name, "namespace", "default"), "spec",
                Struct.of("accessModes", Seq.of(mode), "volumeName", "pv"), "status", Struct.of("phase", phase))));
    }

    private void volume(Struct labels) {
        cluster.api.seed(BuiltinResources.PERSISTENT_VOLUMES, Obj.of(Struct.of("apiVersion", "v1", "kind",
                "PersistentVolume", "metadata", Struct.of("name", "pv", "labels", labels), "spec", Struct.EMPTY)));
    }

    private void pod(String name, Struct source) {
        cluster.pod(name, SchedulerFixture.cpu("100m").with("volumes", Seq.of(source.with("name", "d"))));
        cluster.settle();
    }

    private static Struct of(String claim) {
        return Struct.of("persistentVolumeClaim", Struct.of("claimName", claim));
    }

    @Test
    void aClaimOfOnePodHasOnePod() {
        cluster.node("n1", "4");
        cluster.node("n2", "4");
        volume(Struct.EMPTY);
        claim("data", "ReadWriteOncePod", "Bound");
        pod("a", of("data"));
        pod("b", of("data"));
        assertThat(cluster.nodeOf("a")).isNotEmpty();
        assertThat(cluster.nodeOf("b")).isEmpty();
        assertThat(cluster.why("b")).startsWith("0/2 nodes are available: 2 node has pod using PersistentVolumeClaim"
                + " with the same name and ReadWriteOncePod access mode.");
        cluster.api.delete(BuiltinResources.PODS, new Key("default", "a"), DeleteOptions.NOW);
        cluster.settle();
        cluster.clock.advance(Duration.ofSeconds(1));
        cluster.settle();
        assertThat(cluster.nodeOf("b")).isNotEmpty();
    }

    @Test
    void aClaimOfOneNodeHasSeveralPods() {
        cluster.node("n1", "4");
        volume(Struct.EMPTY);
        claim("data", "ReadWriteOnce", "Bound");
        pod("a", of("data"));
        pod("b", of("data"));
        assertThat(cluster.nodeOf("b")).isEqualTo("n1");
    }

    @Test
    void aMorePriorPodTakesTheClaimOfOnePod() {
        cluster.node("n1", "4");
        volume(Struct.EMPTY);
        claim("data", "ReadWriteOncePod", "Bound");
        pod("a", of("data"));
        cluster.pod("b", SchedulerFixture.cpu("100m").with("priority", 1_000).with("volumes",
                Seq.of(of("data").with("name", "d"))));
        cluster.settle();
        assertThat(cluster.get("a").terminating()).isTrue();
    }
}
