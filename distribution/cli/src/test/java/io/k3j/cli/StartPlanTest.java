package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.launcher.LaunchPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A file with the token may come later than the start.
class StartPlanTest {
    @TempDir
    Path directory;
    private final List<String> told = new ArrayList<>();
    private int pauses;

    private LaunchPlan plan(StartPlan.Pause pause, String flag, String... more) throws IOException {
        Path config = directory.resolve("config.yaml");
        Files.writeString(config, "");
        Host host = new Host("node-1", true, "/root", List.of("192.0.2.7"), List.of(),
                Instant.parse("2026-01-01T00:00:00Z"), Map.of("K3S_CONFIG_FILE", config.toString()), directory,
                line -> {
                    throw new IOException(line.getFirst());
                });
        List<String> arguments = new ArrayList<>(List.of(more));
        arguments.add(flag + directory.resolve("token"));
        return new StartPlan(host, () -> {
            pauses++;
            return pause.passed();
        }, told::add).build("server", arguments, new ArrayList<>());
    }

    private boolean written() {
        try {
            Files.writeString(directory.resolve("token"), " secret\n");
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void itIsWaitedFor() throws IOException {
        LaunchPlan plan = plan(() -> pauses < 3 || written(), "--token-file=");
        assertThat(plan.settings().get("token")).isEqualTo("secret");
        assertThat(told).containsExactly("Waiting for " + directory.resolve("token") + " to be available");
        assertThat(pauses).isEqualTo(3);
    }

    @Test
    void thatOfAgentsToo() throws IOException {
        assertThat(plan(this::written, "--agent-token-file=").settings().get("agentToken")).isEqualTo("secret");
    }

    @Test
    void notForever() {
        assertThatThrownBy(() -> plan(() -> true, "--token-file=")).isInstanceOf(UsageFailure.class)
                .hasMessageContaining("is still not there");
        assertThat(pauses).isEqualTo(StartPlan.LOOKS - 1);
    }

    @Test
    void whatElseIsWrongIsToldWithoutAWait() {
        for (String flag : List.of("--token-file=", "--agent-token-file=")) {
            assertThatThrownBy(() -> plan(this::written, flag, "--cluster-cidr=10.43.0.0/16", "--disable-etcd"))
                    .isInstanceOf(UsageFailure.class).hasMessageContaining("must not overlap")
                    .hasMessageContaining("--server is required").hasMessageNotContaining("still not there");
        }
        assertThat(pauses).isZero();
        assertThat(told).isEmpty();
    }

    /// The addresses that all else depends on are those of the VPN.
    @Test
    void aVpnIsNotJoinedBefore() {
        assertThatThrownBy(() -> plan(this::written, "--token-file=", "--vpn-auth=name=tailscale,joinKey=k"))
                .isInstanceOf(UsageFailure.class).hasMessageContaining("needs the program tailscale");
        assertThat(pauses).isEqualTo(1);
    }

    @Test
    void oneThatCannotBeReadEndsTheStart() throws IOException {
        Files.createDirectory(directory.resolve("token"));
        assertThatThrownBy(() -> plan(() -> true, "--token-file=")).isInstanceOf(UsageFailure.class)
                .hasMessageContaining("cannot read");
        assertThat(pauses).isZero();
    }
}
