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

/// What volumes and their claims say about pods and nodes.
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
        assertThat(cluster.why("b")).startsWith("0/2 nodes are available: 2 node(s) unavailable due to"
                + " PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod.");
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

    @Test
    void aVolumeOfAZoneIsUsedInItsZones() {
        cluster.node("n1", "4", "topology.kubernetes.io/zone", "c");
        volume(Struct.of("topology.kubernetes.io/zone", "a__b"));
        claim("data", "ReadWriteOnce", "Bound");
        pod("p", of("data"));
        assertThat(cluster.why("p"))
                .startsWith("0/1 nodes are available: 1 node(s) had no available volume zone.");
        cluster.node("n2", "4", "topology.kubernetes.io/zone", "b");
        cluster.settle();
        cluster.clock.advance(Duration.ofSeconds(1));
        cluster.settle();
        assertThat(cluster.nodeOf("p")).isEqualTo("n2");
    }

    @Test
    void aNodeOfNoZoneTakesEveryVolumeAndOldLabelsMeanTheSame() {
        volume(Struct.of("failure-domain.beta.kubernetes.io/zone", "a"));
        claim("data", "ReadWriteOnce", "Bound");
        cluster.node("n1", "4");
        pod("p", of("data"));
        assertThat(cluster.nodeOf("p")).isEqualTo("n1");
        cluster.node("n1", "4", "topology.kubernetes.io/zone", "b");
        cluster.node("n2", "4", "topology.kubernetes.io/zone", "a");
        pod("q", of("data"));
        assertThat(cluster.nodeOf("q")).isEqualTo("n2");
    }

    @Test
    void tellsWhatAClaimWaitsFor() {
        cluster.node("n1", "4");
        claim("lost", "ReadWriteOnce", "Lost");
        pod("a", of("lost"));
        pod("b", Struct.of("ephemeral", Struct.EMPTY));
        claim("c-d", "ReadWriteOnce", "Bound");
        pod("c", Struct.of("ephemeral", Struct.EMPTY));
        assertThat(cluster.why("a")).contains("persistentvolumeclaim \"lost\" bound to non-existent persistentvolume"
                + " \"pv\"");
        assertThat(cluster.why("b"))
                .contains("waiting for ephemeral volume controller to create the persistentvolumeclaim \"b-d\"");
        assertThat(cluster.why("c"))
                .contains("PVC default/c-d was not created for pod default/c (pod is not owner)");
    }
}
