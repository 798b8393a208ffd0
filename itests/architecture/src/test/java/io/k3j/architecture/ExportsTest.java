package io.k3j.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// A provider exports nothing: who exports packages is wired to, and changes with a restart only. Read from the jars,
/// since what a bundle takes in of others' libraries may bring exports along.
class ExportsTest {
    @TestFactory
    Stream<DynamicTest> providersExportNothing() throws IOException {
        return Tree.rooms("providers").entrySet().stream()
                .map(room -> DynamicTest.dynamicTest(room.getKey(), () -> exportsNothing(room.getValue())));
    }

    private static void exportsNothing(Path room) throws IOException {
        List<Path> jars = Tree.jars(room);
        assertThat(jars).isNotEmpty();
        for (Path file : jars) {
            try (JarFile jar = new JarFile(file.toFile())) {
                assertThat(jar.getManifest().getMainAttributes().getValue("Export-Package")).as(file.toString())
                        .isNull();
            }
        }
    }
}
