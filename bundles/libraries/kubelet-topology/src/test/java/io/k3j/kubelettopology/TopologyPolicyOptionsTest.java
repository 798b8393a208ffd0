package io.k3j.kubelettopology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What an administrator may ask of the topology manager.
class TopologyPolicyOptionsTest {
    @Test
    void optionsAreReadByTheirNames() {
        assertThat(TopologyPolicyOptions.parse("")).isEqualTo(new TopologyPolicyOptions(false, 8));
        assertThat(TopologyPolicyOptions.parse("prefer-closest-numa-nodes=true, max-allowable-numa-nodes=12"))
                .isEqualTo(new TopologyPolicyOptions(true, 12));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"nearest=true|unknown Topology Manager Policy option: \"nearest\"; write",
            "prefer-closest-numa-nodes=yes|strconv.ParseBool: parsing \"yes\": invalid syntax; write prefer-closest",
            "max-allowable-numa-nodes=many|unable to convert policy option to integer \"max-allowable-numa-nodes\"",
            "max-allowable-numa-nodes=7|minimum value of \"max-allowable-numa-nodes\" should not be less than 8"})
    void saysWhatIsWrongAndWhatToType(String text, String why) {
        assertThatThrownBy(() -> TopologyPolicyOptions.parse(text)).hasMessageContaining(why)
                .hasMessageStartingWith("--kubelet-arg topology-manager-policy-options=" + text);
    }
}
