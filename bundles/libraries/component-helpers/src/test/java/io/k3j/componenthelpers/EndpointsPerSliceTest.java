package io.k3j.componenthelpers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointsPerSliceTest {
    @Test
    void areAHundredUnlessAnotherNumberIsAskedFor() {
        assertThat(EndpointsPerSlice.of(name -> Optional.empty())).isEqualTo(100);
        assertThat(EndpointsPerSlice
                .of(name -> Optional.of("1000").filter(v -> name.equals("max-endpoints-per-slice")))).isEqualTo(1_000);
    }

    @ParameterizedTest
    @CsvSource({"0, 'must not be less than 1, but got 0'", "1001, 'must not be more than 1000, but got 1001'",
            "many, must be a whole number"})
    void otherNumbersAreRefusedInUpstreamsWords(String value, String why) {
        assertThatThrownBy(() -> EndpointsPerSlice.of(name -> Optional.of(value)))
                .hasMessageContaining("--kube-controller-manager-arg=max-endpoints-per-slice")
                .hasMessageContaining(why).hasMessageEndingWith("max-endpoints-per-slice=100");
    }
}
