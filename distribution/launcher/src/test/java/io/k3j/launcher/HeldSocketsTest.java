package io.k3j.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeldSocketsTest {
    @Test
    void lendsTheSocketsARoleNeeds() throws StartFailure {
        try (HeldSockets server = HeldSockets.bind(plan("server", Set.of("agent"), "0"))) {
            assertThat(server.has("server")).isTrue();
            assertThat(server.has("kubelet")).isFalse();
            assertThat(server.port("server")).isPositive();
            assertThat(server.lend("server").isOpen()).isTrue();
            assertThatThrownBy(() -> server.lend("kubelet")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void saysWhichFlagNamesABusyPort() throws StartFailure {
        try (HeldSockets first = HeldSockets.bind(plan("server", Set.of("agent"), "0"))) {
            String port = Integer.toString(first.port("server"));
            assertThatThrownBy(() -> HeldSockets.bind(plan("server", Set.of("agent"), port)))
                    .isInstanceOf(StartFailure.class).hasMessageContaining("127.0.0.1:" + port)
                    .hasMessageContaining("--https-listen-port").hasMessageContaining("ss -ltnp");
        }
    }

    @Test
    void takesTheKubeletsPortFromItsArguments() throws StartFailure {
        LaunchPlan plan = new LaunchPlan("agent", Path.of("/nowhere"),
                Map.of("bindAddress", "127.0.0.1", "kubeletArg", new String[] {"v=2", "--port=0"}), Set.of(),
                Map.of());
        try (HeldSockets agent = HeldSockets.bind(plan)) {
            assertThat(agent.port("kubelet")).isPositive().isNotEqualTo(10250);
            assertThat(agent.has("server")).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "70000", "-1"})
    void refusesWhatIsNoPort(String text) {
        assertThatThrownBy(() -> HeldSockets.bind(plan("server", Set.of("agent"), text)))
                .isInstanceOf(StartFailure.class).hasMessageContaining("--https-listen-port=" + text);
    }

    private static LaunchPlan plan(String role, Set<String> disabled, String port) {
        return new LaunchPlan(role, Path.of("/nowhere"),
                Map.of("bindAddress", "127.0.0.1", "httpsListenPort", port), disabled, Map.of());
    }
}
