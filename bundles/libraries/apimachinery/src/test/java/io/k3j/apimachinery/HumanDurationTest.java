package io.k3j.apimachinery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HumanDurationTest {
    @ParameterizedTest
    @CsvSource({"0,0s", "119,119s", "120,2m", "125,2m5s", "600,10m", "605,10m", "10799,179m", "10800,3h",
            "11100,3h5m", "28800,8h", "29100,8h", "172800,2d", "176400,2d1h", "691200,8d", "694800,8d", "63072000,2y",
            "64800000,2y20d", "252288000,8y", "254016000,8y", "-1,0s", "-5,<invalid>"})
    void hasTwoUnitsAtMost(long seconds, String shown) {
        assertThat(HumanDuration.of(Duration.ofSeconds(seconds))).isEqualTo(shown);
    }

    @Test
    void clocksThatDifferByLessThanTwoSecondsShowNothingOdd() {
        assertThat(HumanDuration.of(Duration.ofMillis(-1_900))).isEqualTo("0s");
        assertThat(HumanDuration.of(Duration.ofMillis(-2_000))).isEqualTo("<invalid>");
    }
}
