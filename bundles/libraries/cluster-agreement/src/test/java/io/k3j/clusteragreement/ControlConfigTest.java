package io.k3j.clusteragreement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Struct;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ControlConfigTest {
    @Test
    void aRangeIsWrittenAsGoWritesAnIpNet() {
        assertThat(ControlConfig.network("10.42.0.0/20")).isEqualTo(Struct.of("IP", "10.42.0.0", "Mask", "///wAA=="));
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.42.0.0", "10.42.0.0/", "10.42.0.0/33", "10.42.0.0/-1", "ten/8", "", "/8"})
    void aRangeThatIsNoneIsNamed(String range) {
        assertThatThrownBy(() -> ControlConfig.of(Map.of("clusterCidr", new String[] {range})))
                .isExactlyInstanceOf(IllegalArgumentException.class).hasMessageContaining("'" + range + "'");
    }
}
