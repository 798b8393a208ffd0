package io.k3j.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TunnelTimingTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 9, 10, 60})
    void aServerWaitsAsLongAsTheAgentSays(int seconds) {
        assertThat(TunnelTiming.of(Integer.toString(seconds))).isEqualTo(
                new TunnelTiming(Duration.ofSeconds(1), Duration.ofSeconds(seconds), TunnelTiming.K3S.sync()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "05", "61", "100", "-1", "+5", "5s", "1.5", " 5", "5\n", "\u0665"})
    void whatIsNoSuchNumberIsAsInK3s(String said) {
        assertThat(TunnelTiming.of(said)).isEqualTo(TunnelTiming.K3S);
    }
}
