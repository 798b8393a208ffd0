package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VolumeNodesTest {
    private static Struct nodesWith(String label) {
        Struct expression = Struct.of("key", label, "operator", "In", "values", Seq.of("a"));
        Struct term = Struct.of("matchExpressions", Seq.of(expression));
        return Struct.of("required", Struct.of("nodeSelectorTerms", Seq.of(term)));
    }

    @ParameterizedTest
    @CsvSource({"failure-domain.beta.kubernetes.io/zone, topology.kubernetes.io/zone",
            "failure-domain.beta.kubernetes.io/region, topology.kubernetes.io/region",
            "beta.kubernetes.io/os, kubernetes.io/os", "beta.kubernetes.io/arch, kubernetes.io/arch",
            "beta.kubernetes.io/instance-type, node.kubernetes.io/instance-type"})
    void aLabelMayBecomeTheOneThatHasTakenItsPlace(String old, String now) {
        assertThat(VolumeNodes.same(nodesWith(old), nodesWith(now))).isTrue();
        assertThat(VolumeNodes.same(nodesWith(now), nodesWith(old))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"a, b", "a, ''", "beta.kubernetes.io/os, kubernetes.io/arch"})
    void itMayBecomeNoOther(String old, String now) {
        assertThat(VolumeNodes.same(nodesWith(old), nodesWith(now))).isFalse();
    }
}
