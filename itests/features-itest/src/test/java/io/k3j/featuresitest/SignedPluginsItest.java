package io.k3j.featuresitest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.componentapi.Components;
import io.k3j.componentapi.Phases;
import io.k3j.componentapi.Retire;
import io.k3j.componentapi.SwapRefused;
import io.k3j.testkitosgi.InFramework;
import io.k3j.testkitsigning.TestSigner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/// What `--plugin-trust` lets run: in the plugin directory, in a swap, and of what was kept.
@InFramework(bundles = {"com.fasterxml.jackson.core.jackson-core", "io.k3j.componentapi", "component-base",
        "io.k3j.durablefiles", "io.k3j.signedjars", "metrics-text", "io.k3j.features"},
        shared = "io.k3j.testkitsigning")
class SignedPluginsItest {
    private static final TestSigner ACME = TestSigner.selfSigned("Acme");
    private BundleContext context;

    private Scene scene() throws IOException {
        Scene scene = new Scene(context);
        System.setProperty("k3j.test.diary", scene.path("diary").toString());
        scene.plugins();
        scene.write("trust.pem", ACME.pem());
        Files.setPosixFilePermissions(scene.path("trust.pem"), PosixFilePermissions.fromString("rw-r--r--"));
        return scene;
    }

    private static Map<String, Object> trusting(Scene scene) {
        return Map.of("pluginTrust", new String[] {scene.path("trust.pem").toString()});
    }

    private static Path jar(Scene scene, String name, String version) throws IOException {
        return scene.bundle("jars/acme.jar", name, Retiring.class, Map.of("Bundle-Version", version));
    }

    private Components components() {
        return context.getService(context.getServiceReference(Components.class));
    }

    @Test
    void aPluginRunsWhenItIsSignedAndOneThatIsNotTakesNobodysPlace()
            throws IOException, InterruptedException, BundleException {
        try (Scene scene = scene()) {
            scene.run(trusting(scene), Set.of());
            scene.put(ACME.sign(jar(scene, "com.acme.plugin", "1.0.0")));
            scene.await("a plug-in", () -> scene.states().equals("com.acme.plugin=ENABLED"));
            assertThat(components().list()).singleElement().extracting(Components.Component::signer)
                    .isEqualTo("CN=Acme");
            scene.put(jar(scene, "com.acme.plugin", "1.1.0"));
            scene.await("a refusal", () -> scene.message("plugins/acme.jar").contains("acme.jar is not signed"));
            assertThat(scene.states()).startsWith("com.acme.plugin=ENABLED");
            scene.put(TestSigner.selfSigned("Acme").sign(jar(scene, "com.acme.plugin", "1.2.0")));
            scene.await("a refusal", () -> scene.message("plugins/acme.jar").contains("nobody who is named"));
            assertThat(scene.read("diary")).isEqualTo("start\n");
            scene.put(ACME.sign(jar(scene, "com.acme.plugin", "1.3.0")));
            scene.await("the new one", () -> scene.read("diary").equals("start\nstop\nstart\n"));
        }
    }

    @Test
    void aSwapNeedsASignatureAndWhatWasKeptNeedsItAtEveryStart()
            throws IOException, InterruptedException, BundleException {
        try (Scene scene = scene()) {
            scene.write("features/roles/server.json", "{\"features\": [\"old\"]}");
            scene.write("features/old/feature.json", "{\"name\": \"old\", \"bundles\": [{\"name\": \"test.old\"}]}");
            scene.chosenBundle("test.old", Retiring.class, Retire.class.getName());
            scene.run(Map.of(), Set.of());
            scene.started("old");
            Path signed = ACME.sign(jar(scene, "test.old", "2.0.0"));
            assertThat(components().signer(signed)).as("nobody asks").isEmpty();
            components().swap(signed, step -> {
            });
            assertThat(scene.read("diary")).isEqualTo("start\nstop\nstart\n");

            scene.restart(trusting(scene));
            scene.await("list", () -> scene.states().equals("old=ENABLED"));
            assertThat(components().list()).singleElement().extracting(Components.Component::signer)
                    .isEqualTo("CN=Acme");
            assertThat(components().signer(signed)).isEqualTo("CN=Acme");
            String before = scene.read("diary");
            Path unsigned = jar(scene, "test.old", "3.0.0");
            assertThat(components().check(unsigned)).singleElement().asString()
                    .contains(unsigned + " is not signed; to sign it: jarsigner");
            assertThatThrownBy(() -> components().swap(unsigned, step -> {
            })).isInstanceOf(SwapRefused.class).hasMessageContaining("--plugin-trust demands");
            assertThatThrownBy(() -> components().back("old", step -> {
            })).as("the one before was not signed").isInstanceOf(SwapRefused.class)
                    .hasMessageContaining("is not signed").hasMessageContaining("the old one runs on");
            assertThat(scene.read("diary")).isEqualTo(before);

            scene.write("trust.pem", TestSigner.selfSigned("Other").pem());
            scene.restart(trusting(scene));
            scene.settled();
            scene.await("nothing", () -> scene.states().startsWith("old=FAILED"));
            assertThat(scene.read("diary")).isEqualTo(before + "stop\n");
        }
    }

