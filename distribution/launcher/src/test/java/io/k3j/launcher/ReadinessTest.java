package io.k3j.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Phases;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// When a process says that it is up.
class ReadinessTest {
    private static Readiness of(String role, Map<String, Object> settings, String... disabled) {
        return new Readiness(new LaunchPlan(role, Path.of("/nowhere"), settings, Set.of(disabled), Map.of()));
    }

    @Test
    void aServerIsNotUpBeforeItsPortsAreOpen() {
        Readiness server = of("server", Map.of(), "agent");
        assertThat(server.completedBy(Phases.DATASTORE_READY)).isFalse();
        assertThat(server.completedBy(Phases.APISERVER_READY)).isFalse();
        assertThat(server.completedBy(Phases.SERVER_PORTS_OPEN)).isTrue();
    }

    @Test
    void openPortsAreNotEnough() {
        Readiness server = of("server", Map.of());
        assertThat(server.completedBy(Phases.SERVER_PORTS_OPEN)).isFalse();
        assertThat(server.completedBy(Phases.APISERVER_READY)).isFalse();
        assertThat(server.completedBy(Phases.NODE_READY)).isTrue();
        assertThat(server.completedBy(Phases.NODE_READY)).as("told once").isFalse();
    }

    @Test
    void whatAProcessIsForDecides() {
        Readiness datastore = of("server", Map.of("disableApiserver", true));
        assertThat(datastore.completedBy(Phases.SERVER_PORTS_OPEN)).isFalse();
        assertThat(datastore.completedBy(Phases.CLUSTER_AGREED)).isTrue();
        assertThat(of("agent", Map.of()).completedBy(Phases.NODE_READY)).isTrue();
    }
}
