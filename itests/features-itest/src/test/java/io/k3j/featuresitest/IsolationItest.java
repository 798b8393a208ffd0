package io.k3j.featuresitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Components;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthReport;
import io.k3j.componentapi.Metrics;
import io.k3j.testkitosgi.InFramework;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/// Plug-ins that misbehave after they were started: each is stopped, marked and told of, and nobody else is.
@InFramework(bundles = {"com.fasterxml.jackson.core.jackson-core", "io.k3j.componentapi", "component-base",
        "io.k3j.durablefiles", "io.k3j.signedjars", "metrics-text", "io.k3j.features"})
class IsolationItest {
    private static final String FILE = "plugins/bad.jar";
    private BundleContext context;

    @BeforeEach
    void begin() {
        System.clearProperty(Misbehaving.GO);
        System.clearProperty(Misbehaving.OVER);
    }

    @AfterEach
    void over() {
        System.setProperty(Misbehaving.OVER, "true");
    }

    /// A good plug-in, and one that misbehaves as soon as both run.
    private Scene scene(int what) throws IOException, InterruptedException {
        begin();
        Scene scene = new Scene(context);
        System.setProperty("k3j.test.diary", scene.path("diary").toString());
        scene.plugins();
        scene.run(Map.of(), Set.of());
        scene.put(scene.bundle("jars/good.jar", "com.acme.good", Retiring.class, Map.of("Bundle-Version", "1.0.0")));
        scene.put(scene.bundle("jars/bad.jar", "com.acme.bad", Misbehaving.class,
                Map.of("Bundle-Version", what + ".0.0", "K3j-Processors", "0.01")));
        scene.await("both", () -> scene.states().equals("com.acme.bad=ENABLED com.acme.good=ENABLED"));
        System.setProperty(Misbehaving.GO, "true");
        return scene;
    }

    private String health(String component) {
        Health health = context.getService(context.getServiceReference(Health.class));
        return health.reports().stream().filter(report -> report.component().equals(component))
                .map(HealthReport::message).collect(Collectors.joining());
    }

    private String metrics() {
        return context.getService(context.getServiceReference(Metrics.class)).text();
    }

    private static String bad(Scene scene) {
        return scene.components().list().stream().filter(one -> one.symbolicName().equals("com.acme.bad"))
                .map(Components.Component::state).collect(Collectors.joining());
    }

    /// It alone is stopped, and everybody who asks is told.
    private void stopped(Scene scene, String reason, String cause) throws InterruptedException {
        scene.await("its stop for: " + reason, () -> scene.message(FILE).contains(reason));
        assertThat(scene.states()).isEqualTo("com.acme.good=ENABLED " + FILE + "=FAILED");
        assertThat(bad(scene)).isEqualTo("FAILED");
        scene.await("the end of its bundle", () -> bad().isEmpty());
        scene.await("its health", () -> health("plugin bad.jar").contains(reason));
        scene.await("its metrics", () -> metrics().contains("k3j_plugin_failures_total{cause=\"" + cause + "\"} ")
                && metrics().contains("k3j_plugins{state=\"failed\"} 1\n"));
    }

    @Test
    void oneThatWouldEndTheProcessIsStoppedInstead() throws IOException, InterruptedException, BundleException {
        for (int call : new int[] {1, 2}) {
            try (Scene scene = scene(call)) {
                stopped(scene, (call == 1 ? "Runtime" : "System") + ".exit(3), which would end the whole process",
                        "exit");
                assertThat(scene.message(FILE)).contains(", in " + Misbehaving.class.getName(), "thread misbehaves");
            }
        }
    }

    private List<Bundle> bad() {
        return Arrays.stream(context.getBundles())
                .filter(bundle -> "com.acme.bad".equals(bundle.getSymbolicName())).toList();
    }

