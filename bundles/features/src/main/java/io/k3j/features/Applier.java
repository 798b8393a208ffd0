package io.k3j.features;

import io.k3j.componentapi.HealthLevel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/// Brings the wanted features to life, in order. What fails is reported and does not keep the rest from
/// running.
final class Applier {
    private static final System.Logger LOG = System.getLogger("io.k3j.features");

    private final Bundles bundles;
    private final Configurations configurations;
    private final Manifests manifests;
    private final HealthBoard health;

    Applier(Bundles bundles, Configurations configurations, Manifests manifests, HealthBoard health) {
        this.bundles = bundles;
        this.configurations = configurations;
        this.manifests = manifests;
        this.health = health;
    }

    /// Takes away the bundles of everything but these.
    void prune(List<Feature> features) throws BundleException {
        bundles.prune(features.stream().flatMap(Applier::names).toList());
    }

    /// Installs all, resolves in one go, hands out settings, then starts one after the other.
    void apply(List<Feature> features) throws BundleException {
        Map<Feature.Part, Bundle> installed = new LinkedHashMap<>();
        for (Feature feature : features) {
            configurations.give(feature);
            manifests.place(feature);
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
            // no matter for a stack trace: somebody's feature came without its bundle
            LOG.log(System.Logger.Level.DEBUG, "not installed bundle=" + part.symbolicName(), e);
            LOG.log(System.Logger.Level.ERROR, "bundle=" + part.symbolicName() + " is not in this distribution");
            health.put(part.shortName(), -1, HealthLevel.STOPPED, "is not in this distribution");
        }
    }

    private void start(Feature.Part part, Bundle bundle) {
        try {
            bundles.startOrShipped(bundle);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (BundleException | RuntimeException e) {
            failed(part, bundle.getBundleId(), "does not start: " + e.getMessage(), e);
        }
    }

    private void failed(Feature.Part part, long bundle, String message, Exception e) {
        LOG.log(System.Logger.Level.ERROR, "bundle=" + part.symbolicName() + " " + message, e);
        health.put(part.shortName(), bundle, HealthLevel.STOPPED, message);
    }
}
