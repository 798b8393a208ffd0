package io.k3j.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.featuremodel.Feature;
import io.k3j.featuremodel.FeatureProblem;
import io.k3j.featuremodel.OfferedJars;
import io.k3j.featuremodel.Signatures;
import io.k3j.featuremodel.StateFiles;
import io.k3j.testkitsigning.ChangedJar;
import io.k3j.testkitsigning.TestJars;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.Version;

/// Feature archives, good and bad. What is wrong with a jar is in `PluginsItest`.
class PluginReaderTest {
    private static final String BUNDLES = "\"bundles\": [{\"name\": \"com.acme.a\"},"
            + " {\"name\": \"com.acme.b\", \"swap\": \"PARALLEL\"}]";

    private static final int LARGE = (32 << 20) + 1;

    @TempDir
    private Path dir;

    private PluginReader reader() {
        Feature kubelet = new Feature("kubelet", Set.of("agent"), List.of(), List.of(), Map.of(), Map.of(), List.of(),
                Map.of(), Optional.empty(), Set.of(), Map.of());
        return new PluginReader(new OfferedJars(dir, StateFiles.DURABLE,
                Signatures.of(Map.of(), InstantSource.system())), () -> List.of("io.k3j.kubelet"), List::of,
                List.of(kubelet));
    }

    private byte[] bundle(String symbolicName) throws IOException {
        return Files.readAllBytes(TestJars.bundle(dir.resolve("in.jar"),
                Map.of("Bundle-SymbolicName", symbolicName, "Bundle-Version", "1.1"), symbolicName));
    }