    @Test
    void oneThatDecidesAboutRequestsIsMissedUntilItsFileIsReplacedOrTakenAway()
            throws IOException, InterruptedException, BundleException {
        try (Scene scene = scene(8)) {
            assertThat(scene.names("data/bundles/samples")).as("where samples lie").isNotEmpty();
            scene.await("its stop", () -> scene.message(FILE).contains("Runtime.exit(3)"));
            assertThat(scene.message(FILE)).contains("what it has to decide about is answered 503 until");
            assertThat(scene.states()).isEqualTo("com.acme.good=ENABLED " + FILE + "=FAILED");
            assertThat(bad()).as("stopped, and not taken out").singleElement()
                    .satisfies(bundle -> assertThat(bundle.getState()).isEqualTo(Bundle.RESOLVED));
            scene.put(scene.bundle("jars/bad.jar", "com.acme.bad", Throwing.class, Map.of("Bundle-Version", "9.0.0")));
            scene.await("a refusal", () -> scene.message(FILE).contains("on purpose"));
            assertThat(bad()).as("the new one stays in its place").singleElement()
                    .satisfies(bundle -> assertThat(bundle.getVersion().getMajor()).isEqualTo(9));
            System.clearProperty(Misbehaving.GO);
            scene.put(scene.bundle("jars/bad.jar", "com.acme.bad", Retiring.class, Map.of("Bundle-Version", "10.0.0")));
            scene.await("one that runs", () -> scene.states().equals("com.acme.bad=ENABLED com.acme.good=ENABLED"));
            assertThat(bad()).hasSize(1);
        }
        try (Scene scene = scene(8)) {
            scene.await("its stop", () -> scene.message(FILE).contains("Runtime.exit(3)"));
            assertThat(scene.read("data/bundles/plugged.json")).contains("bad.jar");
            Files.delete(scene.path("data/" + FILE));
            scene.await("its end", () -> bad().isEmpty());
            scene.await("nothing of it", () -> !scene.read("data/bundles/plugged.json").contains("bad.jar")
                    && scene.names("data/bundles/plugins").size() == 1);
        }
    }

    @Test
    void aHoldEndsWithTheBundleWhenItsFileIsTakenAwayWhileItStops()
            throws IOException, InterruptedException, BundleException {
        try (Scene scene = scene(10)) {
            scene.await("its stop", () -> scene.message(FILE).contains("Runtime.exit(3)"));
            assertThat(bad()).singleElement()
                    .satisfies(bundle -> assertThat(bundle.getState()).isEqualTo(Bundle.STOPPING));
            Files.delete(scene.path("data/" + FILE));
            scene.await("what is left", () -> scene.message(FILE).contains("its bundle does not end"));
            assertThat(bad()).hasSize(1);
            System.setProperty(Misbehaving.OVER, "true");
            scene.await("its end", () -> bad().isEmpty());
            scene.await("nothing of it", () -> scene.states().equals("com.acme.good=ENABLED")
                    && !scene.read("data/bundles/plugged.json").contains("bad.jar"));
        }
    }

