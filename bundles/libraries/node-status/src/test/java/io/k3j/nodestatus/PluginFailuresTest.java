package io.k3j.nodestatus;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthReport;
import io.k3j.componentapi.HealthScope;
import io.k3j.controllerkit.Events;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a Node says of the plug-ins of its process.
class PluginFailuresTest {
    private static final Gvr NODES = Gvr.of("v1", "nodes");
    private static final Gvr EVENTS = Gvr.of("v1", "events");
    private final ManualClock clock = new ManualClock();
    private final FakeApi api = FakeApi.stepped(clock);
    private final Events events = new Events(api, "kubelet", "n", clock);
    private final List<HealthReport> reports = new ArrayList<>();
    private final PluginFailures failures = new PluginFailures(api, "n", new Health() {
        @Override
        public HealthScope scope(String component) {
            throw new IllegalStateException("it reports nothing itself");
        }

        @Override
        public List<HealthReport> reports() {
            return List.copyOf(reports);
        }
    }, events, clock);

    private void node() {
        api.seed(NODES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata", Struct.of("name", "n"),
                "status", Struct.of("conditions", Seq.of(Struct.of("type", "Ready", "status", "True"))))));
    }

    private void fails(String component, long bundle, String message) {
        reports.add(new HealthReport(component, bundle, HealthLevel.DEGRADED, message, clock.instant()));
    }

    private Struct condition(String type) {
        return api.get(NODES, Key.of("n")).status().seq("conditions").find("type", type);
    }

    private List<String> told() {
        while (events.step()) {
            api.deliver();
        }
        return api.list(EVENTS, Query.ALL).items().stream().map(Obj::tree)
                .map(e -> e.text("type") + " " + e.text("reason") + " " + e.text("message")).sorted().toList();
    }

    @Test
    void aNodeWithoutFailuresHasNoCondition() {
        node();
        fails("kubelet", 7, "the node is not ready");
        fails("plugin mine", 9, "says a bundle of itself");
        failures.look();
        assertThat(condition("PluginFailed")).isEqualTo(Struct.EMPTY);
        assertThat(told()).isEmpty();
    }

    @Test
    void oneThatFailsIsToldByItsNodeAndAnEventUntilItRuns() {
        failures.look();
        node();
        failures.look();
        fails("plugin bad.jar", -1, "it was stopped: it spins");
        failures.look();
        assertThat(condition("PluginFailed").text("status")).isEqualTo("True");
        assertThat(condition("PluginFailed").text("message")).isEqualTo("bad.jar: it was stopped: it spins");
        assertThat(condition("Ready").text("status")).isEqualTo("True");
        assertThat(told()).containsExactly("Warning PluginFailed bad.jar: it was stopped: it spins");
        clock.advance(Duration.ofMinutes(1));
        reports.clear();
        failures.look();
        assertThat(condition("PluginFailed").text("status")).isEqualTo("False");
        assertThat(condition("PluginFailed").text("lastTransitionTime"))
                .isEqualTo(condition("PluginFailed").text("lastHeartbeatTime"));
        assertThat(told()).contains("Normal PluginRecovered bad.jar runs, or is not there any more");
    }

    @Test
    void aNodeThatIsMadeAnewIsToldAgain() {
        node();
        fails("plugin bad.jar", -1, "it spins");
        failures.look();
        api.delete(NODES, Key.of("n"), DeleteOptions.NOW);
        clock.advance(Duration.ofMinutes(1));
        failures.look();
        node();
        clock.advance(Duration.ofMinutes(1));
        failures.look();
        assertThat(condition("PluginFailed").text("status")).isEqualTo("True");
        assertThat(told()).as("the event was told before").hasSize(1);
    }

    @Test
    void whatAnEarlierProcessSaidIsTakenBack() {
        node();
        fails("plugin bad.jar", -1, "it spins");
        failures.look();
        PluginFailures successor = new PluginFailures(api, "n", Health.none(), events, clock);
        successor.look();
        assertThat(condition("PluginFailed").text("status")).isEqualTo("False");
    }

    @Test
    void whatCannotBeWrittenIsWrittenLater() {
        node();
        fails("plugin bad.jar", -1, "it spins");
        api.refuse("update", NODES, ApiFault.conflict(NODES, "n", "somebody else was faster"));
        failures.look();
        assertThat(condition("PluginFailed")).isEqualTo(Struct.EMPTY);
        failures.look();
        assertThat(condition("PluginFailed").text("status")).isEqualTo("True");
        assertThat(told()).hasSize(1);
    }
}
