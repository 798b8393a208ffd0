package io.k3j.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.LiveViews;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schedulerconfig.SchedulerConfiguration;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Pods whose resources are changed while they run, on a node with two processors.
class ResizeSchedulingTest {
    private final ManualClock clock = new ManualClock();
    private final FakeApi api = FakeApi.stepped(clock);
    private final LiveViews views = new LiveViews(clock);
    private final EventHandlers watching = new EventHandlers(views, clock, SchedulerConfiguration.DEFAULT);
    private final Events events = new Events(api, "default-scheduler", "", clock);
    private final SchedulerLoop loop = new SchedulerLoop(watching, new PodBinder(api, events, clock),
            () -> views.synced() && watching.initialized(), Runnable::run, new Random(1));

    @BeforeEach
    void runAPod() {
        views.attach(api);
        api.seed(BuiltinResources.NODES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", "n1", "labels", Struct.of("kubernetes.io/hostname", "n1")), "spec", Struct.EMPTY,
                "status", Struct.of("allocatable", Struct.of("cpu", "2", "memory", "8Gi", "pods", "110")))));
        pod("a", "1");
        settle();
        assertThat(node("a")).isEqualTo("n1");
    }

    private void settle() {
        boolean some = true;
        while (some) {
            some = api.deliver() | loop.step() | events.step();
        }
    }

    private static Struct requests(String cpu) {
        return Struct.of("requests", Struct.of("cpu", cpu));
    }

    private static Seq containers(String cpu) {
        return Seq.of(Struct.of("name", "c", "image", "i", "resources", requests(cpu)));
    }

    private void pod(String name, String cpu) {
        api.create(BuiltinResources.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", name, "namespace", "default"), "spec",
                Struct.of("containers", containers(cpu), "schedulerName", "default-scheduler"))), WriteOptions.PLAIN);
    }

    private Obj get(String name) {
        return api.get(BuiltinResources.PODS, new Key("default", name));
    }

    private String node(String name) {
        return get(name).spec().text("nodeName");
    }

    /// Wished, and in force.
    private void resize(String wished, String given, Seq conditions) {
        api.seed(BuiltinResources.PODS, get("a").with(containers(wished), "spec", "containers")
                .with(Seq.of(Struct.of("name", "c", "resources", requests(given), "allocatedResources",
                        Struct.of("cpu", given))), "status", "containerStatuses")
                .with(conditions, "status", "conditions"));
        settle();
    }

    @Test
    void aResizeThatCannotBeDoneTakesNoRoom() {
        resize("10000", "1", Seq.of(Struct.of("type", "PodResizePending", "status", "True", "reason", "Infeasible")));
        pod("b", "1");
        settle();
        assertThat(node("b")).isEqualTo("n1");
    }

    @Test
    void aResizeTakesItsRoomFromTheWishOn() {
        resize("2", "1", Seq.EMPTY);
        pod("b", "1");
        settle();
        assertThat(node("b")).isEmpty();
    }

    @Test
    void aSmallerPodMakesRoomForOthersWhenItIsSmaller() {
        pod("b", "1500m");
        settle();
        resize("500m", "1", Seq.EMPTY);
        clock.advance(Duration.ofSeconds(20));
        settle();
        assertThat(node("b")).isEmpty();
        resize("500m", "500m", Seq.EMPTY);
        clock.advance(Duration.ofSeconds(20));
        settle();
        assertThat(node("b")).isEqualTo("n1");
    }
}
