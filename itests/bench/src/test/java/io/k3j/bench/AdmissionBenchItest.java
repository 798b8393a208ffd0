package io.k3j.bench;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Measures what webhooks and policies add to a create, for the table of figures.
@Tag("full")
@Tag("figures")
class AdmissionBenchItest {
    @Test
    void everyCreateIsAdmitted(@TempDir Path directory) {
        assertThatCode(() -> AdmissionBench.run(directory.resolve("server"))).doesNotThrowAnyException();
    }
}
