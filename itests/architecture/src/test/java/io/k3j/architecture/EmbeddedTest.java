package io.k3j.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
        return Rooms.EMBEDDED.entrySet().stream().map(each -> DynamicTest.dynamicTest(each.getKey(),
                () -> isIn(providers.entrySet().stream()
                        .filter(room -> room.getKey().replace("-", "").equals(each.getValue())).findFirst()
                        .orElseThrow().getValue(), each.getKey())));
    }

    private static void isIn(Path provider, String library) throws IOException {
        List<Path> jars = Tree.jars(provider);
        assertThat(jars).isNotEmpty();
        for (Path file : jars) {
            try (JarFile jar = new JarFile(file.toFile())) {
                assertThat(jar.stream().map(entry -> entry.getName()))
                        .anyMatch(name -> name.startsWith("io/k3j/" + library + "/") && name.endsWith(".class"));
                String imports = jar.getManifest().getMainAttributes().getValue("Import-Package");
                assertThat(imports.split("[,;]")).as("imports of %s", file).doesNotContain("io.k3j." + library);
            }
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
