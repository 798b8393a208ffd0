package io.k3j.componenthelpers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConcurrentSyncsTest {
    private static Map<String, Integer> of(Map<String, String> given) {
        return ConcurrentSyncs.byLoop(name -> Optional.ofNullable(given.get(name)));
    }

    @Test
    void namesTheLoopsThatAreAskedAbout() {
        assertThat(of(Map.of())).isEmpty();
        assertThat(of(Map.of("concurrent-deployment-syncs", "20", "concurrent-gc-syncs", "1")))
                .containsOnly(Map.entry("deployment-controller", 20), Map.entry("garbage-collector-controller", 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1001", "", "five", "99999999999"})
    void refusesWhatIsNoNumberOfWorkers(String value) {
        assertThatThrownBy(() -> of(Map.of("concurrent-job-syncs", value)))
                .hasMessage("--kube-controller-manager-arg=concurrent-job-syncs=" + value
                        + " must be a whole number from 1 to 1000; try"
                        + " --kube-controller-manager-arg=concurrent-job-syncs=5");
    }
}
