package io.k3j.featuremodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.featuremodel.JarFacts.Limits;
import io.k3j.testkitsigning.ChangedJar;
import io.k3j.testkitsigning.TestJars;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a small file may hold. Manifests and signatures are in `PluginReaderTest`.
class JarFactsTest {
    private static final int MANY = 1 << 20;
    private static final Limits WIDE = new Limits(1L << 30, 100_000, 32L << 20);

    @TempDir
    private Path dir;

    private Path zeros(int entries) throws IOException {
        return ChangedJar.change(TestJars.bundle(dir.resolve("acme.jar"), "com.acme.a", ""), all -> {
            for (int i = 0; i < entries; i++) {
                all.put("zeros-" + i, new byte[MANY]);
            }
        });
    }

    private static void refused(Path jar, Limits limits, String why) {
        assertThatThrownBy(() -> JarFacts.refuseDamaged(jar, jar, limits)).isInstanceOf(FeatureProblem.class)
                .hasMessage(jar + why);
    }

    @Test
    void whatItsEntriesHoldTogetherIsBounded() throws IOException {
        Path jar = zeros(4);
        assertThat(Files.size(jar)).isLessThan(MANY);
        assertThatNoException().isThrownBy(() -> JarFacts.refuseDamaged(jar, jar, WIDE));
        refused(jar, new Limits(4L * MANY - 1, 100, MANY), " holds more than 4194303 bytes");
        refused(ChangedJar.claim(jar, "zeros-0", 1), new Limits(4L * MANY - 1, 100, MANY),
                " holds more than 4194303 bytes");
    }

    /// Else the list of a million names would be made before anybody counts them.
    @Test
    void itsEntriesAreCountedBeforeOneIsLookedAt() throws IOException {
        refused(zeros(4), new Limits(0, 4, 0), " has more than 4 entries");
    }
}
