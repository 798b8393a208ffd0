package io.k3j.featuresitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Retire;
import io.k3j.testkitosgi.InFramework;
import io.k3j.testkitosgi.Injected;
import io.k3j.testkitsigning.TestSigner;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.service.cm.ConfigurationAdmin;

/// Feature archives: several bundles that come and go together, also while the server is down.
@InFramework(bundles = {"com.fasterxml.jackson.core.jackson-core", "io.k3j.componentapi", "component-base",
        "io.k3j.durablefiles", "io.k3j.signedjars", "metrics-text", "io.k3j.features"},
        shared = "io.k3j.testkitsigning")
class ArchivesItest {
    private static final String PROVIDES = "osgi.service;objectClass:List<String>=\"" + Retire.class.getName() + "\"";
    private static final String DESCRIPTION = "{\"name\": \"acme\", \"bundles\": [{\"name\": \"com.acme.first\"},"
            + " {\"name\": \"com.acme.second\"}]}";
    /// Names the PID of a component as if it had one configuration only.
    private static final String METATYPE = """
            <MetaData>
              <OCD id="sink" name="Sink"><AD id="pin" type="Password"/></OCD>
              <Designate pid="com.acme.first.sink"><Object ocdref="sink"/></Designate>
            </MetaData>
            """;
    private static final String EAST = "(service.pid=com.acme.first.sink~east)";
    private static final TestSigner ACME = TestSigner.selfSigned("Acme");
    private BundleContext context;

    @Injected
    private ConfigurationAdmin admin;

    private Scene scene() throws IOException {
        Scene scene = new Scene(context);
        System.setProperty("k3j.test.diary", scene.path("diary").toString());
        scene.plugins();
        return scene;
    }

    /// An archive of two bundles, of which the second has an activator of a test's.
    private static Path archive(Scene scene, String version, Class<?> second) throws IOException {
        return archive(scene, version, second, DESCRIPTION);
    }

    private static Path archive(Scene scene, String version, Class<?> second, String description) throws IOException {
        return archive(scene, description, first(scene, version),
                scene.bundle("jars/b.jar", "com.acme.second", second, Map.of("Bundle-Version", version)));
    }

    private static Path first(Scene scene, String version) throws IOException {
        return scene.bundle("jars/a.jar", "com.acme.first", Retiring.class,
                Map.of("Bundle-Version", version, "Provide-Capability", PROVIDES));
    }

    private static Path archive(Scene scene, String description, Path... jars) throws IOException {
        Path archive = scene.path("jars/acme.far");
        try (OutputStream file = Files.newOutputStream(archive); ZipOutputStream zip = new ZipOutputStream(file)) {
            zip.putNextEntry(new ZipEntry("feature.json"));
            zip.write(description.getBytes(StandardCharsets.UTF_8));
            for (Path jar : jars) {
                zip.putNextEntry(new ZipEntry(jar.getFileName().toString()));
                zip.write(Files.readAllBytes(jar));
            }
        }
        return archive;
    }

    @Test
    void anArchiveComesAndGoesAsAWhole() throws IOException, InterruptedException, BundleException {
        try (Scene scene = scene()) {
            scene.run(Map.of(), Set.of());
            scene.put(archive(scene, "1.0.0", Retiring.class));
            scene.await("an archive", () -> scene.states().equals("acme=ENABLED"));
            assertThat(scene.read("diary")).isEqualTo("start\nstart\n");
            assertThat(scene.components().list().stream().map(c -> c.name() + " " + c.state()).toList())
                    .containsExactly("first ACTIVE", "second ACTIVE");
            scene.put(archive(scene, "1.1.0", Throwing.class));
            scene.await("a refusal", () -> scene.message("plugins/acme.far").contains("version 1.0.0 runs again"));
            assertThat(scene.message("plugins/acme.far")).contains("broken on purpose");
            assertThat(scene.states()).startsWith("acme=ENABLED");
            String before = scene.read("diary");
            Files.delete(scene.path("data/plugins/acme.far"));
            scene.await("an end", () -> scene.states().isEmpty());
            scene.await("cleaning up",
                    () -> scene.read("diary").equals(before + "stop\nstop\nstart\nretire\nstop\n"));
            scene.await("no copies", () -> scene.names("data/bundles/plugins").isEmpty());
        }
    }

    private static String sink(String name) {
        return "\"com.acme.first.sink~" + name + "\": {\"url\": \"https://" + name + "\", \"token\": \"s3cret\"}";
    }

    private static String sinks(String... names) {
        return DESCRIPTION.replace("]}",
                "], \"configurations\": {" + Stream.of(names).map(ArchivesItest::sink).collect(Collectors.joining(", "))
                        + "}}");
    }

    private static List<String> sinks(Scene scene) {
        return scene.components().settings("acme").stream()
                .map(one -> one.pid() + " " + one.name() + "=" + one.value() + (one.isDefault() ? " by default" : ""))
                .toList();
    }

    @Test
    void anArchiveBringsSeveralConfigurationsOfOneFactory()
            throws IOException, InterruptedException, BundleException {
        try (Scene scene = scene()) {
            scene.run(Map.of("token", "of the server"), Set.of());
            scene.put(archive(scene, "1.0.0", Retiring.class, sinks("south", "north")));
            scene.await("an archive", () -> scene.states().equals("acme=ENABLED"));
            assertThat(sinks(scene)).containsExactly("com.acme.first.sink~north token=(hidden)",
                    "com.acme.first.sink~north url=https://north", "com.acme.first.sink~south token=(hidden)",
                    "com.acme.first.sink~south url=https://south");
            assertThat(scene.components().settings("acme")).as("values of no flag").allMatch(
                    one -> one.flag().isEmpty());
            scene.put(archive(scene, "1.1.0", Retiring.class, sinks("north")));
            scene.await("one of them", () -> sinks(scene).equals(List.of("com.acme.first.sink~north token=(hidden)",
                    "com.acme.first.sink~north url=https://north")));
        }
    }