    private long stoppedForProcessors() {
        return metrics().lines().filter(line -> line.startsWith("k3j_plugin_failures_total{cause=\"processor\"} "))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(' ') + 1))).sum();
    }

    @Test
    void oneThatWasHeldIsLookedAtWhenItRunsAgainFromTheSameFile()
            throws IOException, InterruptedException, BundleException {
        try (Scene scene = scene(9)) {
            scene.await("its stop", () -> scene.message(FILE).contains("10 s of processor time"));
            long before = stoppedForProcessors();
            scene.await("its thread", () -> health("plugin bad.jar threads").contains("misbehaves"));
            System.setProperty(Misbehaving.OVER, "true");
            scene.await("the end of its thread", () -> health("plugin bad.jar threads").isEmpty());
            System.clearProperty(Misbehaving.OVER);
            Files.setLastModifiedTime(scene.path("data/" + FILE), FileTime.fromMillis(0));
            scene.await("another stop", () -> stoppedForProcessors() > before);
        }
    }

    @Test
    void oneThatIsReplacedUnderAnotherNameIsHeldUntilThatOneRuns()
            throws IOException, InterruptedException, BundleException {
        try (Scene scene = scene(8)) {
            scene.await("its stop", () -> scene.message(FILE).contains("Runtime.exit(3)"));
            scene.put(scene.bundle("jars/bad.jar", "com.acme.better", Throwing.class,
                    Map.of("Bundle-Version", "9.0.0")));
            scene.await("a refusal", () -> scene.message(FILE).contains("on purpose"));
            assertThat(bad()).as("still held").hasSize(1);
            assertThat(context.getBundles()).noneMatch(one -> "com.acme.better".equals(one.getSymbolicName()));
            System.clearProperty(Misbehaving.GO);
            scene.put(scene.bundle("jars/bad.jar", "com.acme.better", Retiring.class,
                    Map.of("Bundle-Version", "10.0.0")));
            scene.await("one that runs", () -> scene.states().equals("com.acme.better=ENABLED com.acme.good=ENABLED"));
            scene.await("the end of the hold", () -> bad().isEmpty());
        }
    }

    @Test
    void threadsOfOneThatAnOperatorStopsAreLookedAfter() throws IOException, InterruptedException, BundleException {
        try (Scene scene = scene(6)) {
            scene.await("its thread", () -> metrics().contains("k3j_plugin_threads{plugin=\"bad.jar\"} 1\n"));
            scene.components().disable("com.acme.bad", line -> {
            });
            scene.await("the name of its thread", () -> health("plugin bad.jar threads").contains("misbehaves"));
        }
    }

    @Test
    void oneThatComputesWithoutAnEndIsStopped() throws IOException, InterruptedException, BundleException {
        try (Scene scene = scene(3)) {
            stopped(scene, "10 s of processor time more than the 0.01 processors", "processor");
            scene.await("the name of its thread", () -> health("plugin bad.jar threads").contains("misbehaves"));
            scene.await("that it is counted",
                    () -> metrics().contains("k3j_plugin_left_threads{plugin=\"bad.jar\"} 1\n"));
            System.setProperty(Misbehaving.OVER, "true");
            scene.await("its end", () -> health("plugin bad.jar threads").isEmpty());
        }
    }

    @Test
    void oneThatComputesOnAVirtualThreadIsStopped() throws IOException, InterruptedException, BundleException {
        try (Scene scene = scene(4)) {
            stopped(scene, "10 s of processor time more than the 0.01 processors", "processor");
            scene.await("what it goes on with",
                    () -> health("plugin bad.jar threads").contains("goes on computing after its stop"));
            System.setProperty(Misbehaving.OVER, "true");
            scene.await("its end", () -> health("plugin bad.jar threads").isEmpty());
        }
    }

    @Test
    void oneThatStartsTooManyThreadsIsStoppedAndTheyAreInterrupted()
            throws IOException, InterruptedException, BundleException {
        try (Scene scene = scene(7)) {
            stopped(scene, "threads, more than 200", "threads");
            scene.await("the end of its threads", () -> running("misbehaves-") == 0);
        }
    }

    @Test
    void aThreadThatIsLeftBehindIsInterruptedOrToldByName() throws IOException, InterruptedException, BundleException {
        try (Scene scene = scene(5)) {
            scene.await("its thread", () -> metrics().contains("k3j_plugin_threads{plugin=\"bad.jar\"} 1\n"));
            Files.delete(scene.path("data/" + FILE));
            scene.await("the end of its thread", () -> running("misbehaves") == 0);
        }
        try (Scene scene = scene(6)) {
            scene.await("its thread", () -> metrics().contains("k3j_plugin_threads{plugin=\"bad.jar\"} 1\n"));
            Files.delete(scene.path("data/" + FILE));
            scene.await("the name of its thread", () -> health("plugin bad.jar threads").contains("misbehaves"));
            assertThat(running("misbehaves")).isEqualTo(1);
        }
    }

    private static long running(String name) {
        return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().startsWith(name)).count();
    }
}
