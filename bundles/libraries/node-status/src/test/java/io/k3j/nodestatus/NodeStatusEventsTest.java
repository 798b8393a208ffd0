package io.k3j.nodestatus;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.controllerkit.Events;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What `kubectl describe node` shows of a node's life.
class NodeStatusEventsTest {
    private static final Gvr EVENTS = Gvr.of("v1", "events");
    private static final List<String> SUFFICIENT = List.of("Normal NodeHasNoDiskPressure",
            "Normal NodeHasSufficientMemory", "Normal NodeHasSufficientPID");
    private final ManualClock clock = new ManualClock();
    private final FakeApi api = FakeApi.stepped(clock);
    private final Events events = new Events(api, "kubelet", "n", clock);
    private final NodeStatusEvents told = new NodeStatusEvents(events, "n");

    private static Struct status(String boot, String... conditions) {
        List<Struct> all = new ArrayList<>();
        for (int i = 0; i < conditions.length; i += 2) {
            all.add(Struct.of("type", conditions[i], "status", conditions[i + 1]));
        }
        return Struct.of("conditions", Seq.copyOf(all), "nodeInfo", Struct.of("bootID", boot));
    }

    private static Struct fine(String ready) {
        return status("b1", "MemoryPressure", "False", "DiskPressure", "False", "PIDPressure", "False", "Ready", ready);
    }

    private static Obj node(Struct status) {
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata", Struct.of("name", "n"), "spec",
                Struct.EMPTY, "status", status));
    }

    /// Those since the last call.
    private List<Struct> written() {
        while (events.step()) {
            api.deliver();
        }
        List<Obj> all = api.list(EVENTS, Query.ALL).items();
        all.forEach(e -> api.delete(EVENTS, e.key(), DeleteOptions.NOW));
        return all.stream().map(Obj::tree).toList();
    }

    private List<String> reasons() {
        return written().stream().map(e -> e.text("type") + " " + e.text("reason")).sorted().toList();
    }

    @Test
    void aKubeletThatStartsSaysSoOfItsNodeByName() {
        told.starting();
        Struct event = written().getFirst();
        assertThat(event.text("reason")).isEqualTo("Starting");
        assertThat(event.text("message")).isEqualTo("Starting kubelet.");
        assertThat(event.struct("involvedObject").texts()).containsEntry("kind", "Node").containsEntry("name", "n")
                .containsEntry("uid", "n");
    }

    @Test
    void aNewNodeTellsWhatItIsNotShortOfAndBecomesReadyLater() {
        told.status(node(Struct.EMPTY), fine("False"));
        assertThat(reasons()).isEqualTo(SUFFICIENT);
        told.status(node(fine("False")), fine("True"));
        Struct event = written().getFirst();
        assertThat(event.text("reason")).isEqualTo("NodeReady");
        assertThat(event.text("message")).isEqualTo("Node n status is now: NodeReady");
        told.status(node(fine("True")), fine("True"));
        assertThat(reasons()).isEmpty();
    }

    @Test
    void aKubeletThatStartsAgainTellsWhatTheNodeIsNotShortOf() {
        told.status(node(fine("True")), fine("True"));
        assertThat(reasons()).isEqualTo(SUFFICIENT);
    }

    @Test
    void pressuresAreToldWhenTheyBeginAndEnd() {
        told.status(node(fine("True")), fine("True"));
        reasons();
        Struct shortOf = status("b1", "MemoryPressure", "True", "DiskPressure", "True", "PIDPressure", "True", "Ready",
                "False");
        told.status(node(fine("True")), shortOf);
        assertThat(reasons()).containsExactly("Normal NodeHasDiskPressure", "Normal NodeHasInsufficientMemory",
                "Normal NodeHasInsufficientPID", "Normal NodeNotReady");
        told.status(node(shortOf), fine("True"));
        assertThat(reasons()).containsAll(SUFFICIENT).contains("Normal NodeReady");
    }

    @Test
    void aRebootIsToldOnce() {
        Struct next = status("b2", "Ready", "True");
        told.status(node(status("b1", "Ready", "True")), next);
        Struct event = written().getFirst();
        assertThat(event.text("type") + " " + event.text("reason")).isEqualTo("Warning Rebooted");
        assertThat(event.text("message")).isEqualTo("Node n has been rebooted, boot id: b2");
        told.status(node(status("b1", "Ready", "True")), next);
        assertThat(reasons()).isEmpty();
    }

    @Test
    void whetherPodsAreScheduledToItIsToldWhenThatChanges() {
        Struct ready = status("b1", "Ready", "True");
        told.status(node(ready), ready);
        assertThat(reasons()).isEmpty();
        told.status(node(ready).with(true, "spec", "unschedulable"), ready);
        told.status(node(ready).with(true, "spec", "unschedulable"), ready);
        assertThat(reasons()).containsExactly("Normal NodeNotSchedulable");
        told.status(node(ready), ready);
        assertThat(reasons()).containsExactly("Normal NodeSchedulable");
    }
}
