package io.k3j.bench;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.k3j.testmachine.NeedsPackages;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Starts the product with its components and without, for the table of figures.
@Tag("full")
@Tag("figures")
@EnabledIfSystemProperty(named = "user.name", matches = "root", disabledReason = "a node needs root")
@NeedsPackages("containerd")
class ComponentsBenchItest {
    @Test
    void aServerStartsWithEveryComponentAndWithNone(@TempDir Path directory) {
        assertThatCode(() -> ComponentsBench.run(directory.resolve("server"))).doesNotThrowAnyException();
    }
}
