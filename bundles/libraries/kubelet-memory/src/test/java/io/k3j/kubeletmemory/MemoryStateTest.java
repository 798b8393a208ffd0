package io.k3j.kubeletmemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// States as upstream's own tests have them, of several versions.
class MemoryStateTest {
    private static final String STATE = "\"policyName\":\"static\",\"machineState\":{\"0\":{\"numberOfAssignments\":0,"
            + "\"memoryMap\":{\"memory\":{\"total\":2048,\"systemReserved\":512,\"allocatable\":1536,\"reserved\":512,"
            + "\"free\":1024}},\"cells\":[]}},\"entries\":{\"pod\":{\"container1\":[{\"numaAffinity\":[0],"
            + "\"type\":\"memory\",\"size\":512}]}}";
    private static final String OLD = "{" + STATE + ",\"checksum\":4215593881}";

    private static MemoryState read(String text) {
        return MemoryState.read(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatAStockKubeletWroteIsReadAndWrittenAsItIs() {
        MemoryState read = read(OLD);
        assertThat(read.entries()).isEqualTo(
                Map.of("pod", Map.of("container1", List.of(new MemoryBlock(List.of(0), "memory", 512)))));
        assertThat(new String(read.bytes(), StandardCharsets.UTF_8)).isEqualTo(OLD);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 4_215_593_881L, 2_267_633_148L})
    void checksumsOfAllVersionsCountAsRight(long checksum) {
        assertThat(read("{" + STATE + ",\"checksum\":" + checksum + "}").entries()).containsKey("pod");
    }

    @Test
    void theTextOfANewerVersionWins() {
        String data = "{" + STATE + "}";
        String newer = "{\"policyName\":\"other\",\"entries\":{},\"checksum\":1,\"data\":\""
                + data.replace("\"", "\\\"") + "\",\"dataChecksum\":1849615440}";
        assertThat(read(newer)).isEqualTo(read(OLD));
        assertThatThrownBy(() -> read(newer.replace("1849615440", "1234"))).hasMessageContaining("checksum");
    }

    @Test
    void aDamagedOneIsNone() {
        assertThatThrownBy(() -> read(OLD.replace("512}]", "513}]"))).hasMessageContaining("checksum");
        assertThatThrownBy(() -> read(OLD.replace("[0]", "[64]"))).hasMessageContaining("64 is no NUMA node");
    }
}