    @Test
    void whatAnArchiveOfAnotherNameDoesNotBringIsGone() throws Exception {
        try (Scene scene = scene()) {
            scene.run(Map.of(), Set.of());
            scene.put(archive(scene, "1.0.0", Retiring.class, sinks("east")));
            scene.await("an archive", () -> scene.states().equals("acme=ENABLED"));
            assertThat(admin.listConfigurations(EAST)).hasSize(1);
            scene.put(archive(scene, "1.1.0", Retiring.class, DESCRIPTION.replace("\"acme\"", "\"other\"")));
            scene.await("the other", () -> scene.states().equals("other=ENABLED"));
            assertThat(admin.listConfigurations(EAST)).isNull();
        }
    }

    @Test
    void aPasswordOfAFactoryIsHiddenHoweverMetatypeNamesItsPid()
            throws IOException, InterruptedException, BundleException {
        try (Scene scene = scene()) {
            scene.run(Map.of(), Set.of());
            Path jar = first(scene, "1.0.0");
            try (FileSystem inside = FileSystems.newFileSystem(jar)) {
                Path texts = Files.createDirectories(inside.getPath("OSGI-INF/metatype"));
                Files.writeString(texts.resolve("sink.xml"), METATYPE);
            }
            scene.put(archive(scene, """
                    {"name": "acme", "bundles": [{"name": "com.acme.first"}],
                     "configurations": {"com.acme.first.sink~north": {"pin": "1234"}}}
                    """, jar));
            scene.await("an archive", () -> scene.states().equals("acme=ENABLED"));
            assertThat(sinks(scene)).contains("com.acme.first.sink~north pin=(hidden)");
        }
    }

    @Test
    void oneThatNeedsWhatDoesNotRunLeavesNoBundleBehind() throws IOException, InterruptedException, BundleException {
        try (Scene scene = scene()) {
            scene.write("features/away/feature.json", "{\"name\": \"away\", \"bundles\": []}");
            scene.run(Map.of(), Set.of());
            scene.put(archive(scene, "1.0.0", Retiring.class));
            scene.await("an archive", () -> scene.states().equals("acme=ENABLED"));
            scene.put(archive(scene, "1.1.0", Retiring.class,
                    DESCRIPTION.replace("{\"name\": \"acme\"", "{\"name\": \"acme\", \"needs\": [\"away\"]")));
            scene.await("that it does not run", () -> scene.read("diary").endsWith("stop\nstop\n"));
            scene.await("nothing of it", () -> Arrays.stream(context.getBundles())
                    .noneMatch(bundle -> bundle.getSymbolicName().startsWith("com.acme.")));
        }
    }

    @Test
    void theSignatureOfAnArchiveCountsForItsJars() throws IOException, InterruptedException, BundleException {
        try (Scene scene = scene()) {
            scene.write("trust.pem", ACME.pem());
            Files.setPosixFilePermissions(scene.path("trust.pem"), PosixFilePermissions.fromString("rw-r--r--"));
            scene.run(Map.of("pluginTrust", new String[] {scene.path("trust.pem").toString()}), Set.of());
            scene.put(archive(scene, "1.0.0", Retiring.class));
            scene.await("a refusal", () -> scene.message("plugins/acme.far").contains("is not signed"));
            assertThat(scene.read("diary")).isEmpty();
            scene.put(ACME.sign(archive(scene, "1.0.0", Retiring.class)));
            scene.await("an archive", () -> scene.states().equals("acme=ENABLED"));
            assertThat(scene.components().list()).allMatch(c -> c.signer().equals("CN=Acme"));
            scene.components().stop("second");
            assertThat(scene.components().start("second").state()).isEqualTo("ACTIVE");
        }
    }

    @Test
    void whatIsTakenAwayWhileTheServerIsDownCleansUpAtTheNextStart()
            throws IOException, InterruptedException, BundleException {
        try (Scene scene = scene()) {
            scene.run(Map.of(), Set.of());
            scene.put(archive(scene, "1.0.0", Retiring.class));
            scene.put(scene.bundle("jars/plain.jar", "com.acme.plain", Retiring.class,
                    Map.of("Provide-Capability", PROVIDES)));
            scene.await("both", () -> scene.states().equals("acme=ENABLED com.acme.plain=ENABLED"));
            scene.await("a record", () -> scene.read("data/bundles/plugged.json").contains("plain.jar"));
            scene.end();
            String before = scene.read("diary");
            Files.delete(scene.path("data/plugins/acme.far"));
            Files.move(scene.path("data/plugins/plain.jar"), scene.path("data/plugins/renamed.jar"));
            scene.begin(Map.of());
            scene.await("cleaning up", () -> scene.read("diary").contains("retire"));
            scene.await("a record", () -> !scene.read("data/bundles/plugged.json").contains("acme.far"));
            assertThat(scene.states()).isEqualTo("com.acme.plain=ENABLED");
            assertThat(scene.read("diary")).isEqualTo(before + "start\nstart\nretire\nstop\n");
            scene.await("copies", () -> scene.names("data/bundles/plugins").size() == 1);
            scene.restart(Map.of());
            scene.await("a start", () -> scene.states().equals("com.acme.plain=ENABLED"));
            assertThat(scene.read("diary")).as("once").containsOnlyOnce("retire");
        }
    }
}
