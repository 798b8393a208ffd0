package io.k3j.features;

import io.k3j.componentapi.HealthLevel;
import io.k3j.featuremodel.ChosenBundles;
import io.k3j.featuremodel.Feature;
import io.k3j.featuremodel.Handle;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/// Installs, configures and starts the wanted features, in order. The failure of one bundle is reported and
/// does not keep the others from running.
final class Applier {
    private static final System.Logger LOG = System.getLogger("io.k3j.features");

    private final Bundles bundles;
    private final Configurations configurations;
    private final HealthBoard health;
    private final Function<String, Handle> handles;
    private final ChosenBundles chosen;

    /// @param handles which bundle is to run under a symbolic name
    Applier(Bundles bundles, Configurations configurations, HealthBoard health, Function<String, Handle> handles,
            ChosenBundles chosen) {
        this.bundles = bundles;
        this.configurations = configurations;
        this.health = health;
        this.handles = handles;
        this.chosen = chosen;
    }

    /// Installs all bundles, resolves them together, writes their configurations, then starts one after the
    /// other.
    void apply(List<Feature> features) throws InterruptedException {
        Map<Feature.Part, Bundle> installed = new LinkedHashMap<>();
        for (Feature feature : features) {
            configurations.apply(feature);
            for (Feature.Part part : feature.bundles()) {
                install(part, installed);
            }
        }
        bundles.resolve();
        for (Map.Entry<Feature.Part, Bundle> entry : installed.entrySet()) {
            start(entry.getKey(), entry.getValue());
        }
    }

    private void install(Feature.Part part, Map<Feature.Part, Bundle> installed) {
        Handle handle = handles.apply(part.symbolicName());
        try {
            installed.put(part, install(handle));
        } catch (BundleException e) {
            // an operator's feature without its bundle needs no stack trace
            LOG.log(System.Logger.Level.DEBUG, "Not installed bundle=" + part.symbolicName(), e);
            LOG.log(System.Logger.Level.ERROR, "Bundle is not in this distribution bundle=" + part.symbolicName());
            health.put(part.shortName(), -1, HealthLevel.STOPPED, "is not in this distribution");
        }
    }

    /// The chosen jar when it is what it was when it was chosen, and signed where that is demanded; else the shipped
    /// bundle.
    private Bundle install(Handle handle) throws BundleException {
        if (handle.isShipped()) {
            return bundles.install(handle);
        }
        String damage = chosen.damage(handle.choice());
        try {
            if (damage.isEmpty()) {
                return bundles.install(handle);
            }
        } catch (BundleException e) {
            damage = BundleHands.reason(e);
        }
        LOG.log(System.Logger.Level.ERROR, "Replacement jar is unusable, running the shipped one bundle={0} reason={1}",
                handle.symbolicName(), damage);
        return bundles.install(Handle.shipped(handle.symbolicName()));
    }

    private void start(Feature.Part part, Bundle bundle) throws InterruptedException {
        try {
            startOrShipped(bundle);
        } catch (BundleException | RuntimeException e) {
            reportFailure(part, bundle.getBundleId(), "does not start: " + e.getMessage(), e);
        }
    }

    /// When a replacement jar does not start, for example because the distribution has newer contracts than it was
    /// built for, the shipped bundle runs instead.
    private void startOrShipped(Bundle bundle) throws BundleException, InterruptedException {
        try {
            bundles.start(bundle, Bundles.START);
        } catch (BundleException e) {
            if (Swaps.handle(bundle).isShipped()) {
                throw e;
            }
            String name = bundle.getSymbolicName();
            LOG.log(System.Logger.Level.WARNING,
                    "Replacement jar does not start, running the shipped one bundle=" + name
                            + "; to forget the jar: k3s bundle back " + name,
                    e);
            stopAndRemove(bundle);
            bundles.start(bundles.install(Handle.shipped(name)), Bundles.START);
        }
    }

    private void stopAndRemove(Bundle bundle) throws InterruptedException {
        try {
            bundles.stop(bundle);
        } catch (BundleException e) {
            LOG.log(System.Logger.Level.DEBUG, "Bundle that did not start does not stop either", e);
        }
        bundles.remove(bundle);
    }

    private void reportFailure(Feature.Part part, long bundle, String message, Exception e) {
        LOG.log(System.Logger.Level.ERROR, "Bundle not started bundle=" + part.symbolicName() + " reason=" + message,
                e);
        health.put(part.shortName(), bundle, HealthLevel.STOPPED, message);
    }
}