    private Path archive(String description, String... more) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        for (String bundle : List.of("a", "b")) {
            entries.put(bundle + ".jar", bundle("com.acme." + bundle));
        }
        for (String name : more) {
            entries.put(name, entries.getOrDefault("a.jar", new byte[0]));
        }
        Path file = ChangedJar.write(dir.resolve("acme.far"), Map.of("feature.json", description));
        ChangedJar.change(file, all -> all.putAll(entries));
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }

    private void refused(Path archive, String why) {
        assertThatThrownBy(() -> reader().read(archive, Map.of())).isInstanceOf(FeatureProblem.class)
                .hasMessageContaining(archive.toString()).hasMessageContaining(why)
                .hasMessageNotContaining("bundles/offered");
        assertThat(dir.resolve("bundles/offered")).isEmptyDirectory();
    }

    @Test
    void anArchiveIsAFeatureWithItsBundlesInTheirOrder() throws IOException {
        Path archive = archive("{\"name\": \"acme\", \"needs\": [\"kubelet\"], " + BUNDLES
                + ", \"settings\": {\"com.acme.a.more\": [\"clusterCidr\"]}}");
        try (PluginReader.Found found = reader().read(archive, Map.of())) {
            Plugin plugin = found.plugin();
            assertThat(plugin.file()).isEqualTo("acme.far");
            assertThat(plugin.version()).isEqualTo("1.1.0");
            assertThat(plugin.feature().needs()).containsExactly("kubelet");
            assertThat(plugin.parts()).extracting(part -> part.bundle().symbolicName())
                    .containsExactly("com.acme.a", "com.acme.b");
            assertThat(plugin.feature().settings()).containsOnlyKeys("com.acme.a", "com.acme.a.more", "com.acme.b");
            assertThat(found.copies()).containsOnlyKeys(plugin.copies());
            assertThat(found.copies().values()).allSatisfy(copy -> assertThat(copy).exists());
        }
        assertThat(dir.resolve("bundles/offered")).isEmptyDirectory();
    }

    @Test
    void anArchiveBringsConfigurationsWithTheirValues() throws IOException {
        Path archive = archive("{\"name\": \"acme\", " + BUNDLES + ", \"configurations\": {\"com.acme.a.sink~north\":"
                + " {\"url\": \"https://n\", \"size\": 3, \"on\": true, \"of\": [\"a\", \"b\"]},"
                + " \"com.acme.a.sink~south\": {}}}");
        try (PluginReader.Found found = reader().read(archive, Map.of())) {
            assertThat(found.plugin().feature().configurations()).containsExactlyInAnyOrderEntriesOf(
                    Map.of("com.acme.a.sink~north",
                            Map.of("url", "https://n", "size", "3", "on", true, "of", List.of("a", "b")),
                            "com.acme.a.sink~south", Map.of()));
            assertThat(found.plugin().feature().pids()).containsExactlyInAnyOrder("com.acme.a", "com.acme.b",
                    "com.acme.a.sink~north", "com.acme.a.sink~south");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{\"name\": \"kubelet\", %s}|which belongs to this distribution",
            "{\"name\": \"a/b\", %s}|only the letters",
            "{\"name\": \"acme\", %s, \"critical\": [\"clusterCidr\"]}|acme.far!/feature.json: unknown key critical",
            "{\"name\": \"acme\", %s, \"words\": [\"agent\"]}|unknown key words",
            "{\"name\": \"acme\", %s, \"settings\": {\"io.k3j.apiserver\": [\"dataDir\"]}}|that of none of its bundles",
            "{\"name\": \"acme\", %s, \"configurations\": {\"com.other~a\": {}}}|that of none of its bundles",
            "{\"name\": \"acme\", %s, \"configurations\": {\"com.acme.a~a/b\": {}}}|in com.acme.a~a/b is no name",
            "{\"name\": \"acme\", %s, \"configurations\": {\"com.acme.a~\": {}}}|in com.acme.a~ is no name",
            "{\"name\": \"acme\", %s, \"configurations\": {\"com.acme.a.retire\": {}}}|the cleaning up of com.acme.a",
            "{\"name\": \"acme\", %s, \"configurations\": {\"com.acme.a\": {\"x\": {}}}}|com.acme.a: x is no text",
            "{\"name\": \"acme\", %s, \"configurations\": {\"com.acme.a\": {\"x\": [{}]}}}|not a list of texts",
            "{\"name\": \"acme\", %s, \"configurations\": {\"com.acme.a\": 7}}|com.acme.a is not an object",
            "{\"name\": \"acme\", %s, \"settings\": {\"com.acme.a\": [\"x\"]}, \"configurations\":"
                    + " {\"com.acme.a\": {\"X\": 1}}}|gives X a value, which settings asks the flags for",
            "{\"name\": \"acme\", %s, \"configurations\": {\"com.acme.a\": {\"x\": 1, \"X\": 2}}}|gives X two values",
            "{\"name\": \"acme\", %s, \"configurations\": {\"com.acme.a\": {\"\": 1}}}|gives a value to no name",
            "{\"name\": \"acme\"}|bundles is missing or empty",
            "{\"name\": \"acme\", \"bundles\": [{\"name\": \"com.acme.a\"}]}|does not name com.acme.b",
            "{\"name\": \"acme\", \"bundles\": [{\"name\": \"com.acme.c\"}]}|no jar beside it is the bundle com.acme.c",
            "{\"name\": \"acme\", \"bundles\": [{\"name\": \"com.acme.a\", \"identities\": []}]}|unknown key identities",
            "{\"name\": \"acme\", \"bundles\": [{\"name\": \"com.acme.a\", \"swap\": \"RESTART\"}]}|PARALLEL or REPLACE",
            "[]|not a JSON object"})
    void aDescriptionThatTakesWhatIsNotItsOwnIsRefused(String description, String why) throws IOException {
        refused(archive(description.replace("%s", BUNDLES)), why);
    }

    @ParameterizedTest
    @CsvSource({"more.txt, is no part of a feature archive", "lib/a.jar, is no part of a feature archive",
            "../a.jar, is no part of a feature archive", "\u00e4.jar, is no part of a feature archive",
            "..\\a.jar, is no part of a feature archive", "again.jar, holds two bundles called com.acme.a"})
    void whatElseLiesInAnArchiveIsRefused(String name, String why) throws IOException {
        refused(archive("{\"name\": \"acme\", " + BUNDLES + "}", name), why);
    }

    @ParameterizedTest
    @ValueSource(strings = {";", "", ";singleton:=true", "com.acme.\u00e4", "com/acme", ".."})
    void aNameThatIsNoneIsRefused(String name) throws IOException {
        Path jar = TestJars.bundle(dir.resolve("acme.jar"), Map.of("Bundle-SymbolicName", name), "");
        refused(Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-r--r--")),
                "the Bundle-SymbolicName ");
    }

    /// It would take the settings and the place of that feature.
    @ParameterizedTest
    @ValueSource(strings = {"kubelet", "agent"})
    void aJarThatIsCalledLikeAFeatureOfTheDistributionIsRefused(String name) throws IOException {
        Path jar = TestJars.bundle(dir.resolve("acme.jar"), Map.of("Bundle-SymbolicName", name), "");
        refused(Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-r--r--")),
                "has the feature name " + name + ", which belongs to this distribution");
    }

    @ParameterizedTest
    @ValueSource(strings = {"some", "0", "-1", "65", "NaN"})
    void aNumberOfProcessorsThatIsNoneIsRefused(String processors) throws IOException {
        Path jar = TestJars.bundle(dir.resolve("acme.jar"),
                Map.of("Bundle-SymbolicName", "com.acme.a", "K3j-Processors", processors), "");
        refused(Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-r--r--")),
                "the header K3j-Processors: " + processors);
    }

    @ParameterizedTest
    @ValueSource(strings = {"META-INF/MANIFEST.MF", "META-INF/manifest.mf", "META-INF/ACME.SF",
            "META-INF/versions/9/OSGI-INF/MANIFEST.MF"})
    void whatIsHeldInMemoryWholeIsBounded(String name) throws IOException {
        Path jar = ChangedJar.change(TestJars.bundle(dir.resolve("acme.jar"), "com.acme.a", ""),
                entries -> entries.put(name, new byte[LARGE]));
        Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-r--r--"));
        refused(jar, "has manifests and signatures of more than 33554432 bytes");
        refused(ChangedJar.claim(jar, name, 1 << 20), "has manifests and signatures of more than 33554432 bytes");
    }

    @Test
    void aDescriptionIsBounded() throws IOException {
        refused(archive("{\"name\": \"acme\", " + BUNDLES + " ".repeat(1 << 20) + "}"),
                "acme.far!/feature.json: larger than 1048576 bytes");
    }

    @Test
    void anArchiveWithoutANameIsRefused() throws IOException {
        refused(archive("{\"name\": \"\", " + BUNDLES + "}"), "a feature called ");
    }

    @Test
    void aNameAboveTheDistributionsConfiguresNothingOfIt() throws IOException {
        Path archive = archive("{\"name\": \"acme\", \"bundles\": [{\"name\": \"io\"}, {\"name\": \"com.acme.b\"}],"
                + " \"settings\": {\"io.k3j.apiserver\": [\"dataDir\"]}}");
        byte[] above = bundle("io");
        refused(ChangedJar.change(archive, entries -> entries.put("a.jar", above)),
                "the PID io.k3j.apiserver is that of none of its bundles");
    }

    @Test
    void anArchiveWithANameTwiceIsRefused() throws IOException {
        refused(ChangedJar.twice(archive("{\"name\": \"acme\", " + BUNDLES + "}"), "b.jar", "a.jar"),
                "holds b.jar twice");
    }

    @Test
    void anArchiveWithoutADescriptionOrWithAnOlderBundleIsRefused() throws IOException {
        Path archive = archive("{\"name\": \"acme\", " + BUNDLES + "}");
        assertThatThrownBy(() -> reader().read(archive, Map.of("com.acme.b", Version.valueOf("2"))))
                .hasMessageContaining("acme.far!/b.jar has version 1.1.0, older than 2.0.0");
        refused(ChangedJar.change(archive, entries -> entries.remove("feature.json")), "it lacks feature.json");
    }
}
