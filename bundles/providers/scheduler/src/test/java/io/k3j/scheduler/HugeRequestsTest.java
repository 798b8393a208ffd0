package io.k3j.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Struct;
import io.k3j.schedulercache.NodeState;
import io.k3j.schedulercache.PodInfo;
import org.junit.jupiter.api.Test;

/// Requests whose sum no long holds.
class HugeRequestsTest {
    private final SchedulerFixture cluster = new SchedulerFixture();

    @Test
    void aPodWhoseRequestsAddUpBeyondALongFitsNowhere() {
        cluster.node("n1", "4");
        cluster.pod("p", SchedulerFixture.cpu("5000000000000000", "5000000000000000"));
        cluster.settle();
        assertThat(cluster.nodeOf("p")).isEmpty();
        assertThat(cluster.why("p")).startsWith("0/1 nodes are available: 1 Insufficient cpu.");
    }

    @Test
    void aNodeWithSuchAPodIsFullAndNotPreferred() {
        cluster.node("n1", "4");
        cluster.node("n2", "4");
        Struct huge = SchedulerFixture.cpu("5000000000000000", "5000000000000000");
        cluster.pod("h", huge.with("nodeName", "n1"));
        cluster.pod("i", huge.with("nodeName", "n1"));
        cluster.settle();
        cluster.pod("p", SchedulerFixture.cpu("1"));
        cluster.pod("q", SchedulerFixture.cpu("1"));
        cluster.settle();
        assertThat(cluster.nodeOf("p")).isEqualTo("n2");
        assertThat(cluster.nodeOf("q")).isEqualTo("n2");
    }

    @Test
    void aNodeHasItsRoomAgainWhenSuchPodsAreGone() {
        NodeState node = NodeState.of(cluster.node("n1", "4"));
        PodInfo one = new PodInfo(cluster.pod("a", SchedulerFixture.cpu("1")));
        PodInfo huge = new PodInfo(cluster.pod("h", SchedulerFixture.cpu("5000000000000000", "5000000000000000")));
        PodInfo more = new PodInfo(cluster.pod("i", SchedulerFixture.cpu("5000000000000000")));
        NodeState after = node.with(one).with(huge).with(more).without(huge.uid()).without(more.uid());
        assertThat(after.requested()).isEqualTo(one.requests());
        assertThat(after.nonZero()).isEqualTo(one.nonZero());
    }
}
