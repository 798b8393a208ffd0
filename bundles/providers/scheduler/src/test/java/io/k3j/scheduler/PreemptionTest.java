package io.k3j.scheduler;

import static io.k3j.scheduler.SchedulerBed.cpu;
import static io.k3j.scheduler.SchedulerBed.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.junit.jupiter.api.Test;

/// Which node a pod of higher priority takes, and what becomes of the nomination.
class PreemptionTest {
    private final SchedulerBed bed = new SchedulerBed();

    @Test
    void twoHighPodsAreNominatedToTwoNodes() {
        bed.node("n1", "1");
        bed.node("n2", "1");
        bed.bound("low1", "n1", cpu("1"));
        bed.bound("low2", "n2", cpu("1"));
        bed.settle();
        bed.pod("high1", cpu("1", 1_000));
        bed.pod("high2", cpu("1", 1_000));
        bed.settle();
        assertThat(bed.nominated("high1")).isNotEmpty();
        assertThat(bed.nominated("high2")).isNotEmpty().isNotEqualTo(bed.nominated("high1"));
        assertThat(bed.said().stream().filter(s -> s.startsWith("Preempted"))).hasSize(2);
    }

    @Test
    void aBudgetIsViolatedByEachPodBeyondWhatItAllows() {
        bed.node("n1", "3");
        bed.node("n2", "3");
        bed.bound("a1", "n1", cpu("1"));
        bed.bound("a2", "n1", cpu("1"));
        bed.bound("a3", "n1", cpu("1"));
        bed.bound("z", "n2", cpu("3", 5));
        bed.api.seed(BuiltinResources.POD_DISRUPTION_BUDGETS, budget("b", Struct.of("matchLabels",
                Struct.of("app", "a")), 1));
        bed.settle();
        bed.pod("high", cpu("3", 1_000));
        bed.settle();
        assertThat(bed.nominated("high")).isEqualTo("n2");
    }

    @Test
    void aBudgetWithAnEmptySelectorProtectsNobody() {
        bed.node("n1", "3");
        bed.node("n2", "3");
        bed.bound("a1", "n1", cpu("1"));
        bed.bound("a2", "n1", cpu("2"));
        bed.bound("z", "n2", cpu("3", 5));
        bed.api.seed(BuiltinResources.POD_DISRUPTION_BUDGETS, budget("nothing", Struct.EMPTY, 0));
        bed.settle();
        bed.pod("high", cpu("3", 1_000));
        bed.settle();
        assertThat(bed.nominated("high")).isEqualTo("n1");
    }

    private static Obj budget(String name, Struct selector, int allowed) {
        return Obj.of(Struct.of("apiVersion", "policy/v1", "kind", "PodDisruptionBudget", "metadata",
                Struct.of("name", name, "namespace", "default"), "spec", Struct.of("selector", selector), "status",
                Struct.of("disruptionsAllowed", allowed)));
    }

    @Test
    void aNominationThatHelpsNoMoreIsTakenBack() {
        bed.node("n1", "1");
        bed.bound("low", "n1", cpu("1"));
        bed.settle();
        bed.pod("high", cpu("1", 1_000));
        bed.settle();
        assertThat(bed.nominated("high")).isEqualTo("n1");
        bed.taint("n1");
        bed.api.vanish(BuiltinResources.PODS, key("low"));
        bed.settle();
        bed.later();
        assertThat(bed.nominated("high")).isEmpty();
        bed.pod("other", cpu("1").with("tolerations", Seq.of(Struct.of("operator", "Exists"))));
        bed.settle();
        assertThat(bed.node("other")).isEqualTo("n1");
    }

    @Test
    void aHigherPodTakesANominationFromALowerOne() {
        bed.node("n1", "1");
        bed.bound("low", "n1", cpu("1"));
        bed.settle();
        bed.pod("mid", cpu("1", 500));
        bed.settle();
        assertThat(bed.nominated("mid")).isEqualTo("n1");
        bed.pod("top", cpu("1", 1_000));
        bed.settle();
        bed.later();
        assertThat(bed.nominated("top")).isEqualTo("n1");
        assertThat(bed.nominated("mid")).isEmpty();
    }

