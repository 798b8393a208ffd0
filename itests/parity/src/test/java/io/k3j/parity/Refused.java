package io.k3j.parity;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.parity.CriticalFlags.Flag;
import io.k3j.testkitdatabases.DatabaseServer;

/// What became of a server or agent that was refused.
///
/// @param code its exit code
/// @param text what it printed
record Refused(int code, String text) {
    void shows(Flag flag, String cluster) {
        says("critical configuration value mismatch between servers");
        String row = text.lines().map(String::strip).filter(line -> line.startsWith("--" + flag.name() + " "))
                .findFirst().orElseThrow(() -> new AssertionError(text));
        assertThat(row).contains(cluster.length() > 20 ? cluster.substring(0, 15) : cluster);
        assertThat(flag.accepted() ? row : text).contains(flag.shown());
    }

    /// One error, these words in it, and no secret.
    void says(String... words) {
        assertThat(code).as(text).isEqualTo(1);
        assertThat(text).contains(words).doesNotContain(ParityMatrix.TOKEN, DatabaseServer.PASSWORD, "\tat ");
        assertThat(text.lines().filter(line -> line.startsWith("k3s: "))).as(text).hasSize(1);
    }
}
