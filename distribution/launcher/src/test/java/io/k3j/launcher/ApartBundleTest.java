package io.k3j.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApartBundleTest {
    @Test
    void hasTheContentOfItsJarAndTheClassesOfAllJarsBesideTheClassPath(@TempDir Path root) throws IOException {
        Home home = new Home(root);
        Files.createDirectories(home.apart());
        jar(home.apart().resolve("io.k3j.x.jar"), "one.txt");
        jar(home.apart().resolve("io.k3j.y.jar"), "two.txt");
        try (URLClassLoader classes = (URLClassLoader) home.classes()) {
            ApartBundle bundle = new ApartBundle(new BundleIndex.Entry("io.k3j.x", true, true,
                    Map.of("Bundle-Version", "1.0.0"), List.of("io.k3j.x"), Map.of()), home.apart(), classes);
            assertThat(bundle.getEntries()).containsExactly("one.txt");
            assertThat(bundle.getEntry("one.txt").orElseThrow().getInputStream()).hasContent("one.txt");
            assertThat(bundle.getEntry("two.txt")).isEmpty();
            assertThat(bundle.getHeaders().orElseThrow().get("bundle-version")).isEqualTo("1.0.0");
            // one made by Felix would keep threads of an earlier generation
            assertThat(bundle.getClassLoader()).containsSame(classes);
            assertThat(classes.getResource("two.txt")).isNotNull();
            bundle.close();
            assertThat(bundle.getEntry("one.txt")).as("opened again").isPresent();
            bundle.close();
        }
    }

    @Test
    void aGroupHasADirectoryAndClassesOfItsOwn(@TempDir Path root) throws IOException {
        Home home = new Home(root);
        Files.createDirectories(home.apart("cel"));
        jar(home.apart().resolve("io.k3j.x.jar"), "one.txt");
        jar(home.apart("cel").resolve("io.k3j.y.jar"), "two.txt");
        BundleIndex.Entry entry = new BundleIndex.Entry("io.k3j.y", true, true, Map.of("K3j-Apart", "cel"),
                List.of("io.k3j.y"), Map.of());
        try (URLClassLoader shared = (URLClassLoader) home.classes();
                URLClassLoader own = (URLClassLoader) home.classes(entry.group())) {
            assertThat(shared.getResource("two.txt")).isNull();
            assertThat(own.getResource("one.txt")).isNull();
            assertThat(own.getResource("two.txt")).isNotNull();
        }
    }

    private static void jar(Path file, String entry) throws IOException {
        try (OutputStream to = Files.newOutputStream(file); JarOutputStream out = new JarOutputStream(to)) {
            out.putNextEntry(new JarEntry(entry));
            out.write(entry.getBytes(StandardCharsets.US_ASCII));
            out.closeEntry();
        }
    }
}