    @Test
    void anotherNodeIsTakenWhenTheNominatedOneIsOfNoUse() {
        bed.node("n1", "1");
        bed.node("n2", "1");
        bed.bound("low", "n1", cpu("1"));
        bed.bound("mid", "n2", cpu("1", 5));
        bed.settle();
        bed.pod("high", cpu("1", 1_000));
        bed.settle();
        assertThat(bed.nominated("high")).isEqualTo("n1");
        assertThat(bed.get("low").terminating()).isTrue();
        bed.taint("n1");
        bed.settle();
        bed.later();
        assertThat(bed.nominated("high")).isEqualTo("n2");
        assertThat(bed.get("mid").terminating()).isTrue();
    }

    @Test
    void theEndOfANominationRetriesWhoWaitedForItsRoom() {
        bed.node("n1", "1");
        bed.settle();
        bed.pod("a", cpu("1"));
        Obj other = bed.pod("b", cpu("1").with("nodeSelector", Struct.of("no", "such")));
        bed.api.seed(BuiltinResources.PODS, other.with("n1", "status", "nominatedNodeName"));
        bed.settle();
        bed.later();
        assertThat(bed.nominated("b")).isEmpty();
        assertThat(bed.node("a")).isEqualTo("n1");
    }

    private static Struct against(String app) {
        return Struct.of("podAntiAffinity", Struct.of("requiredDuringSchedulingIgnoredDuringExecution",
                Seq.of(Struct.of("topologyKey", "kubernetes.io/hostname", "labelSelector",
                        Struct.of("matchLabels", Struct.of("app", app))))));
    }

    private void nominateTheHighPodToTheOnlyNode(Struct affinity) {
        bed.node("n1", "1");
        bed.bound("low", "n1", cpu("1"));
        bed.settle();
        bed.pod("high", cpu("1", 1_000).with("affinity", affinity));
        bed.settle();
        assertThat(bed.nominated("high")).isEqualTo("n1");
    }

    @Test
    void aPodKeepsItsDistanceFromNominatedOnes() {
        nominateTheHighPodToTheOnlyNode(Struct.EMPTY);
        bed.pod("a", cpu("0").with("affinity", against("h")));
        bed.settle();
        assertThat(bed.node("a")).isEmpty();
    }

    @Test
    void nominatedPodsKeepTheirDistance() {
        nominateTheHighPodToTheOnlyNode(against("a"));
        bed.pod("a", cpu("0"));
        bed.settle();
        assertThat(bed.node("a")).isEmpty();
    }

    @Test
    void ofEqualVictimsOneThatHasNotStartedGoesFirst() {
        bed.node("n1", "2");
        Obj old = bed.bound("old", "n1", cpu("1"));
        bed.api.seed(BuiltinResources.PODS, old.with("2026-01-01T00:00:00Z", "status", "startTime"));
        bed.bound("young", "n1", cpu("1"));
        bed.settle();
        bed.pod("high", cpu("1", 1_000));
        bed.settle();
        assertThat(bed.get("young").terminating()).isTrue();
        assertThat(bed.get("old").terminating()).isFalse();
    }

    @Test
    void aNominationThatWasWrittenMeanwhileIsTakenBackToo() {
        bed.node("n1", "1");
        bed.bound("low", "n1", cpu("1"));
        bed.settle();
        bed.hold();
        bed.pod("mid", cpu("1", 500));
        bed.settle();
        bed.pod("top", cpu("1", 1_000));
        bed.settle();
        bed.release();
        assertThat(bed.nominated("mid")).isEmpty();
        assertThat(bed.nominated("top")).isEqualTo("n1");
    }

    @Test
    void theNominatedNodeIsTakenBeforeABetterOne() {
        bed.node("n1", "64");
        bed.node("n2", "2");
        Obj pod = bed.pod("a", cpu("1"));
        bed.api.seed(BuiltinResources.PODS, pod.with("n2", "status", "nominatedNodeName"));
        bed.settle();
        assertThat(bed.node("a")).isEqualTo("n2");
    }

    @Test
    void whoMustBeNearAVictimDoesNotTakeItsPlace() {
        Struct near = Struct.of("podAffinity", Struct.of("requiredDuringSchedulingIgnoredDuringExecution",
                Seq.of(Struct.of("topologyKey", "kubernetes.io/hostname", "labelSelector",
                        Struct.of("matchLabels", Struct.of("app", "l"))))));
        bed.node("n1", "1");
        bed.bound("low", "n1", cpu("1"));
        bed.settle();
        bed.pod("high", cpu("1", 1_000).with("affinity", near));
        bed.settle();
        assertThat(bed.nominated("high")).isEmpty();
        assertThat(bed.get("low").terminating()).isFalse();
    }
}
