package io.k3j.featuresitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Components;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.Retire;
import io.k3j.testkitosgi.InFramework;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.SynchronousBundleListener;

/// The plugin directory, in a framework: good ones run, bad ones cost themselves.
@InFramework(bundles = {"com.fasterxml.jackson.core.jackson-core", "io.k3j.componentapi", "component-base",
        "io.k3j.durablefiles", "io.k3j.signedjars", "metrics-text", "io.k3j.features"})
class PluginsItest {
    private static final String PROVIDES = "osgi.service;objectClass:List<String>=\"" + Retire.class.getName() + "\"";
    private BundleContext context;

    private Scene scene() throws IOException, InterruptedException {
        Scene scene = new Scene(context);
        System.setProperty("k3j.test.diary", scene.path("diary").toString());
        Path plugins = Files.createDirectories(scene.path("data/plugins"));
        Files.setPosixFilePermissions(plugins, PosixFilePermissions.fromString("rwxr-xr-x"));
        scene.run(Map.of(), Set.of());
        return scene;
    }

    private void put(Scene scene, String file, String name, Class<?> activator, String version) throws IOException {
        Path jar = scene.bundle("jars/" + file, name, activator,
                Map.of("Bundle-Version", version, "Provide-Capability", PROVIDES));
        put(scene, jar);
    }

    private static void put(Scene scene, Path jar) throws IOException {
        put(scene, jar, "rw-r--r--");
    }

