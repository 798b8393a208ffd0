package io.k3j.featuresitest;

import io.k3j.componentapi.Plan;
import java.nio.file.Path;
import java.util.Hashtable;
import java.util.Map;
import java.util.Set;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;

/// A bundle that offers a plan of its own, before that of the launcher: one that disables something else.
public final class Planning implements BundleActivator {
    /// Made by the framework.
    public Planning() {
        // nothing to prepare
    }

    @Override
    public void start(BundleContext context) {
        Map<String, Object> settings = Map.of("disable", new String[] {"acme"}, "clusterDomain", "acme.example");
        context.registerService(Plan.class,
                new Plan("server", Path.of("/acme"), Path.of("/acme"), settings, Set.of("acme"), Map.of()),
                new Hashtable<>(Map.of(Constants.SERVICE_RANKING, Integer.MAX_VALUE)));
    }

    @Override
    public void stop(BundleContext context) {
        // the framework takes the service away
    }
}
