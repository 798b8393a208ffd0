package io.k3j.scheduler;

import static io.k3j.scheduler.SchedulerBed.cpu;
import static io.k3j.scheduler.SchedulerBed.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Conditions;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schedulercache.PodInfo;
import io.k3j.schedulingqueue.QueuedPod;
import io.k3j.schedulingqueue.SchedulingQueue;
import io.k3j.testkit.ManualClock;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What comes after an attempt that found no node or was disturbed.
class FailedAttemptsTest {
    private final SchedulerBed bed = new SchedulerBed();

    @Test
    void aPodWhoseReportAndBindingFailIsBoundInTheEnd() {
        bed.node("n1", "1");
        bed.bound("a", "n1", cpu("1"));
        bed.settle();
        bed.api.refuse("patch", BuiltinResources.PODS, ApiFault.unavailable("away"));
        bed.pod("b", cpu("1"));
        bed.settle();
        bed.api.vanish(BuiltinResources.PODS, key("a"));
        bed.api.refuse("post", BuiltinResources.PODS, ApiFault.unavailable("away"));
        bed.hold();
        bed.later();
        bed.release();
        bed.later();
        assertThat(bed.node("b")).isEqualTo("n1");
    }

    @Test
    void aFailedPodComesAfterThoseThatCameMeanwhile() {
        ManualClock clock = bed.clock;
        SchedulingQueue queue = SchedulerBed.queue(clock);
        queue.add(new PodInfo(bed.pod("a", cpu("1"))));
        QueuedPod first = queue.take().orElseThrow();
        clock.advance(Duration.ofSeconds(1));
        queue.add(new PodInfo(bed.pod("b", cpu("1"))));
        clock.advance(Duration.ofSeconds(1));
        queue.failed(first, Set.of(NodeFilters.FIT));
        queue.changed("NodeAdd", Set.of(NodeFilters.FIT));
        clock.advance(Duration.ofSeconds(10));
        assertThat(queue.take().orElseThrow().pod().key()).isEqualTo(key("b"));
        assertThat(queue.take()).contains(first);
    }

    @Test
    void newImagesOfANodeDoNotRetryAPodThatLacksRoom() {
        Obj node = bed.node("n1", "1");
        bed.pod("a", cpu("2"));
        bed.settle();
        bed.clock.advance(Duration.ofSeconds(11));
        Seq images = Seq.of(Struct.of("names", Seq.of("i"), "sizeBytes", 1_000));
        bed.api.seed(BuiltinResources.NODES, node.with(images, "status", "images"));
        bed.api.deliver();
        assertThat(bed.watching.queue().take()).isEmpty();
        bed.api.seed(BuiltinResources.NODES, node.with("2", "status", "allocatable", "cpu"));
        bed.api.deliver();
        assertThat(bed.watching.queue().take()).isPresent();
    }

    @Test
    void theBindingOfAStrangerDoesNotRetryAPodThatKeepsItsDistance() {
        bed.node("n1", "4");
        bed.node("n2", "4");
        bed.taint("n2");
        bed.bound("t0", "n1", cpu("1m"));
        bed.pod("t1", cpu("1m").with("topologySpreadConstraints", SchedulerBed.spread("t")));
        bed.settle();
        assertThat(bed.node("t1")).isEmpty();
        bed.clock.advance(Duration.ofSeconds(11));
        bed.bound("x", "n1", cpu("1m"));
        bed.api.deliver();
        assertThat(bed.watching.queue().take()).isEmpty();
        bed.bound("t2", "n2", cpu("1m"));
        bed.api.deliver();
        assertThat(bed.watching.queue().take()).isPresent();
    }

    @Test
    void conditionsOfOthersStayWhenAPodIsReported() {
        bed.node("n1", "1");
        Obj pod = bed.pod("a", cpu("2"));
        bed.api.deliver();
        bed.api.seed(BuiltinResources.PODS,
                pod.with(Seq.of(Struct.of("type", "example.com/gate", "status", "True")), "status", "conditions"));
        bed.loop.step();
        assertThat(bed.scheduled("a").text("reason")).isEqualTo("Unschedulable");
        assertThat(Conditions.isTrue(bed.get("a").status().seq("conditions"), "example.com/gate")).isTrue();
    }

    @Test
    void aRefusedBindingIsTold() {
        bed.node("n1", "1");
        bed.api.refuse("post", BuiltinResources.PODS, ApiFault.unavailable("away"));
        bed.pod("a", cpu("1"));
        bed.settle();
        assertThat(bed.scheduled("a").text("reason")).isEqualTo("SchedulerError");
        assertThat(bed.scheduled("a").text("message")).contains("away");
        assertThat(bed.said()).anySatisfy(s -> assertThat(s).startsWith("FailedScheduling: ").contains("away"));
    }

    @Test
    void aRefusedEvictionIsTold() {
        bed.node("n1", "1");
        bed.bound("low", "n1", cpu("1"));
        bed.settle();
        bed.api.refuse("delete", BuiltinResources.PODS, ApiFault.unavailable("away"));
        bed.pod("high", cpu("1", 1_000));
        bed.settle();
        assertThat(bed.scheduled("high").text("status")).isEqualTo("False");
        assertThat(bed.said()).anySatisfy(s -> assertThat(s).startsWith("FailedScheduling: "));
        bed.later();
        assertThat(bed.get("low").terminating()).isTrue();
        assertThat(bed.nominated("high")).isEqualTo("n1");
    }

    @Test
    void writesDoNotHoldUpTheNextPod() {
        bed.node("n1", "1");
        bed.bound("low", "n1", cpu("1"));
        bed.settle();
        bed.hold();
        bed.api.calls().clear();
        bed.pod("high", cpu("1", 1_000));
        Obj next = bed.pod("zero", cpu("0"));
        bed.settle();
        assertThat(bed.watching.cluster().placed(next.uid())).isTrue();
        assertThat(bed.api.calls()).noneMatch(c -> c.startsWith("patch") || c.startsWith("delete"));
        bed.release();
        assertThat(bed.nominated("high")).isEqualTo("n1");
        assertThat(bed.node("zero")).isEqualTo("n1");
    }

    @Test
    void theEndOfANodeRetriesAPodThatWasToKeepTheBalance() {
        bed.node("n1", "4");
        bed.node("n2", "4");
        bed.taint("n2");
        bed.bound("t0", "n1", cpu("1m"));
        bed.pod("t1", cpu("1m").with("topologySpreadConstraints", SchedulerBed.spread("t")));
        bed.settle();
        assertThat(bed.node("t1")).isEmpty();
        bed.api.vanish(BuiltinResources.NODES, Key.of("n2"));
        bed.settle();
        bed.later();
        assertThat(bed.node("t1")).isEqualTo("n1");
    }
}