    private static void put(Scene scene, Path jar, String mode) throws IOException {
        Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString(mode));
        Files.move(jar, scene.path("data/plugins").resolve(jar.getFileName()),
                StandardCopyOption.REPLACE_EXISTING);
    }

    private String states() {
        Components components = context.getService(context.getServiceReference(Components.class));
        return components.features().stream().map(feature -> feature.name() + "=" + feature.state())
                .collect(Collectors.joining(" "));
    }

    private String message(String name) {
        Components components = context.getService(context.getServiceReference(Components.class));
        return components.features().stream().filter(feature -> feature.name().equals(name))
                .map(Components.Feature::message).collect(Collectors.joining());
    }

    private void await(Scene scene, String states) throws InterruptedException {
        scene.await(states, () -> context.getServiceReference(Components.class) != null && states().equals(states));
    }

    @Test
    void aJarIsStartedWhenItIsPutThereAndCleansUpWhenItIsTakenAway()
            throws IOException, InterruptedException, BundleException {
        try (Scene scene = scene()) {
            put(scene, "acme.jar", "com.acme.plugin", Retiring.class, "1.0.0");
            await(scene, "com.acme.plugin=ENABLED");
            assertThat(scene.read("diary")).isEqualTo("start\n");
            put(scene, "acme.jar", "com.acme.plugin", Retiring.class, "1.1.0");
            scene.await("the new version", () -> scene.read("diary").equals("start\nstop\nstart\n"));
            Files.delete(scene.path("data/plugins/acme.jar"));
            await(scene, "");
            scene.await("cleaning up",
                    () -> scene.read("diary").equals("start\nstop\nstart\nstop\nstart\nretire\nstop\n"));
        }
    }

    @Test
    void whatIsWrongWithAJarIsToldAndEverythingElseRuns() throws IOException, InterruptedException, BundleException {
        try (Scene scene = scene()) {
            put(scene, "good.jar", "com.acme.good", Retiring.class, "1.0.0");
            put(scene, "throws.jar", "com.acme.throws", Throwing.class, "1.0.0");
            put(scene, "ours.jar", "io.k3j.features", Retiring.class, "9.0.0");
            Path whole = scene.bundle("jars/part.jar", "com.acme.part", Retiring.class, Map.of());
            Files.write(whole, Arrays.copyOf(Files.readAllBytes(whole), 300));
            put(scene, whole);
            put(scene, scene.bundle("jars/lacks.jar", "com.acme.lacks", Retiring.class,
                    Map.of("Import-Package", "com.acme.absent")));
            Path open = scene.bundle("jars/open.jar", "com.acme.open", Retiring.class,
                    Map.of("Provide-Capability", PROVIDES));
            put(scene, open, "rw-rw-rw-");
            await(scene,
                    "com.acme.good=ENABLED plugins/lacks.jar=FAILED plugins/open.jar=FAILED plugins/ours.jar=FAILED"
                            + " plugins/part.jar=FAILED plugins/throws.jar=FAILED");
            assertThat(message("plugins/throws.jar")).contains("broken on purpose");
            assertThat(message("plugins/ours.jar")).contains("belongs to this distribution");
            assertThat(message("plugins/part.jar")).contains("not a readable jar");
            assertThat(message("plugins/lacks.jar")).contains("nobody offers com.acme.absent");
            assertThat(message("plugins/open.jar")).contains("chmod go-w");
            Health health = context.getService(context.getServiceReference(Health.class));
            scene.await("its health",
                    () -> health.reports().stream().anyMatch(one -> one.component().equals("plugin throws.jar")));
            assertThat(scene.read("diary")).isEqualTo("start\n");
        }
    }

    @Test
    void anOlderVersionDoesNotTakeThePlaceOfANewerOne() throws IOException, InterruptedException, BundleException {
        try (Scene scene = scene()) {
            put(scene, "acme.jar", "com.acme.plugin", Retiring.class, "2.0.0");
            await(scene, "com.acme.plugin=ENABLED");
            put(scene, "acme.jar", "com.acme.plugin", Retiring.class, "1.0.0");
            scene.await("a refusal", () -> message("plugins/acme.jar").contains("older than 2.0.0"));
            assertThat(states()).startsWith("com.acme.plugin=ENABLED");
            assertThat(scene.read("diary")).isEqualTo("start\n");
        }
    }

    @Test
    void aVersionThatDoesNotStartGivesItsPlaceBack() throws IOException, InterruptedException, BundleException {
        try (Scene scene = scene()) {
            put(scene, "acme.jar", "com.acme.plugin", Retiring.class, "1.0.0");
            await(scene, "com.acme.plugin=ENABLED");
            put(scene, "acme.jar", "com.acme.plugin", Throwing.class, "1.1.0");
            scene.await("a refusal", () -> message("plugins/acme.jar").contains("version 1.0.0 runs again"));
            assertThat(states()).startsWith("com.acme.plugin=ENABLED");
            assertThat(scene.read("diary")).isEqualTo("start\nstop\nstart\n");
        }
    }

    @Test
    void aNameIsNeverWithoutABundleWhileAPluginIsReplaced()
            throws IOException, InterruptedException, BundleException {
        List<String> alone = new CopyOnWriteArrayList<>();
        SynchronousBundleListener listener = event -> {
            String name = event.getBundle().getSymbolicName();
            if (event.getType() == BundleEvent.UNINSTALLED && Arrays.stream(context.getBundles())
                    .noneMatch(other -> name.equals(other.getSymbolicName()))) {
                alone.add(name + " " + event.getBundle().getVersion());
            }
        };
        try (Scene scene = scene()) {
            put(scene, "acme.jar", "com.acme.plugin", Retiring.class, "1.0.0");
            await(scene, "com.acme.plugin=ENABLED");
            context.addBundleListener(listener);
            put(scene, "acme.jar", "com.acme.plugin", Retiring.class, "1.1.0");
            scene.await("the new version", () -> scene.read("diary").equals("start\nstop\nstart\n"));
            put(scene, "acme.jar", "com.acme.plugin", Throwing.class, "1.2.0");
            scene.await("a refusal", () -> message("plugins/acme.jar").contains("version 1.1.0 runs again"));
            assertThat(alone).isEmpty();
            assertThat(Arrays.stream(context.getBundles()).filter(b -> "com.acme.plugin".equals(b.getSymbolicName())))
                    .singleElement().returns("1.1.0", bundle -> bundle.getVersion().toString());
            Files.delete(scene.path("data/plugins/acme.jar"));
            scene.await("its end", () -> !alone.isEmpty());
            assertThat(alone).containsExactly("com.acme.plugin 1.1.0");
        } finally {
            context.removeBundleListener(listener);
        }
    }

    @Test
    void aJarWhoseChecksumIsAnotherIsNotStarted() throws IOException, InterruptedException, BundleException {
        try (Scene scene = scene()) {
            Path sum = scene.path("data/plugins/acme.jar.sha256");
            Files.writeString(sum, "0".repeat(64) + "  acme.jar\n");
            Files.setPosixFilePermissions(sum, PosixFilePermissions.fromString("rw-r--r--"));
            put(scene, "acme.jar", "com.acme.plugin", Retiring.class, "1.0.0");
            await(scene, "plugins/acme.jar=FAILED");
            assertThat(message("plugins/acme.jar")).contains("is damaged");
        }
    }
}
