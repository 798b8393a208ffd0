package io.k3j.kubeletconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KubeletLabelsTest {
    @Test
    void theKubeletsArgumentIsInPlaceOfTheFlag() {
        assertThat(KubeletLabels.of(List.of("a=1"), List.of("max-pods=9"))).containsExactly("a=1");
        assertThat(KubeletLabels.of(List.of("a=1"), List.of("node-labels=b=2, c=3", "node-labels=d=")))
                .containsExactly("b=2", "c=3", "d=");
    }

    @Test
    void flagsAreReadAsUpstreamReadsThem() {
        assertThat(KubeletLabels.of(List.of("a", " b = 2 ", "c=3,d"), List.of())).containsExactly("a=", "b=2", "c=3",
                "d=");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=", "example.com/x=y", "node.kubernetes.io/role=db", "x.kubelet.kubernetes.io/y=z",
            "topology.kubernetes.io/zone=a", "notkubernetes.io/x=y", "a", "a = b", "a=1,example.com/x"})
    void whatAKubeletMaySetIsTaken(String label) {
        assertThatCode(() -> KubeletLabels.check(List.of(label), List.of())).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "node-role.kubernetes.io/worker=true|specified with --node-label: [node-role.kubernetes.io/worker]; those",
            "node-restriction.kubernetes.io/a=b|labels specified with --node-label: [node-restriction",
            "x.k8s.io/a=b|set others afterwards with kubectl label node",
            "-a=b|name part must consist of", "a=b c|a valid label must be"})
    void whatTheServerWouldRefuseIsToldAtOnce(String label, String message) {
        assertThatThrownBy(() -> KubeletLabels.check(List.of(label), List.of())).hasMessageContaining(message);
    }
}
