package io.k3j.nodestatus;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Huge pages of a machine whose `/sys/kernel/mm/hugepages` is a directory of the test's.
class MachineHugePagesTest {
    @TempDir
    private Path directory;

    private MachineHugePages has(String size, String count) throws IOException {
        Path pages = Files.createDirectories(directory.resolve("hugepages-" + size));
        Files.writeString(pages.resolve("nr_hugepages"), count);
        return new MachineHugePages(directory);
    }

    @Test
    void theNodeTellsOfEachSizeHowMuchThereIs() throws IOException {
        has("1048576kB", "0\n");
        MachineHugePages machine = has("2048kB", "512\n");
        assertThat(machine.bytes()).isEqualTo(Map.of(2L << 20, 1L << 30, 1L << 30, 0L));
        assertThat(machine.total()).isEqualTo(1L << 30);
        assertThat(machine.told(Struct.of("cpu", "2"))).isEqualTo(
                Struct.of("cpu", "2", "hugepages-2Mi", "1Gi", "hugepages-1Gi", "0"));
    }

    @Test
    void pagesThatAreSetAsideOrGivenBackLaterCount() throws IOException {
        Struct first = has("2048kB", "512\n").told(Struct.EMPTY);
        assertThat(has("2048kB", "3\n").told(first)).isEqualTo(Struct.of("hugepages-2Mi", "6Mi"));
    }

    @Test
    void aSizeThatTheKernelDoesNotKnowAnyMoreIsNotThere() throws IOException {
        assertThat(has("2048kB", "0\n").told(Struct.of("hugepages-1Gi", "4Gi", "example.com/dongle", "1")))
                .isEqualTo(Struct.of("example.com/dongle", "1", "hugepages-2Mi", "0"));
    }

    @Test
    void aKernelWithoutHugePagesHasNone() throws IOException {
        MachineHugePages none = new MachineHugePages(directory.resolve("absent"));
        assertThat(none.bytes()).isEmpty();
        assertThat(none.told(Struct.of("cpu", "2"))).isEqualTo(Struct.of("cpu", "2"));
        assertThat(has("2048kB", "many").bytes()).as("what cannot be read").isEmpty();
    }
}
