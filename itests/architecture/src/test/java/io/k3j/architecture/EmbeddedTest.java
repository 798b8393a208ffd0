package io.k3j.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// A library that one provider alone uses is replaced with that provider, so it has to be in its jar, and nowhere else
/// in what is shipped. Read from the jars: what bnd finds no package for is a warning of it only.
class EmbeddedTest {
    @Test
    void whatIsEmbeddedIsALibraryOfTheTable() {
        assertThat(Rooms.EMBEDDED.keySet()).isNotEmpty().isSubsetOf(Rooms.LIBRARIES.keySet());
    }

    @TestFactory
    Stream<DynamicTest> aLibraryIsInTheJarOfItsProvider() throws IOException {
        Map<String, Path> providers = Tree.rooms("providers");
        Map<String, Path> libraries = Tree.rooms("libraries");
        return Rooms.EMBEDDED.entrySet().stream().map(each -> DynamicTest.dynamicTest(each.getKey(),
                () -> isIn(jar(providers, each.getValue()), jar(libraries, each.getKey()), each.getKey())));
    }

    private static Path jar(Map<String, Path> rooms, String name) throws IOException {
        Path room = rooms.entrySet().stream().filter(each -> each.getKey().replace("-", "").equals(name)).findFirst()
                .orElseThrow().getValue();
        List<Path> jars = Tree.jars(room);
        assertThat(jars).as("jars of %s", room).hasSize(1);
        return jars.getFirst();
    }

    /// Whole, and as it was built: bnd takes a package's own directory along and nothing below or beside it, and a
    /// provider that was not built again has the library of before.
    private static void isIn(Path provider, Path library, String name) throws IOException {
        try (JarFile jar = new JarFile(provider.toFile()); JarFile own = new JarFile(library.toFile())) {
            List<String> entries = own.stream().map(JarEntry::getName).filter(EmbeddedTest::carried).toList();
            assertThat(entries).anyMatch(entry -> entry.startsWith("io/k3j/" + name + "/"));
            for (String entry : entries) {
                assertThat(jar.getJarEntry(entry)).as("%s in %s", entry, provider).isNotNull();
                assertThat(bytes(jar, entry)).as("%s in %s", entry, provider).isEqualTo(bytes(own, entry));
            }
            String imports = jar.getManifest().getMainAttributes().getValue("Import-Package");
            assertThat(imports.split("[,;]")).as("imports of %s", provider).doesNotContain("io.k3j." + name);
        }
    }

    /// All that is not about the jar itself.
    private static boolean carried(String entry) {
        return !entry.endsWith("/") && !entry.startsWith("META-INF/") && !entry.startsWith("OSGI-")
                && !entry.endsWith("package-info.class") && !entry.endsWith("module-info.class");
    }

    private static byte[] bytes(JarFile jar, String entry) throws IOException {
        try (InputStream in = jar.getInputStream(jar.getJarEntry(entry))) {
            return in.readAllBytes();
        }
    }

    @Test
    void theAssemblyShipsItInThatJarOnly() throws IOException {
        String pom = Files.readString(Tree.ROOT.resolve("distribution/assembly/pom.xml"));
        assertThat(Tree.rooms("libraries").keySet())
                .filteredOn(name -> Rooms.EMBEDDED.containsKey(name.replace("-", "")))
                .noneMatch(name -> pom.contains("<artifactId>" + name + "</artifactId>"));
    }
}
