package io.k3j.kubeletcpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// States that stock kubelets wrote, as their users have shown them.
class CpuStateTest {
    @ParameterizedTest
    @ValueSource(strings = {"{\"policyName\":\"static\",\"defaultCpuSet\":\"0-27\",\"checksum\":273146150}",
            "{\"policyName\":\"static\",\"defaultCpuSet\":\"0,14-27\",\"entries\":{\"c0c5c4b3-3f63-4677-ba68-"
                    + "52da74012371\":{\"app\":\"1-13\"}},\"checksum\":1954249489}",
            "{\"policyName\":\"static\",\"defaultCpuSet\":\"0,13\",\"entries\":{\"55784671-0e4e-49e2-b4d6-"
                    + "c0377ca14c81\":{\"app\":\"1-12\"},\"6c5f3038-adfc-485d-9943-3fd5e825300d\":{\"app\":\"14-27\"}},"
                    + "\"checksum\":3558029577}"})
    void whatAStockKubeletWroteIsReadAndWrittenAsItIs(String text) {
        CpuState read = CpuState.read(text.getBytes(StandardCharsets.UTF_8));
        assertThat(new String(read.bytes(), StandardCharsets.UTF_8)).isEqualTo(text);
    }

    @Test
    void theChecksumOfKubeletsOf136IsReadToo() {
        String text = "{\"policyName\":\"static\",\"defaultCpuSet\":\"0,14-27\",\"entries\":{\"c0c5c4b3-3f63-4677-ba68-"
                + "52da74012371\":{\"app\":\"1-13\"}},\"checksum\":2064692957}";
        assertThat(CpuState.read(text.getBytes(StandardCharsets.UTF_8)).exclusive()).hasSize(1);
    }

    @Test
    void aDamagedOneIsNone() {
        byte[] bytes = new CpuState("static", CpuSet.parse("0-1"), Map.of()).bytes();
        String damaged = new String(bytes, StandardCharsets.UTF_8).replace("0-1", "0-2");
        assertThatThrownBy(() -> CpuState.read(damaged.getBytes(StandardCharsets.UTF_8)))
                .hasMessageContaining("checksum");
    }
}
