package io.k3j.featuresitest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.componentapi.Components;
import io.k3j.componentapi.Phases;
import io.k3j.componentapi.SwapRefused;
import io.k3j.testkitosgi.InFramework;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/// `k3s bundle stop` and `swap` of a plug-in's bundle.
@InFramework(bundles = {"com.fasterxml.jackson.core.jackson-core", "io.k3j.componentapi", "component-base",
        "io.k3j.durablefiles", "io.k3j.signedjars", "metrics-text", "io.k3j.features"})
class StoppedPluginsItest {
    private static final String NAME = "com.acme.plugin";
    private BundleContext context;

    private Scene scene() throws IOException {
        Scene scene = new Scene(context);
        System.setProperty("k3j.test.diary", scene.path("diary").toString());
        scene.plugins();
        scene.run(Map.of(), Set.of());
        return scene;
    }

    private static Path jar(Scene scene, Class<?> activator, String version) throws IOException {
        return scene.bundle("jars/acme.jar", NAME, activator, Map.of("Bundle-Version", version));
    }

    private List<Bundle> acme() {
        return Arrays.stream(context.getBundles()).filter(bundle -> NAME.equals(bundle.getSymbolicName())).toList();
    }

    /// Whether the API server is told to miss it.
    private boolean missed() {
        return Arrays.stream(context.getBundles()).map(Bundle::getRegisteredServices).filter(Objects::nonNull)
                .flatMap(Arrays::stream)
                .anyMatch(one -> (Components.MISSED + NAME).equals(one.getProperty(Phases.ID)));
    }

    private static void await(Scene scene) throws InterruptedException {
        scene.await("a plug-in", () -> scene.states().equals(NAME + "=ENABLED"));
    }

    @Test
    void oneThatDecidesAboutRequestsIsMissedUntilItIsStartedReplacedOrTakenAway()
            throws IOException, InterruptedException, BundleException {
        try (Scene scene = scene()) {
            scene.put(jar(scene, Deciding.class, "1.0.0"));
            await(scene);
            scene.await("what it decides about", () -> scene.read("data/bundles/deciding.json").contains(NAME));
            assertThat(scene.components().stop(NAME).state()).isEqualTo("STOPPED");
            assertThat(acme()).as("stopped, and not taken out").singleElement()
                    .satisfies(bundle -> assertThat(bundle.getState()).isEqualTo(Bundle.RESOLVED));
            scene.await("that it is missed", this::missed);
            assertThat(scene.components().start(NAME).state()).isEqualTo("ACTIVE");
            scene.await("that it is not", () -> !missed());
            scene.components().stop(NAME);
            scene.put(jar(scene, Deciding.class, "1.1.0"));
            await(scene);
            assertThat(acme()).singleElement()
                    .satisfies(bundle -> assertThat(bundle.getVersion().getMinor()).isEqualTo(1));
            assertThat(scene.components().list()).singleElement().extracting(Components.Component::state)
                    .as("nobody has stopped this one").isEqualTo("ACTIVE");
            scene.components().stop(NAME);
            Files.delete(scene.path("data/plugins/acme.jar"));
            scene.await("its end", () -> acme().isEmpty() && !missed());
            scene.put(jar(scene, Deciding.class, "1.2.0"));
            await(scene);
        }
    }

    @Test
    void aJarIsNotSwappedForOneAndItsRowNamesItsBytes() throws IOException, InterruptedException, BundleException {
        try (Scene scene = scene()) {
            scene.put(jar(scene, Retiring.class, "1.0.0"));
            await(scene);
            assertThat(scene.components().list()).singleElement().extracting(Components.Component::version).asString()
                    .matches("1\\.0\\.0\\+[0-9a-f]{12}");
            Path jar = jar(scene, Retiring.class, "2.0.0");
            assertThat(scene.components().check(jar)).singleElement().asString()
                    .contains("is a plug-in", scene.path("data/plugins").toString());
            assertThatThrownBy(() -> scene.components().swap(jar, step -> {
            })).isInstanceOf(SwapRefused.class).hasMessageContaining("under the name of that file");
            assertThat(scene.read("diary")).isEqualTo("start\n");
        }
    }
}
