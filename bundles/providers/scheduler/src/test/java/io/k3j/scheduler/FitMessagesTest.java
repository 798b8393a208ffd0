package io.k3j.scheduler;

import static io.k3j.scheduler.SchedulerBed.cpu;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.junit.jupiter.api.Test;

/// What a pod that got no node is told, in upstream's words.
class FitMessagesTest {
    private static final String HOPELESS = " no new claims to deallocate, preemption: 0/3 nodes are available: 3"
            + " Preemption is not helpful for scheduling.";
    private final SchedulerBed bed = new SchedulerBed();

    private static Struct named(String node) {
        return Struct.of("key", "metadata.name", "operator", "In", "values", Seq.of(node));
    }

    /// A pod of terms of its node affinity, each of fields.
    private static Struct pinned(String cpu, Seq... terms) {
        Seq all = Seq.EMPTY;
        for (Seq fields : terms) {
            all = all.plus(Struct.of("matchFields", fields));
        }
        return cpu(cpu).with("affinity", Struct.of("nodeAffinity", Struct.of(
                "requiredDuringSchedulingIgnoredDuringExecution", Struct.of("nodeSelectorTerms", all))));
    }

    private void nodes() {
        bed.node("n1", "1");
        bed.node("n2", "4");
        bed.node("n3", "4");
    }

    private String why(String pod) {
        return bed.scheduled(pod).text("message");
    }

    @Test
    void nodesThatAPodDoesNotNameAreNotLookedAt() {
        nodes();
        bed.taint("n3");
        bed.pod("p", pinned("2", Seq.of(named("n1"))));
        bed.settle();
        assertThat(why("p")).isEqualTo("0/3 nodes are available: 1 Insufficient cpu, 2 node(s) didn't satisfy plugin(s)"
                + " [NodeAffinity]." + HOPELESS);
        assertThat(bed.said()).containsExactly("FailedScheduling: " + why("p"));
    }

    @Test
    void aPodThatNamesANodeWaitsForIt() {
        nodes();
        bed.pod("p", pinned("2", Seq.of(named("n4"))));
        bed.settle();
        assertThat(why("p")).isEqualTo(
                "0/3 nodes are available: 3 node(s) didn't satisfy plugin(s) [NodeAffinity]." + HOPELESS);
        bed.node("n4", "2");
        bed.settle();
        bed.later();
        assertThat(bed.node("p")).isEqualTo("n4");
    }

    @Test
    void oneOfSeveralNamedNodesIsTaken() {
        nodes();
        bed.pod("p", pinned("2", Seq.of(named("n1")), Seq.of(named("n3"))));
        bed.settle();
        assertThat(bed.node("p")).isEqualTo("n3");
    }

    @Test
    void namesThatExcludeEachOtherAreAConflict() {
        nodes();
        bed.pod("p", pinned("1", Seq.of(named("n1"), named("n2"))));
        bed.settle();
        assertThat(why("p")).isEqualTo("0/3 nodes are available: pod affinity terms conflict." + HOPELESS);
    }

    @Test
    void nodesWithDifferentTaintsCountTogether() {
        nodes();
        bed.taint("n1");
        bed.taint("n2");
        bed.api.seed(BuiltinResources.NODES, bed.api.get(BuiltinResources.NODES, Key.of("n3")).with(
                Seq.of(Struct.of("key", "other", "effect", "NoExecute")), "spec", "taints"));
        bed.pod("p", cpu("1"));
        bed.settle();
        assertThat(why("p")).isEqualTo("0/3 nodes are available: 3 node(s) had untolerated taint(s)." + HOPELESS);
    }

    @Test
    void theEventHasTheBeginningOfALongMessage() {
        nodes();
        Struct.Builder requests = Struct.builder();
        for (int i = 0; i < 40; i++) {
            requests.put("example.com/a-resource-that-no-node-has-" + i, "1");
        }
        bed.pod("p", Struct.of("containers", Seq.of(Struct.of("name", "c", "image", "i", "resources",
                Struct.of("requests", requests.build())))));
        bed.settle();
        assertThat(why("p")).hasSizeGreaterThan(1_024).endsWith(HOPELESS);
        assertThat(bed.said()).containsExactly("FailedScheduling: " + why("p").substring(0, 1_020) + " ...");
    }

    @Test
    void aNominationEndsWithTheLastNode() {
        bed.node("n1", "1");
        bed.bound("low", "n1", cpu("1"));
        bed.settle();
        bed.pod("high", cpu("1", 1_000));
        bed.settle();
        assertThat(bed.nominated("high")).isEqualTo("n1");
        bed.api.vanish(BuiltinResources.NODES, Key.of("n1"));
        bed.settle();
        bed.later();
        assertThat(why("high")).isEqualTo("no nodes available to schedule pods");
        assertThat(bed.nominated("high")).isEmpty();
    }
}
