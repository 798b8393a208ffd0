package io.k3j.features;

import io.k3j.componentapi.Retire;
import io.k3j.featuremodel.Feature;
import io.k3j.featuremodel.Handle;
import io.k3j.featuremodel.Section;
import io.k3j.featuremodel.StateFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
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

    /// Runs a feature's bundles in retire mode, one after the other.
    /// @param limit how long is waited for each of them to be able to
    /// @return what is left to be cleaned up and why, a sentence each; empty when all of them have retired
    List<String> retire(Feature feature, Duration limit) throws InterruptedException {
        List<String> left = new ArrayList<>();
        configurations.retire(feature);
        for (Feature.Part part : feature.bundles()) {
            retire(part, limit).ifPresent(left::add);
        }
        configurations.delete(feature);
        return left;
    }

    private Optional<String> retire(Feature.Part part, Duration limit) throws InterruptedException {
        Bundle bundle;
        try {
            bundle = bundles.install(handles.apply(part.symbolicName()));
        } catch (BundleException e) {
            LOG.log(System.Logger.Level.DEBUG, "Nothing to retire bundle=" + part.symbolicName(), e);
            return Optional.empty();
        }
        try {
            if (!declares(bundle)) {
                return Optional.empty();
            }
            bundles.start(bundle, Bundles.START);
            try {
                return callRetire(bundle, limit);
            } finally {
                bundles.stop(bundle);
            }
        } catch (BundleException | InvalidSyntaxException e) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot retire bundle=" + part.symbolicName(), e);
            return Optional.of(part.symbolicName() + ": " + e.getMessage());
        }
    }

    /// Whether the bundle's manifest declares a [Retire] service; without one, starting it would be useless.
    private static boolean declares(Bundle bundle) {
        String provided = bundle.getHeaders("").get("Provide-Capability");
        return provided != null && provided.contains("\"" + Retire.class.getName() + "\"");
    }

    private Optional<String> callRetire(Bundle bundle, Duration limit)
            throws InvalidSyntaxException, InterruptedException {
        String filter = "(&(objectClass=" + Retire.class.getName() + ")(service.bundleid=" + bundle.getBundleId()
                + "))";
        ServiceTracker<Retire, Retire> tracker = new ServiceTracker<>(context, FrameworkUtil.createFilter(filter),
                null);
        tracker.open();
        try {
            Retire retire = tracker.waitForService(limit.toMillis());
            if (retire == null) {
                return Optional.of(bundle.getSymbolicName() + " lacks what it needs, as an API server that is ready");
            }
            Bounded.run("the cleaning up of " + bundle.getSymbolicName(), CALL, () -> call(retire));
            LOG.log(System.Logger.Level.INFO, "Retired bundle={0}", bundle.getSymbolicName());
            return Optional.empty();
        } catch (BundleException e) {
            LOG.log(System.Logger.Level.DEBUG, "Retirement failed bundle=" + bundle.getSymbolicName(), e);
            return Optional.of(bundle.getSymbolicName() + ": " + e.getMessage());
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
