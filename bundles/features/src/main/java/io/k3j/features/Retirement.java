package io.k3j.features;

import io.k3j.componentapi.Retire;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.util.tracker.ServiceTracker;

/// Cleans up after features that left the list of wanted ones, also across a restart: the list last
/// applied is kept, and what is in it but no longer wanted runs once more, in retire mode only.
final class Retirement {
    private static final System.Logger LOG = System.getLogger("io.k3j.features");
    /// Long enough for an API server to become ready, which most of them need.
    private static final long MAX_WAIT_MILLIS = 120_000;

    private final Path file;
    private final Bundles bundles;
    private final Configurations configurations;
    private final BundleContext context;

    Retirement(Path dataDir, Bundles bundles, Configurations configurations, BundleContext context) {
        this.file = dataDir.resolve("bundles/applied.json");
        this.bundles = bundles;
        this.configurations = configurations;
        this.context = context;
    }

    /// The features to retire: applied before, known still, wanted no more.
    List<Feature> due(Map<String, Feature> all, List<String> wanted) {
        List<Feature> due = new ArrayList<>();
        for (String name : applied()) {
            if (!wanted.contains(name) && all.containsKey(name)) {
                due.add(all.get(name));
            }
        }
        return due;
    }

    private List<String> applied() {
        return Files.exists(file) ? new Section(file, "", Set.of("features")).texts("features") : List.of();
    }

    /// Remembers what is applied, with those whose retirement is not done.
    void remember(List<String> wanted, List<Feature> pending) {
        List<String> names = new ArrayList<>(wanted);
        pending.forEach(feature -> names.add(feature.name()));
        if (!names.equals(applied())) {
            Json.write(file, Map.of("features", names));
        }
    }

    /// Runs one feature's bundles in retire mode, one after the other. Blocks.
    /// @return whether everything is cleaned up
    boolean retire(Feature feature) throws InterruptedException {
        boolean done = true;
        configurations.retire(feature);
        for (Feature.Part part : feature.bundles()) {
            done &= retire(part);
        }
        configurations.take(feature);
        return done;
    }

    private boolean retire(Feature.Part part) throws InterruptedException {
        Bundle bundle;
        try {
            bundle = bundles.install(part.symbolicName());
        } catch (BundleException e) {
            LOG.log(System.Logger.Level.DEBUG, "nothing to retire bundle=" + part.symbolicName(), e);
            return true;
        }
        try {
            if (!declares(bundle)) {
                return true;
            }
            bundles.start(bundle);
            try {
                return call(bundle);
            } finally {
                bundles.stop(bundle);
            }
        } catch (BundleException | InvalidSyntaxException e) {
            LOG.log(System.Logger.Level.ERROR, "not retired bundle=" + part.symbolicName(), e);
            return false;
        }
    }

    /// Whether the bundle has something to retire, as its manifest says: starting it would be in vain.
    private static boolean declares(Bundle bundle) {
        String provided = bundle.getHeaders("").get("Provide-Capability");
        return provided != null && provided.contains("\"" + Retire.class.getName() + "\"");
    }

    private boolean call(Bundle bundle) throws InvalidSyntaxException, InterruptedException {
        String filter = "(&(objectClass=" + Retire.class.getName() + ")(service.bundleid=" + bundle.getBundleId()
                + "))";
        ServiceTracker<Retire, Retire> tracker = new ServiceTracker<>(context, FrameworkUtil.createFilter(filter),
                null);
        tracker.open();
        try {
            Retire retire = tracker.waitForService(MAX_WAIT_MILLIS);
            if (retire == null) {
                LOG.log(System.Logger.Level.WARNING, "retirement waits for the next start bundle={0}",
                        bundle.getSymbolicName());
                return false;
            }
            retire.retire();
            LOG.log(System.Logger.Level.INFO, "retired bundle={0}", bundle.getSymbolicName());
            return true;
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            LOG.log(System.Logger.Level.ERROR, "retirement failed bundle=" + bundle.getSymbolicName(), e);
            return false;
        } finally {
            tracker.close();
        }
    }
}
