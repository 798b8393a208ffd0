package io.k3j.cricontainerd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The bytes are a runtime's response: field 1 holds a message whose field 1 is the driver, omitted when it is zero.
class RuntimeConfigTest {
    @TempDir
    private Path dir;

    @ParameterizedTest
    @CsvSource({"'', true, true", "'', false, false", "0a00, false, true", "0a020800, false, true",
            "0a020801, true, false"})
    void usesTheRuntimesAnswer(String hex, boolean otherwise, boolean systemd) {
        byte[] bytes = java.util.HexFormat.of().parseHex(hex);
        assertThat(RuntimeConfig.systemd(new Messages().decode("RuntimeConfigResponse", bytes), otherwise))
                .isEqualTo(systemd);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void usesTheMachinesDriverWithoutAnAnswer(boolean machine) {
        assertThat(RuntimeConfig.systemd(new Cri(dir.resolve("nobody.sock")), machine)).isEqualTo(machine);
    }
}
