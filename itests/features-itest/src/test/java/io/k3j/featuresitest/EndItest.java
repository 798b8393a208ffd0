package io.k3j.featuresitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Retire;
import io.k3j.testkitosgi.InFramework;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.SynchronousBundleListener;

/// The end of the framework while the features are still being started.
@InFramework(bundles = {"com.fasterxml.jackson.core.jackson-core", "io.k3j.componentapi", "component-base",
        "io.k3j.durablefiles", "io.k3j.signedjars", "metrics-text", "io.k3j.features"})
class EndItest {
    private static final long LIMIT_SECONDS = 300;
    private static final long MOMENT_MILLIS = 500;

    private BundleContext context;

    @Test
    void letsTheBundleThatIsStartingFinishAndStartsNoOther() throws IOException, InterruptedException, BundleException {
        Scene scene = new Scene(context);
        try {
            System.setProperty("k3j.test.diary", scene.path("diary").toString());
            scene.write("features/roles/server.json", "{\"features\": [\"two\"]}");
            scene.write("features/two/feature.json",
                    "{\"name\": \"two\", \"bundles\": [{\"name\": \"test.first\"}, {\"name\": \"test.second\"}]}");
            scene.chosenBundle("test.first", Retiring.class, Retire.class.getName());
            scene.chosenBundle("test.second", Retiring.class, Retire.class.getName());
            Bundle framework = context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION);
            CountDownLatch seen = new CountDownLatch(1);
            CountDownLatch stopped = new CountDownLatch(1);
            StringBuilder during = new StringBuilder();
            context.addBundleListener((SynchronousBundleListener) event -> {
                if (is(event, "test.first", BundleEvent.STARTED)) {
                    // what follows a start belongs to it: services of declarative components are made here
                    during.append(meanwhile(framework, stopped)).append(scene.read("diary"));
                    seen.countDown();
                } else if (is(event, "test.first", BundleEvent.STOPPED)) {
                    stopped.countDown();
                }
            });
            // also wires this bundle to AssertJ: a framework that ends may fail at that
            assertThat(scene.read("diary")).as("before the start").isEmpty();
            scene.run(Map.of(), Set.of());
            assertThat(seen.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(during).hasToString("start\n");
            assertThat(stopped.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
            scene.await("end", () -> framework.getState() != Bundle.STOPPING);
            scene.ended();
            assertThat(scene.read("diary")).isEqualTo("start\nstop\n");
        } finally {
            scene.clear();
        }
    }

    private static boolean is(BundleEvent event, String name, int type) {
        return event.getType() == type && name.equals(event.getBundle().getSymbolicName());
    }

    /// Asks for the end, and gives it a moment to go too far.
    private static String meanwhile(Bundle framework, CountDownLatch stopped) {
        try {
            framework.stop();
            return stopped.await(MOMENT_MILLIS, TimeUnit.MILLISECONDS) ? "stopped while starting " : "";
        } catch (BundleException | InterruptedException e) {
            return e.toString();
        }
    }
}
