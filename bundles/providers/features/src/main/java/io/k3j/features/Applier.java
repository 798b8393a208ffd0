package io.k3j.features;

import io.k3j.componentapi.HealthLevel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/// Installs, configures and starts the wanted features, in order. The failure of one bundle is reported and
/// does not keep the others from running.
final class Applier {
    private static final System.Logger LOG = System.getLogger("io.k3j.features");

    private final Bundles bundles;
    private final Configurations configurations;
    private final HealthBoard health;

    Applier(Bundles bundles, Configurations configurations, HealthBoard health) {
        this.bundles = bundles;
        this.configurations = configurations;
        this.health = health;
    }

    /// Uninstalls the replacement jars of all other bundles.
    void prune(List<Feature> features) throws BundleException {
        bundles.prune(features.stream().flatMap(Applier::names).toList());
    }

    /// Installs all bundles, resolves them together, writes their configurations, then starts one after the
    /// other.
    void apply(List<Feature> features) throws BundleException {
        Map<Feature.Part, Bundle> installed = new LinkedHashMap<>();
        for (Feature feature : features) {
            configurations.apply(feature);
            for (Feature.Part part : feature.bundles()) {
                install(part, installed);
            }
        }
        bundles.resolve();
        installed.forEach(this::start);
    }

    private static Stream<String> names(Feature feature) {
        return feature.bundles().stream().map(Feature.Part::symbolicName);
    }

    private void install(Feature.Part part, Map<Feature.Part, Bundle> installed) {
        try {
            installed.put(part, bundles.install(part.symbolicName()));
        } catch (BundleException e) {
            // an operator's feature without its bundle needs no stack trace
            LOG.log(System.Logger.Level.DEBUG, "Not installed bundle=" + part.symbolicName(), e);
            LOG.log(System.Logger.Level.ERROR, "Bundle is not in this distribution bundle=" + part.symbolicName());
            health.put(part.shortName(), -1, HealthLevel.STOPPED, "is not in this distribution");
        }
    }

    private void start(Feature.Part part, Bundle bundle) {
        try {
            bundles.startOrShipped(bundle);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (BundleException | RuntimeException e) {
            reportFailure(part, bundle.getBundleId(), "does not start: " + e.getMessage(), e);
        }
    }

    private void reportFailure(Feature.Part part, long bundle, String message, Exception e) {
        LOG.log(System.Logger.Level.ERROR, "Bundle not started bundle=" + part.symbolicName() + " reason=" + message,
                e);
        health.put(part.shortName(), bundle, HealthLevel.STOPPED, message);
    }
}
