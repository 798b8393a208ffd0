package io.k3j.featuresitest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.componentapi.Components;
import io.k3j.componentapi.Retire;
import io.k3j.componentapi.SwapRefused;
import io.k3j.testkitosgi.InFramework;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/// Changes of what runs, in a framework, with bundles of the test's own: swaps that fail, components that are switched.
@InFramework(bundles = {"com.fasterxml.jackson.core.jackson-core", "io.k3j.componentapi", "component-base",
        "io.k3j.durablefiles", "io.k3j.signedjars", "metrics-text", "io.k3j.features"})
class ChangesItest {
    private BundleContext context;

    private Scene scene() throws IOException, InterruptedException {
        Scene scene = new Scene(context);
        System.setProperty("k3j.test.diary", scene.path("diary").toString());
        scene.write("features/roles/server.json", "{\"features\": [\"old\"]}");
        scene.write("features/old/feature.json", "{\"name\": \"old\", \"bundles\": [{\"name\": \"test.old\"}]}");
        scene.chosenBundle("test.old", Retiring.class, Retire.class.getName());
        scene.run(Map.of(), Set.of());
        scene.started("old");
        return scene;
    }

    private Components components() {
        return context.getService(context.getServiceReference(Components.class));
    }

    private static Path jar(Scene scene, Class<?> activator, Map<String, String> headers) throws IOException {
        return scene.bundle("jars/" + activator.getSimpleName() + headers.size() + ".jar", "test.old", activator,
                headers);
    }

    @Test
    void replacesABundleAndGoesBack() throws IOException, InterruptedException, BundleException {
        try (Scene scene = scene()) {
            Path jar = jar(scene, Retiring.class, Map.of("X", "2"));
            assertThat(components().plan(jar)).first().asString().startsWith("1. keep a copy of");
            assertThat(scene.read("diary")).as("a plan changes nothing").isEqualTo("start\n");
            assertThat(components().swap(jar, step -> {
                throw new IllegalStateException("who asked has gone");
            }).state()).isEqualTo("ACTIVE");
            assertThat(scene.read("diary")).isEqualTo("start\nstop\nstart\n");
            assertThat(components().check(jar)).containsExactly("this jar runs already");
            assertThat(components().back("old", step -> {
            }).state()).isEqualTo("ACTIVE");
            assertThat(scene.read("data/bundles/journal.json")).isEmpty();
        }
    }

    @Test
    void aJarThatDoesNotResolveStopsNothingAndSaysWhatItLacks()
            throws IOException, InterruptedException, BundleException {
        try (Scene scene = scene()) {
            Path jar = jar(scene, Retiring.class, Map.of("Import-Package", "com.acme.codec;version=\"[2,3)\""));
            assertThatThrownBy(() -> components().swap(jar, step -> {
            })).isInstanceOf(SwapRefused.class).hasMessageContaining("requires: osgi.wiring.package")
                    .hasMessageContaining("nobody offers com.acme.codec")
                    .hasMessageContaining("to do: put the library");
            assertThat(components().check(jar)).hasSizeLessThanOrEqualTo(5);
            assertThat(scene.read("diary")).isEqualTo("start\n");
        }
    }

    @Test
    void aJarWhoseStartThrowsIsTakenBack() throws IOException, InterruptedException, BundleException {
        try (Scene scene = scene()) {
            Path jar = jar(scene, Throwing.class, Map.of());
            assertThatThrownBy(() -> components().swap(jar, step -> {
            })).isInstanceOf(SwapRefused.class).hasMessageContaining("broken on purpose")
                    .hasMessageEndingWith("the old one runs again");
            assertThat(scene.read("diary")).isEqualTo("start\nstop\nstart\n");
            assertThat(components().list()).singleElement().matches(component -> component.state().equals("ACTIVE"));
            assertThat(Files.list(scene.path("data/bundles/chosen"))).hasSize(1);
        }
    }

    @Test
    void aJarWhoseStartNeverEndsIsTakenBackAndKeepsNobodyFromChanges()
            throws IOException, InterruptedException, BundleException {
        try (Scene scene = scene()) {
            Path jar = jar(scene, Blocking.class, Map.of());
            assertThatThrownBy(() -> components().swap(jar, step -> {
            })).isInstanceOf(SwapRefused.class).hasMessageContaining("has not returned after 30 s");
            assertThat(components().list()).singleElement().matches(component -> component.state().equals("ACTIVE"));
            assertThat(components().stop("old").state()).isEqualTo("STOPPED");
            assertThat(components().start("old").state()).isEqualTo("ACTIVE");
            System.setProperty(Blocking.OVER, "true");
        }
    }

    @Test
    void aComponentIsDisabledForGoodAndEnabledAgain() throws IOException, InterruptedException, BundleException {
        try (Scene scene = scene()) {
            assertThat(components().disable("old", step -> {
            })).singleElement().matches(feature -> feature.state().equals("DISABLED"));
            assertThat(scene.read("diary")).isEqualTo("start\nstop\nstart\nretire\nstop\n");
            assertThat(scene.read("data/bundles/components.json")).contains("old");
            assertThat(scene.read("data/bundles/applied.json")).doesNotContain("old");
            assertThat(components().list()).singleElement().matches(component -> component.state().equals("DISABLED"));
            assertThatThrownBy(() -> components().stop("old")).isInstanceOf(SwapRefused.class)
                    .hasMessageContaining("k3s component enable old");
            assertThat(components().enable("old", step -> {
            })).singleElement().matches(feature -> feature.state().equals("ENABLED"));
            assertThat(scene.read("diary")).endsWith("stop\nstart\n");
            assertThat(components().features()).singleElement()
                    .matches(feature -> feature.decided().equals("default"));
        }
    }

    @Test
    void whatIsDisabledWhileItIsOnTrialIsOnTrialNoMore() throws IOException, InterruptedException, BundleException {
        try (Scene scene = scene()) {
            components().swap(jar(scene, Retiring.class, Map.of("X", "2")), step -> {
            });
            assertThat(scene.read("data/bundles/trials.json")).contains("test.old");
            components().disable("old", step -> {
            });
            assertThat(scene.read("data/bundles/trials.json")).isEmpty();
            components().enable("old", step -> {
            });
            assertThat(components().back("old", step -> {
            }).state()).isEqualTo("ACTIVE");
        }
    }
}
