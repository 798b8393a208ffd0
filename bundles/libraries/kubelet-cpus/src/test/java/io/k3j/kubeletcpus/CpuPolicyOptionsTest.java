package io.k3j.kubeletcpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What an administrator may ask of policy `static`.
class CpuPolicyOptionsTest {
    private static CpuPolicyOptions parse(String text) {
        return CpuPolicyOptions.parse(text, false);
    }

    @Test
    void thoseOfTheAlphaStageAreThereByTheirGate() {
        assertThat(CpuPolicyOptions.parse("align-by-socket=true,distribute-cpus-across-cores=true", true))
                .isEqualTo(new CpuPolicyOptions(false, false, false, false, true, true));
        assertThatThrownBy(
                () -> CpuPolicyOptions.parse("full-pcpus-only=true,distribute-cpus-across-cores=true", true))
                .hasMessageContaining("static policy options full-pcpus-only and distribute-cpus-across-cores can not"
                        + " be used at the same time");
    }

    @Test
    void optionsAreReadByTheirNames() {
        assertThat(parse("")).isEqualTo(CpuPolicyOptions.NONE);
        assertThat(parse("full-pcpus-only=true,strict-cpu-reservation=1"))
                .isEqualTo(new CpuPolicyOptions(true, false, true, false, false, false));
        assertThat(parse("distribute-cpus-across-numa=T, prefer-align-cpus-by-uncorecache=false"))
                .isEqualTo(new CpuPolicyOptions(false, true, false, false, false, false));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"align-by-socket=true|Alpha-level Options not enabled, but option \"align-by",
            "distribute-cpus-across-cores=true|Alpha-level Options not enabled, but option \"distribute-cpus-across-c",
            "full-cores=true|unknown CPU Manager Policy option: \"full-cores\"; write full-pcpus-only",
            "full-pcpus-only=yes|bad value for option \"full-pcpus-only\": strconv.ParseBool: parsing \"yes\"",
            "full-pcpus-only|write full-pcpus-only=true",
            "prefer-align-cpus-by-uncorecache=true,distribute-cpus-across-numa=true|can not be used at the same time"})
    void saysWhatIsWrongAndWhatToType(String text, String why) {
        assertThatThrownBy(() -> parse(text)).hasMessageContaining(why)
                .hasMessageStartingWith("--kubelet-arg cpu-manager-policy-options=" + text);
    }
}