    @Test
    void keysComeAndGoWithoutARestart() throws IOException, InterruptedException, BundleException {
        TestSigner other = TestSigner.selfSigned("Other");
        try (Scene scene = scene()) {
            scene.run(trusting(scene), Set.of());
            scene.put(other.sign(jar(scene, "com.acme.plugin", "1.0.0")));
            scene.await("a refusal", () -> scene.states().equals("plugins/acme.jar=FAILED"));
            scene.write("trust.pem", ACME.pem() + other.pem());
            scene.await("a plug-in", () -> scene.states().equals("com.acme.plugin=ENABLED"));
            scene.write("trust.pem", "-----BEGIN CERTIFICATE-----\n");
            scene.await("a complaint",
                    () -> scene.message("plugins/acme.jar").contains("trust.pem:1: the CERTIFICATE"));
            assertThat(scene.states()).as("an invalid file changes nothing").startsWith("com.acme.plugin=ENABLED");
            scene.write("trust.pem", ACME.pem());
            scene.await("a stop without cleaning up", () -> scene.read("diary").equals("start\nstop\n"));
            scene.await("a refusal", () -> scene.states().equals("plugins/acme.jar=FAILED"));
            scene.write("trust.pem", ACME.pem() + other.pem());
            scene.await("a plug-in", () -> scene.states().equals("com.acme.plugin=ENABLED"));
            assertThat(scene.read("diary")).isEqualTo("start\nstop\nstart\n");
        }
    }

    private List<Bundle> acme() {
        return Arrays.stream(context.getBundles())
                .filter(bundle -> "com.acme.plugin".equals(bundle.getSymbolicName())).toList();
    }

    @Test
    void oneThatDecidesAboutRequestsIsMissedWhenItIsTrustedNoMore()
            throws IOException, InterruptedException, BundleException {
        TestSigner other = TestSigner.selfSigned("Other");
        try (Scene scene = scene()) {
            scene.write("trust.pem", ACME.pem() + other.pem());
            scene.run(trusting(scene), Set.of());
            scene.put(other.sign(scene.bundle("jars/acme.jar", "com.acme.plugin", Deciding.class,
                    Map.of("Bundle-Version", "1.0.0"))));
            scene.await("a plug-in", () -> scene.states().equals("com.acme.plugin=ENABLED"));
            scene.write("trust.pem", ACME.pem());
            scene.await("its stop", () -> scene.message("plugins/acme.jar").contains("answered 503 until its file"));
            assertThat(acme()).as("stopped, and not taken out").singleElement()
                    .satisfies(bundle -> assertThat(bundle.getState()).isEqualTo(Bundle.RESOLVED));
            scene.write("trust.pem", ACME.pem() + other.pem());
            scene.await("a plug-in", () -> scene.states().equals("com.acme.plugin=ENABLED"));
            scene.write("trust.pem", ACME.pem());
            scene.await("its stop", () -> scene.message("plugins/acme.jar").contains("answered 503 until its file"));
            scene.restart(trusting(scene));
            scene.await("a refusal", () -> scene.message("plugins/acme.jar").contains("answered 503 until its file"));
            assertThat(missed()).as("after a restart, too").isTrue();
            Files.delete(scene.path("data/plugins/acme.jar"));
            scene.await("its end", () -> acme().isEmpty() && !missed());
        }
    }

    /// Whether the API server is told to miss it.
    private boolean missed() {
        return Arrays.stream(context.getBundles()).map(Bundle::getRegisteredServices).filter(Objects::nonNull)
                .flatMap(Arrays::stream)
                .anyMatch(one -> (Components.MISSED + "com.acme.plugin").equals(one.getProperty(Phases.ID)));
    }

    @Test
    void keysThatOthersCouldAddToEndTheProcess() throws IOException, InterruptedException, BundleException {
        try (Scene scene = scene()) {
            Files.setPosixFilePermissions(scene.path("trust.pem"), PosixFilePermissions.fromString("rw-rw-rw-"));
            scene.run(trusting(scene), Set.of());
            scene.await("an end", () -> !scene.aborts().isEmpty());
            assertThat(scene.aborts().getFirst()).startsWith("--plugin-trust: ").contains("chmod go-w");
        }
    }
}
