package io.k3j.featuresitest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.componentapi.Components;
import io.k3j.componentapi.Components.Setting;
import io.k3j.componentapi.Retire;
import io.k3j.componentapi.SwapRefused;
import io.k3j.testkitosgi.InFramework;
import io.k3j.testkitosgi.Injected;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/// The feature manager in a framework, with bundles of the test's own.
@InFramework(bundles = {"com.fasterxml.jackson.core.jackson-core", "io.k3j.componentapi", "component-base",
        "io.k3j.durablefiles", "io.k3j.signedjars", "metrics-text", "io.k3j.features"})
class FeaturesItest {
    private BundleContext context;

    @Injected
    private ConfigurationAdmin admin;

    @Test
    void handsABundleTheSettingsItsFeatureNamesAndNoOthers()
            throws IOException, InterruptedException, BundleException, InvalidSyntaxException {
        try (Scene scene = new Scene(context)) {
            diary(scene);
            scene.write("features/roles/server.json", "{\"features\": [\"old\"]}");
            feature(scene);
            scene.run(Map.of("clusterCidr", "10.42.0.0/16", "token", "secret"), Set.of());
            scene.started("old");
            assertThat(scene.read("diary")).isEqualTo("start\n");
            Configuration[] given = admin.listConfigurations("(service.pid=test.old)");
            assertThat(given[0].getProperties().get("clusterCidr")).isEqualTo("10.42.0.0/16");
            assertThat(given[0].getProperties().get("token")).isNull();
            assertThat(components().list()).singleElement()
                    .matches(component -> component.name().equals("old") && component.state().equals("ACTIVE"));
        }
    }

    @Test
    void tellsWhatABundleIsConfiguredByAndNoSecret() throws IOException, InterruptedException, BundleException {
        try (Scene scene = new Scene(context)) {
            diary(scene);
            scene.write("features/roles/server.json", "{\"features\": [\"old\"]}");
            scene.write("features/old/feature.json", """
                    {"name": "old", "bundles": [{"name": "test.old"}],
                     "settings": {"test.old": ["clusterCidr", "managedEtcd", "token", "vpnAuth"]}}
                    """);
            scene.chosenBundle("test.old", Retiring.class, Retire.class.getName());
            scene.run(Map.of("clusterCidr", "10.42.0.0/16", "managedEtcd", true, "token", "s3cret"), Set.of());
            scene.started("old");
            assertThat(components().settings("old")).containsExactly(
                    new Setting("test.old", "clusterCidr", "String", "10.42.0.0/16", true, "--cluster-cidr", "", ""),
                    new Setting("test.old", "managedEtcd", "Boolean", "true", false, "", "", ""),
                    new Setting("test.old", "token", "String", Setting.HIDDEN, true, "--token", "", ""),
                    new Setting("test.old", "vpnAuth", "", "", true, "--vpn-auth", "", ""));
            assertThat(components().settings("new")).isEmpty();
        }
    }

    @Test
    void retiresWhatLeftTheListOnceAlsoAcrossARestart() throws IOException, InterruptedException, BundleException {
        try (Scene scene = new Scene(context)) {
            diary(scene);
            feature(scene);
            scene.write("data/bundles/applied.json", "{\"features\": [\"old\"]}");
            scene.run(Map.of(), Set.of());
            scene.await("stop", () -> scene.read("diary").endsWith("stop\n"));
            scene.await("list", () -> !scene.read("data/bundles/applied.json").contains("old"));
            assertThat(scene.read("diary")).isEqualTo("start\nretire\nstop\n");
        }
    }

    @Test
    void keepsABundleStoppedUntilItIsStartedAgain() throws IOException, InterruptedException, BundleException {
        try (Scene scene = new Scene(context)) {
            diary(scene);
            scene.write("features/roles/server.json", "{\"features\": [\"old\"]}");
            feature(scene);
            scene.run(Map.of(), Set.of());
            scene.started("old");
            Components components = components();
            assertThat(components.stop("old").state()).isEqualTo("STOPPED");
            assertThat(scene.read("diary")).isEqualTo("start\nstop\n");
            assertThat(components.list()).singleElement().matches(component -> component.state().equals("STOPPED")
                    && component.message().endsWith("k3s bundle start old"));
            assertThatThrownBy(() -> components.stop("old")).hasMessageContaining("stopped already");
            assertThatThrownBy(() -> components.back("old", step -> {
            })).isInstanceOf(SwapRefused.class);
            assertThat(components.start("old").state()).isEqualTo("ACTIVE");
            assertThat(scene.read("diary")).isEqualTo("start\nstop\nstart\n");
            assertThatThrownBy(() -> components.start("old")).hasMessageContaining("was not stopped");
            assertThatThrownBy(() -> components.stop("new")).hasMessageContaining("no bundle is called new");
            assertThat(components.stop("old").state()).as("again").isEqualTo("STOPPED");
        }
    }

    @Test
    void refusesToStopWhatHasToRun() throws IOException, InterruptedException, BundleException {
        try (Scene scene = new Scene(context)) {
            diary(scene);
            scene.write("features/roles/server.json", "{\"features\": [\"old\"]}");
            scene.write("features/old/feature.json",
                    "{\"name\": \"old\", \"bundles\": [{\"name\": \"test.old\", \"stop\": \"NEVER\"}]}");
            scene.chosenBundle("test.old", Retiring.class, Retire.class.getName());
            scene.run(Map.of(), Set.of());
            scene.await("start", () -> scene.read("diary").equals("start\n"));
            scene.started("old");
            assertThatThrownBy(() -> components().stop("old")).isInstanceOf(SwapRefused.class)
                    .hasMessageContaining("old cannot be stopped");
            assertThat(scene.read("diary")).isEqualTo("start\n");
        }
    }

    @Test
    void endsTheProcessWhenAFeatureFileIsWrong() throws IOException, InterruptedException, BundleException {
        try (Scene scene = new Scene(context)) {
            scene.write("features/roles/server.json", "{\"features\": [\"missing\"]}");
            scene.run(Map.of(), Set.of());
            scene.await("abort", () -> !scene.aborts().isEmpty());
            assertThat(scene.aborts().getFirst()).contains("missing");
        }
    }

    private static void diary(Scene scene) {
        System.setProperty("k3j.test.diary", scene.path("diary").toString());
    }

    private static void feature(Scene scene) throws IOException {
        scene.write("features/old/feature.json", """
                {"name": "old", "bundles": [{"name": "test.old"}], "settings": {"test.old": ["clusterCidr"]}}
                """);
        scene.chosenBundle("test.old", Retiring.class, Retire.class.getName());
    }

    private Components components() {
        return context.getService(context.getServiceReference(Components.class));
    }
}
