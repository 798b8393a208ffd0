package io.k3j.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Controller;
import io.k3j.controllerkit.Requeue;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What the loops of a bundle count of their queues.
class QueueFiguresTest {
    private final List<Controller> loops = new ArrayList<>();
    private Duration work = Duration.ZERO;
    private Requeue answer = Requeue.NEVER;
    private final Stage stage = new Stage(desk -> loops.add(desk.loop("sample", (key, writer) -> {
        time(work);
        return answer;
    }).on(desk.views().of(BuiltinResources.NODES))));

    private void time(Duration passes) {
        stage.clock.advance(passes);
    }

    private void node(String name) {
        stage.api.seed(BuiltinResources.NODES, Obj.of(
                Struct.of("apiVersion", "v1", "kind", "Node", "metadata", Struct.of("name", name))));
    }

    private String value(String name) {
        return stage.desk.metrics().lines().filter(l -> l.startsWith(name + "{name=\"sample\""))
                .map(l -> l.substring(l.lastIndexOf(' ') + 1)).findFirst().orElse("absent");
    }

    @Test
    void keysAreCountedWithTheTimeTheyWaitAndTheTimeTheyTake() {
        node("a");
        node("b");
        stage.api.deliver();
        assertThat(value("workqueue_depth")).isEqualTo("2");
        time(Duration.ofSeconds(5));
        work = Duration.ofMillis(500);
        stage.settle();
        assertThat(value("workqueue_depth")).isEqualTo("0");
        assertThat(value("workqueue_adds_total")).isEqualTo("2");
        assertThat(value("workqueue_queue_duration_seconds_sum")).isEqualTo("10.5");
        assertThat(value("workqueue_work_duration_seconds_sum")).isEqualTo("1.0");
        assertThat(value("workqueue_work_duration_seconds_count")).isEqualTo("2");
        assertThat(value("workqueue_unfinished_work_seconds")).isEqualTo("0");
    }

    @Test
    void retriesAreCounted() {
        answer = Requeue.BACK_OFF;
        node("a");
        stage.settle();
        assertThat(value("workqueue_retries_total")).isEqualTo("1");
        stage.pass(Duration.ofMillis(5));
        assertThat(value("workqueue_retries_total")).isEqualTo("2");
        assertThat(value("workqueue_adds_total")).isEqualTo("2");
    }

    @Test
    void whatIsWorkedOnNowIsTold() {
        node("a");
        stage.api.deliver();
        loops.getFirst().queue().take();
        time(Duration.ofSeconds(3));
        assertThat(value("workqueue_unfinished_work_seconds")).isEqualTo("3");
        assertThat(value("workqueue_longest_running_processor_seconds")).isEqualTo("3");
    }
}
