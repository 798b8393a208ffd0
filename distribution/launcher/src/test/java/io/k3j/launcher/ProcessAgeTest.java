package io.k3j.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProcessAgeTest {
    @Test
    void subtractsStartTicksFromTheMachinesUptime() {
        String stat = "4711 (k3s (java) x) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 1000 20";
        assertThat(ProcessAge.between(stat, "12.34 99.9\n")).isEqualTo(Duration.ofMillis(2340));
    }
}
