package io.k3j.componenthelpers;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeclaredFeaturesTest {
    @ParameterizedTest
    @CsvSource({"containers, RestartAllContainers, true", "initContainers, RestartAllContainers, true",
            "containers, Restart, false", "ephemeralContainers, RestartAllContainers, false"})
    void rulesThatRestartAllContainersNeedANodeThatCan(String list, String action, boolean needed) {
        Struct container = Struct.of("name", "c", "restartPolicyRules", Seq.of(Struct.of("action", action)));
        Struct spec = Struct.of(list, Seq.of(Struct.of("name", "plain"), container));
        assertThat(DeclaredFeatures.forScheduling(spec).contains(DeclaredFeatures.RESTART_ALL)).isEqualTo(needed);
    }
}
