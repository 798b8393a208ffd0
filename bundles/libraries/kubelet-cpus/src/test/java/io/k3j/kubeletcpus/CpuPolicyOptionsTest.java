package io.k3j.kubeletcpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What an administrator may ask of policy `static`.
class CpuPolicyOptionsTest {
    @Test
    void optionsAreReadByTheirNames() {
        assertThat(CpuPolicyOptions.parse("")).isEqualTo(CpuPolicyOptions.NONE);
        assertThat(CpuPolicyOptions.parse("full-pcpus-only=true,strict-cpu-reservation=1"))
                .isEqualTo(new CpuPolicyOptions(true, false, true, false));
        assertThat(CpuPolicyOptions.parse("distribute-cpus-across-numa=T, prefer-align-cpus-by-uncorecache=false"))
                .isEqualTo(new CpuPolicyOptions(false, true, false, false));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"align-by-socket=true|Alpha-level Options not enabled, but option \"align-by",
            "distribute-cpus-across-cores=true|Alpha-level Options not enabled, but option \"distribute-cpus-across-c",
            "full-cores=true|unknown CPU Manager Policy option: \"full-cores\"; write full-pcpus-only",
            "full-pcpus-only=yes|bad value for option \"full-pcpus-only\": strconv.ParseBool: parsing \"yes\"",
            "full-pcpus-only|write full-pcpus-only=true",
            "prefer-align-cpus-by-uncorecache=true,distribute-cpus-across-numa=true|can not be used at the same time"})
    void saysWhatIsWrongAndWhatToType(String text, String why) {
        assertThatThrownBy(() -> CpuPolicyOptions.parse(text)).hasMessageContaining(why)
                .hasMessageStartingWith("--kubelet-arg cpu-manager-policy-options=" + text);
    }
}
