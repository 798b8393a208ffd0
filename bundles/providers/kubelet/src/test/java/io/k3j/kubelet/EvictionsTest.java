package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.Query;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EvictionsTest extends PodScene {
    private static final String LOW = "The node was low on resource: ephemeral-storage. Threshold quantity: 5, "
            + "available: 1. ";
    private volatile long available = 1;
    private Evictions evictions;

    @BeforeEach
    void watch() throws Exception {
        Files.createDirectories(tools.options().rootDir());
        evictions = new Evictions(tools, workers, this::summary, collector());
        pressure = evictions::refusal;
    }

    private Struct summary() {
        return Struct.of("node", Struct.of("fs", Struct.of("time", clock.instant().toString(), "availableBytes",
                available, "capacityBytes", 100)), "pods", Seq.EMPTY);
    }

    @Test
    void whatPodsHaveLeftTogetherIsBelowTheirLimit() throws Exception {
        Struct node = Struct.of("systemContainers", Seq.of(
                Struct.of("name", "kubelet", "memory", Struct.of("workingSetBytes", 5)),
                Struct.of("name", "pods", "memory", Struct.of("workingSetBytes", 300))));
        Evictions limited = new Evictions(tools, workers, () -> Struct.of("node", node), collector(), 1000);
        Seq systems = limited.summary().struct("node").seq("systemContainers");
        assertThat(systems.find("name", "pods").struct("memory").whole("availableBytes", 0)).isEqualTo(700);
        assertThat(systems.find("name", "kubelet").struct("memory").has("availableBytes")).isFalse();
    }

    private void round() throws InterruptedException {
        clock.advance(Duration.ofSeconds(10));
        evictions.round();
    }

    private Struct status(Obj pod) {
        return now(pod).status();
    }

    @Test
    void aPodFailsWhenTheDiskIsFull() throws Exception {
        Obj pod = pod("p", spec(container("c")).with("terminationGracePeriodSeconds", 3600));
        until(() -> ready(pod));
        round();
        until(() -> status(pod).text("phase").equals("Failed"));
        assertThat(status(pod).text("reason")).isEqualTo("Evicted");
        assertThat(status(pod).text("message")).isEqualTo(LOW);
        Struct condition = status(pod).seq("conditions").find("type", "DisruptionTarget");
        assertThat(condition.text("status")).isEqualTo("True");
        assertThat(condition.text("reason")).isEqualTo("TerminationByKubelet");
        assertThat(condition.text("message")).isEqualTo(LOW);
        assertThat(called("stop c 2")).isTrue();
        tools.events().step();
        until(() -> tools.events().step() || api.list(Gvr.of("v1", "events"), Query.ALL).items().stream()
                .anyMatch(e -> e.tree().text("reason").equals("Evicted") && e.tree().text("message").equals(LOW)));
        assertThat(evictions.conditions()).containsExactly("DiskPressure");
    }

    @Test
    void aPodHasNotFailedWhileItStillRuns() throws Exception {
        Obj pod = pod("p", spec(container("c")));
        until(() -> ready(pod));
        CountDownLatch end = new CountDownLatch(1);
        runtime.stubborn.put("c", end);
        round();
        until(() -> called("stop c"));
        assertThat(status(pod).text("phase")).isEqualTo("Running");
        assertThat(status(pod).has("reason")).isFalse();
        end.countDown();
        until(() -> status(pod).text("phase").equals("Failed"));
    }

    @Test
    void anEvictedPodIsNotEvictedAgain() throws Exception {
        Obj pod = pod("p", spec(container("c")));
        until(() -> ready(pod));
        round();
        until(() -> status(pod).text("phase").equals("Failed"));
        assertThat(evictions.pods()).isEmpty();
    }

    @Test
    void onlyCriticalPodsAreTakenWhileTheDiskIsFull() throws Exception {
        round();
        Obj pod = pod("p", spec(container("c")));
        until(() -> status(pod).text("phase").equals("Failed"));
        assertThat(status(pod).text("reason")).isEqualTo("Evicted");
        assertThat(status(pod).text("message"))
                .isEqualTo("Pod was rejected: The node had condition: [DiskPressure]. ");
        Obj critical = pod("q", spec(container("c")).with("priority", 2_000_001_000));
        until(() -> ready(critical));
    }
}
