package io.k3j.featuresitest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.componentapi.ClusterDecisions;
import io.k3j.componentapi.Components;
import io.k3j.componentapi.Retire;
import io.k3j.componentapi.SwapRefused;
import io.k3j.testkitosgi.InFramework;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/// Decisions for the whole cluster as one server makes and follows them, in a framework.
@InFramework(bundles = {"com.fasterxml.jackson.core.jackson-core", "io.k3j.componentapi", "component-base",
        "io.k3j.durablefiles", "io.k3j.signedjars", "metrics-text", "io.k3j.features"})
class ClusterItest {
    private static final String FOLLOWED = "start\nstop\nstart\nretire\nstop\n";
    private static final Map<String, Boolean> OFF = Map.of("old", false);
    private BundleContext context;
    private final StoredDecisions stored = new StoredDecisions();

    private interface Registered extends AutoCloseable {
        @Override
        void close();
    }

    /// The datastore answers, until this is closed.
    private Registered registered() {
        return context.registerService(ClusterDecisions.class, stored, null)::unregister;
    }

    private Scene scene(String role) throws IOException, InterruptedException {
        Scene scene = new Scene(context);
        System.setProperty("k3j.test.diary", scene.path("diary").toString());
        scene.write("features/roles/server.json", "{\"features\": [" + role + "]}");
        scene.write("features/old/feature.json", "{\"name\": \"old\", \"bundles\": [{\"name\": \"test.old\"}]}");
        scene.write("features/need/feature.json", "{\"name\": \"need\", \"needs\": [\"old\"], \"bundles\": []}");
        scene.chosenBundle("test.old", Retiring.class, Retire.class.getName());
        scene.run(Map.of(), Set.of());
        return scene;
    }

    private Scene running() throws IOException, InterruptedException {
        Scene scene = scene("\"old\"");
        scene.started("old");
        return scene;
    }

    private Components components() {
        return context.getService(context.getServiceReference(Components.class));
    }

    @Test
    void whatIsDecidedHereIsRecordedAndDoneAndTakenBack() throws IOException, InterruptedException, BundleException {
        try (Registered _ = registered(); Scene scene = running()) {
            assertThat(components().clusterPlan("old", false)).first().isEqualTo("for the cluster: old is disabled");
            assertThat(components().decideForCluster("old", false, step -> {
                throw new IllegalStateException("who asked has gone");
            })).singleElement().matches(f -> f.state().equals("DISABLED") && f.decided().equals("cluster"));
            assertThat(scene.read("diary")).isEqualTo(FOLLOWED);
            assertThat(stored.decided().components()).isEqualTo(OFF);
            assertThat(components().cluster())
                    .containsExactly(new Components.Followed("old", false, "here", "DISABLED"));
            assertThatThrownBy(() -> components().enable("old", step -> {
            })).isInstanceOf(SwapRefused.class).hasMessageContaining("k3s component enable old --cluster");
            assertThat(components().decideForCluster("old", true, step -> {
            })).singleElement().matches(f -> f.state().equals("ENABLED") && f.decided().equals("default"));
            assertThat(stored.decided().components()).isEmpty();
            assertThat(scene.read("data/bundles/components.json")).doesNotContain("cluster");
        }
    }

    @Test
    void whatIsDecidedElsewhereIsFollowedAndKeptWithoutTheDatastore()
            throws IOException, InterruptedException, BundleException {
        try (Scene scene = running()) {
            try (Registered _ = registered()) {
                stored.elsewhere(OFF);
                scene.await("report", () -> stored.said("old").equals("DISABLED"));
                assertThat(scene.read("diary")).isEqualTo(FOLLOWED);
            }
            scene.restart(Map.of());
            scene.await("start", () -> scene.states().equals("old=DISABLED"));
            scene.settled();
            assertThat(scene.read("diary")).as("it has not been started for a moment").isEqualTo(FOLLOWED);
            stored.elsewhere(Map.of());
            try (Registered _ = registered()) {
                scene.await("return", () -> scene.states().equals("old=ENABLED"));
            }
        }
    }

    @Test
    void aServerThatWasDownFollowsWhenItStarts() throws IOException, InterruptedException, BundleException {
        try (Registered _ = registered(); Scene scene = running()) {
            scene.end();
            stored.elsewhere(OFF);
            scene.begin(Map.of());
            scene.await("report", () -> stored.said("old").equals("DISABLED"));
            assertThat(scene.states()).isEqualTo("old=DISABLED");
            assertThat(scene.read("diary")).endsWith("start\nretire\nstop\n");
            assertThat(scene.read("data/bundles/journal.json")).isEmpty();
        }
    }

    @Test
    void aServerThatCannotFollowSaysWhyAndDoesAsSoonAsItCan()
            throws IOException, InterruptedException, BundleException {
        try (Registered _ = registered(); Scene scene = scene("\"old\", \"need\"")) {
            scene.started("old");
            stored.elsewhere(Map.of("old", false, "unknown", false));
            scene.await("reason", () -> stored.said("old").contains("old is needed by need"));
            assertThat(stored.said("unknown")).isEqualTo("not a part of this server");
            assertThat(scene.states()).isEqualTo("need=ENABLED old=ENABLED");
            components().disable("need", step -> {
            });
            scene.await("following", () -> stored.said("old").equals("DISABLED"));
        }
    }
}
