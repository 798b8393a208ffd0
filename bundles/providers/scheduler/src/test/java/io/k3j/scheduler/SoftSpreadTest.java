package io.k3j.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.junit.jupiter.api.Test;

/// Pods that rather stand apart, by zones.
class SoftSpreadTest {
    private static final String ZONE = "topology.kubernetes.io/zone";
    private final SchedulerFixture cluster = new SchedulerFixture();

    private static Struct spread() {
        return SchedulerFixture.cpu("1m").with("topologySpreadConstraints", Seq.of(Struct.of("maxSkew", 1,
                "topologyKey", ZONE, "whenUnsatisfiable", "ScheduleAnyway", "labelSelector",
                Struct.of("matchLabels", Struct.of("app", "x")))));
    }

    private void bound(String name, String node) {
        cluster.pod(name, SchedulerFixture.cpu("1m").with("nodeName", node));
    }

    @Test
    void aNodeWithoutTheLabelIsTheLast() {
        cluster.node("n1", "4", ZONE, "a");
        cluster.node("n2", "4", ZONE, "b");
        cluster.node("n3", "4");
        bound("x1", "n1");
        bound("x2", "n2");
        bound("x3", "n2");
        cluster.settle();
        cluster.pod("x4", spread());
        cluster.settle();
        assertThat(cluster.nodeOf("x4")).isEqualTo("n1");
    }

    @Test
    void podsOnNodesThatAreOutOfTheQuestionDoNotCount() {
        cluster.node("n1", "4", ZONE, "a", "disk", "ssd");
        cluster.node("n2", "4", ZONE, "a");
        cluster.node("n3", "4", ZONE, "b", "disk", "ssd");
        bound("x1", "n2");
        bound("x2", "n2");
        bound("x3", "n3");
        cluster.settle();
        cluster.pod("x4", spread().with("nodeSelector", Struct.of("disk", "ssd")));
        cluster.settle();
        assertThat(cluster.nodeOf("x4")).isEqualTo("n1");
    }
}
