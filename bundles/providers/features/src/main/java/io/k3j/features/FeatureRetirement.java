package io.k3j.features;

import io.k3j.componentapi.Retire;
import io.k3j.componentapi.SwapRefused;
import io.k3j.featuremodel.Feature;
import io.k3j.featuremodel.FeatureProblem;
import io.k3j.featuremodel.Handle;
import io.k3j.featuremodel.Section;
import io.k3j.featuremodel.StateFiles;
import io.k3j.plugins.ExclusiveChanges;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.util.tracker.ServiceTracker;

/// Cleans up after features that are no longer wanted, also across a restart: the list last applied is kept on
/// disk, and a feature that is in it but not wanted runs once more, in retire mode only.
final class FeatureRetirement {
    private static final System.Logger LOG = System.getLogger("io.k3j.features");
    /// Long enough for an API server to become ready, which most retirements need.
    private static final Duration AT_START = Duration.ofSeconds(120);
    /// As [Retire] promises, and some more.
    private static final Duration CALL = Duration.ofSeconds(40);

    private final Path file;
    private final Bundles bundles;
    private final Configurations configurations;
    private final BundleContext context;
    private final StateFiles disk;
    private final Function<String, Handle> handles;

    /// Where it writes, and what it writes with.
    ///
    /// @param handles which bundle is to run under a symbolic name
    record Place(Path dataDir, StateFiles disk, BundleContext context, Function<String, Handle> handles) {
    }

    FeatureRetirement(Place place, Bundles bundles, Configurations configurations) {
        this.file = place.dataDir.resolve("bundles/applied.json");
        this.disk = place.disk;
        this.context = place.context;
        this.handles = place.handles;
        this.bundles = bundles;
        this.configurations = configurations;
    }

    /// The features to retire: applied earlier, still known, no longer wanted.
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

    /// Writes the applied features to disk, with those whose retirement is not complete.
    synchronized void saveApplied(List<String> wanted, List<Feature> pending) {
        List<String> names = new ArrayList<>(wanted);
        pending.forEach(feature -> names.add(feature.name()));
        if (!names.equals(applied())) {
            disk.write(file, Map.of("features", names));
        }
    }

    /// Notes that features were applied, beside those whose retirement is not complete.
    synchronized void applied(List<String> wanted) {
        List<String> names = new ArrayList<>(applied());
        wanted.stream().filter(name -> !names.contains(name)).forEach(names::add);
        if (!names.equals(applied())) {
            disk.write(file, Map.of("features", names));
        }
    }

    /// Notes that a feature has retired.
    synchronized void retired(List<String> wanted, Feature feature) {
        List<String> names = new ArrayList<>(applied());
        if (!wanted.contains(feature.name()) && names.remove(feature.name())) {
            disk.write(file, Map.of("features", names));
        }
    }

    /// Retires at the start what is due, each as a change of its own: an operator may have enabled it meanwhile.
    ///
    /// @param wanted the names of what is wanted, at the moment it is asked
    /// @throws FeatureProblem when the disk cannot be written
    /// @throws InterruptedException when this process ends: the next start goes on with it
    void retireDue(List<Feature> due, Supplier<List<String>> wanted, ExclusiveChanges changing)
            throws InterruptedException {
        for (Feature feature : due) {
            try {
                changing.exclusively(() -> {
                    if (!wanted.get().contains(feature.name()) && retire(feature, AT_START)) {
                        retired(wanted.get(), feature);
                    }
                    return true;
                });
            } catch (SwapRefused e) {
                if (e.getCause() instanceof FeatureProblem problem) {
                    throw problem;
                }
                throw new InterruptedException(String.valueOf(e.getMessage()));
            }
        }
    }

    /// Runs a feature's bundles in retire mode, one after the other.
    /// @param limit how long is waited for each of them to be able to
    /// @return whether all of them have retired
    boolean retire(Feature feature, Duration limit) throws InterruptedException {
        boolean done = true;
        configurations.retire(feature);
        for (Feature.Part part : feature.bundles()) {
            done &= retire(part, limit);
        }
        configurations.delete(feature);
        return done;
    }

    private boolean retire(Feature.Part part, Duration limit) throws InterruptedException {
        Bundle bundle;
        try {
            bundle = bundles.install(handles.apply(part.symbolicName()));
        } catch (BundleException e) {
            LOG.log(System.Logger.Level.DEBUG, "Nothing to retire bundle=" + part.symbolicName(), e);
            return true;
        }
        try {
            if (!declares(bundle)) {
                return true;
            }
            bundles.start(bundle, Bundles.START);
            try {
                return callRetire(bundle, limit);
            } finally {
                bundles.stop(bundle);
            }
        } catch (BundleException | InvalidSyntaxException e) {
            LOG.log(System.Logger.Level.ERROR, "Cannot retire bundle=" + part.symbolicName(), e);
            return false;
        }
    }

    /// Whether the bundle's manifest declares a [Retire] service; without one, starting it would be useless.
    private static boolean declares(Bundle bundle) {
        String provided = bundle.getHeaders("").get("Provide-Capability");
        return provided != null && provided.contains("\"" + Retire.class.getName() + "\"");
    }

    private boolean callRetire(Bundle bundle, Duration limit) throws InvalidSyntaxException, InterruptedException {
        String filter = "(&(objectClass=" + Retire.class.getName() + ")(service.bundleid=" + bundle.getBundleId()
                + "))";
        ServiceTracker<Retire, Retire> tracker = new ServiceTracker<>(context, FrameworkUtil.createFilter(filter),
                null);
        tracker.open();
        try {
            Retire retire = tracker.waitForService(limit.toMillis());
            if (retire == null) {
                LOG.log(System.Logger.Level.WARNING, "Retirement postponed to the next start bundle={0}",
                        bundle.getSymbolicName());
                return false;
            }
            Bounded.run("the cleaning up of " + bundle.getSymbolicName(), CALL, () -> call(retire));
            LOG.log(System.Logger.Level.INFO, "Retired bundle={0}", bundle.getSymbolicName());
            return true;
        } catch (BundleException e) {
            LOG.log(System.Logger.Level.ERROR, "Retirement failed bundle=" + bundle.getSymbolicName(), e);
            return false;
        } finally {
            tracker.close();
        }
    }

    private static void call(Retire retire) throws BundleException {
        try {
            retire.retire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BundleException("was interrupted", e);
        } catch (Exception e) {
            throw new BundleException(String.valueOf(e.getMessage()), e);
        }
    }
}
