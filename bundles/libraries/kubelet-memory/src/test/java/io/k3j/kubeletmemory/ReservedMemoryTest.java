package io.k3j.kubeletmemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What an administrator writes of the memory that nobody is given.
class ReservedMemoryTest {
    private static final MemoryTopology TWO = new MemoryTopology(
            Map.of(0, Map.of("memory", 8L << 30), 1, Map.of("memory", 8L << 30, "hugepages-2Mi", 1L << 30)));

    @Test
    void eachNodeKeepsItsOwn() {
        ReservedMemory read = ReservedMemory.parse("0:memory=1Gi,hugepages-2Mi=4Mi;1:memory=512Mi");
        assertThat(read.amounts()).isEqualTo(
                Map.of(0, Map.of("memory", 1L << 30, "hugepages-2Mi", 4L << 20), 1, Map.of("memory", 512L << 20)));
        assertThat(ReservedMemory.parse("").amounts()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "memory=1Gi|has incorrect format, expected numaNodeID:type=quantity[,type=quantity...], got memory=1Gi",
            "x:memory=1Gi|failed to convert the NUMA node ID, expected integer, got x",
            "0:memory|the reserved limit has incorrect value, expected type=quantity, got memory",
            "0:cpu=1|memory type conversion error, unknown type: \"cpu\"",
            "0:memory=much|failed to parse the quantity, expected quantity, got much",
            "0:memory=-1|failed to parse the quantity, expected quantity, got -1"})
    void saysWhatIsWrongAndWhatToType(String text, String why) {
        assertThatThrownBy(() -> ReservedMemory.parse(text)).hasMessageContaining(why)
                .hasMessageContaining("write for example reserved-memory=0:memory=512Mi");
    }

    @Test
    void nodesTogetherKeepWhatTheNodeKeeps() {
        ReservedMemory.parse("0:memory=512Mi;1:memory=512Mi").check(TWO, 1L << 30);
        assertThatThrownBy(() -> ReservedMemory.parse("0:memory=512Mi").check(TWO, 1L << 30)).hasMessageContaining(
                "the total amount \"512Mi\" of type \"memory\" is not equal to the value \"1Gi\" determined by Node"
                        + " Allocatable feature");
        assertThatThrownBy(() -> ReservedMemory.parse("1:memory=1Gi,hugepages-2Mi=2Mi").check(TWO, 1L << 30))
                .hasMessageContaining("\"2Mi\" of type \"hugepages-2Mi\" is not equal to the value \"0\"");
        assertThatThrownBy(() -> ReservedMemory.parse("2:memory=1Gi").check(TWO, 1L << 30))
                .hasMessageContaining("references a NUMA node 2 that does not exist on this machine; there are [0, 1]");
        assertThatThrownBy(() -> ReservedMemory.parse("").check(TWO, 0))
                .hasMessageContaining("[memorymanager] you should specify the system reserved memory");
    }
}
