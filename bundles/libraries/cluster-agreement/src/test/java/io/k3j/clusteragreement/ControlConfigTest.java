package io.k3j.clusteragreement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Struct;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ControlConfigTest {
    @Test
    void aRangeIsWrittenAsGoWritesAnIpNet() {
        assertThat(ControlConfig.network("10.42.0.0/20")).isEqualTo(Struct.of("IP", "10.42.0.0", "Mask", "///wAA=="));
    }

    @Test
    void agentsAreToldOfAPortOfTheSupervisorsOwn() {
        assertThat(ports(Map.of("httpsListenPort", "6443"))).containsExactly(6443L, 6443L, 6443L);
        assertThat(ports(Map.of("httpsListenPort", "6443", "supervisorPort", "9345", "apiserverPort", "7443")))
                .containsExactly(6443L, 9345L, 7443L);
    }

    private static List<Long> ports(Map<String, Object> settings) {
        Struct told = ControlConfig.of(settings);
        return Stream.of("HTTPSPort", "SupervisorPort", "APIServerPort").map(name -> told.whole(name, 0)).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.42.0.0", "10.42.0.0/", "10.42.0.0/33", "10.42.0.0/-1", "ten/8", "", "/8"})
    void aRangeThatIsNoneIsNamed(String range) {
        assertThatThrownBy(() -> ControlConfig.of(Map.of("clusterCidr", new String[] {range})))
                .isExactlyInstanceOf(IllegalArgumentException.class).hasMessageContaining("'" + range + "'");
    }
}
