package io.k3j.features;

import io.k3j.featuremodel.FeatureProblem;
import io.k3j.featuremodel.Handle;
import io.k3j.featuremodel.Signatures;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.FrameworkWiring;

/// Installs, starts and removes all bundles, and knows which bundle runs under each symbolic name. Every call into a
/// bundle has a limit ([Bounded]). Thread-safe.
///
/// A shipped bundle is class-path content at `connect:<name>`; it is stopped but never uninstalled. A jar of its own
/// is an ordinary bundle at `chosen:<file name>` or `plugin:<file name>`, installed anew with each start of this server
/// from the file whose checksum was just looked at, and whose signature is verified then when one is demanded
/// ([Signatures]).
final class Bundles {
    /// The longest start of a bundle; a server that starts on a busy machine has many at once.
    static final Duration START = Duration.ofSeconds(60);
    /// The longest stop: twice what the handover rule allows.
    static final Duration STOP = Duration.ofSeconds(10);
    private static final System.Logger LOG = System.getLogger("io.k3j.features");
    private static final Duration OTHER = Duration.ofSeconds(15);
    /// Of each bundle when the process ends, which has five seconds for all of them.
    private static final Duration LAST_STOP = Duration.ofSeconds(3);
    private static final long START_SECONDS = 2;

    private final BundleContext context;
    private final Function<Handle, Path> files;
    private final Signatures signatures;
    /// Who has signed what is installed, by its location.
    private final Map<String, String> signers = new ConcurrentHashMap<>();
    private final Map<String, Bundle> running = new ConcurrentHashMap<>();
    /// Names in the order of their first start.
    private final List<String> startOrder = new CopyOnWriteArrayList<>();
    /// Held while a bundle starts: a bundle stopped during its start fails with arbitrary exceptions.
    private final ReentrantLock starting = new ReentrantLock();
    private volatile boolean shuttingDown;

    /// @param files where the jar of a handle lies
    Bundles(BundleContext context, Function<Handle, Path> files, Signatures signatures) {
        this.context = context;
        this.files = files;
        this.signatures = signatures;
    }

    /// Uninstalls the jars of an earlier run: they are installed from files that were looked at again.
    void prune() throws InterruptedException {
        for (Bundle bundle : context.getBundles()) {
            if (!isShipped(bundle)) {
                remove(bundle);
            }
        }
    }

    private static boolean isShipped(Bundle bundle) {
        return !bundle.getLocation().startsWith(Handle.CHOSEN) && !bundle.getLocation().startsWith(Handle.PLUGIN);
    }

    /// Installs a bundle, or finds it installed.
    /// @throws BundleException also when a signature is demanded that it does not bear
    Bundle install(Handle handle) throws BundleException {
        if (handle.isShipped()) {
            return context.installBundle(handle.location());
        }
        Path file = files.apply(handle);
        String signer = signer(file);
        try (InputStream jar = Files.newInputStream(file)) {
            Bundle bundle = context.installBundle(handle.location(), jar);
            signers.put(handle.location(), signer);
            return bundle;
        } catch (IOException e) {
            throw new BundleException("cannot read " + file, e);
        }
    }

    /// Whatever leads to the installation of code, a swap, a start or what was kept, comes by here.
    private String signer(Path file) throws BundleException {
        try {
            return signatures.verify(file, file);
        } catch (FeatureProblem e) {
            throw new BundleException(String.valueOf(e.getMessage()), e);
        }
    }

    /// Who has signed an installed bundle; empty when nothing was demanded of it.
    String signer(Bundle bundle) {
        return signers.getOrDefault(bundle.getLocation(), "");
    }

    /// The bundle of a handle, when it is installed.
    Optional<Bundle> installed(Handle handle) {
        return Optional.ofNullable(context.getBundle(handle.location()));
    }

    /// Starts a bundle and records it under its name. Does nothing once [#shutDown] was called.
    /// @throws Bounded.Overdue when it has not started after `limit`; it may still
    void start(Bundle bundle, Duration limit) throws BundleException, InterruptedException {
        starting.lockInterruptibly();
        try {
            if (!shuttingDown) {
                String name = bundle.getSymbolicName();
                if (!startOrder.contains(name)) {
                    startOrder.add(name);
                }
                Bounded.run("the start of " + name, limit,
                        () -> bundle.start(Bundle.START_TRANSIENT | Bundle.START_ACTIVATION_POLICY));
                running.put(name, bundle);
            }
        } finally {
            starting.unlock();
        }
    }

    /// Prevents further starts and waits for the one in progress, up to two seconds, because it may hang.
    void shutDown() throws InterruptedException {
        shuttingDown = true;
        if (starting.tryLock(START_SECONDS, TimeUnit.SECONDS)) {
            starting.unlock();
        }
    }

    /// Whether this process ends: what does not run then has not failed.
    boolean closing() {
        return shuttingDown;
    }

    /// Stops all bundles before the framework does, in reverse order of their first start, so that a bundle
    /// that writes to the datastore when it stops still has one. The framework would stop them in the order of
    /// installation of an earlier run.
    void stopAll() {
        for (String name : startOrder.reversed()) {
            Bundle bundle = running.get(name);
            try {
                if (bundle != null) {
                    Bounded.run("the stop of " + name, LAST_STOP, () -> bundle.stop(Bundle.STOP_TRANSIENT));
                }
            } catch (BundleException e) {
                LOG.log(System.Logger.Level.WARNING, "Bundle did not stop cleanly bundle=" + name, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /// Stops a bundle, which stays installed.
    void stop(Bundle bundle) throws BundleException, InterruptedException {
        running.remove(bundle.getSymbolicName(), bundle);
        Bounded.run("the stop of " + bundle.getSymbolicName(), STOP, () -> bundle.stop(Bundle.STOP_TRANSIENT));
    }

    /// Takes a jar of its own out of the framework and releases its class loader. A shipped bundle stays.
    /// @return whether it is out, if it is one that is to be
    boolean remove(Bundle bundle) throws InterruptedException {
        if (isShipped(bundle) || bundle.getState() == Bundle.UNINSTALLED) {
            return true;
        }
        running.remove(bundle.getSymbolicName(), bundle);
        try {
            Bounded.run("the removal of " + bundle.getLocation(), OTHER, bundle::uninstall);
            refresh(List.of(bundle));
        } catch (BundleException e) {
            LOG.log(System.Logger.Level.WARNING, "Bundle is not removed bundle=" + bundle.getLocation() + " reason="
                    + e.getMessage());
        }
        boolean out = bundle.getState() == Bundle.UNINSTALLED;
        if (out) {
            signers.remove(bundle.getLocation());
        }
        return out;
    }

    /// Gives a bundle that was stopped another class loader with its next start.
    void renew(Handle handle) throws InterruptedException {
        Bundle bundle = context.getBundle(handle.location());
        if (bundle != null && bundle.getState() == Bundle.RESOLVED) {
            refresh(List.of(bundle));
        }
    }

    /// Resolves all installed bundles together, which is many times faster than one by one.
    void resolve() {
        system().resolveBundles(null);
    }

    /// Finds what a bundle imports.
    /// @return why it cannot be resolved, a line each; empty when it is
    List<String> resolve(Bundle bundle) {
        return system().resolveBundles(List.of(bundle)) ? List.of() : new ResolverReport(context).lines(bundle);
    }

    Bundle running(String symbolicName) {
        Bundle bundle = running.get(symbolicName);
        if (bundle == null) {
            throw new FeatureProblem("no bundle " + symbolicName + " runs; see: k3s bundle ls");
        }
        return bundle;
    }

    boolean runs(String symbolicName) {
        return running.containsKey(symbolicName);
    }

    /// The symbolic names of the bundles that the distribution has, whether they run or not.
    Collection<String> shipped() {
        return List.of(context.getBundles()).stream().filter(Bundles::isShipped).map(Bundle::getSymbolicName).toList();
    }

    /// The packages that the distribution's bundles and the framework export.
    Collection<String> exported() {
        Set<String> names = new HashSet<>();
        for (Bundle bundle : context.getBundles()) {
            BundleRevision revision = bundle.adapt(BundleRevision.class);
            if (isShipped(bundle) && revision != null) {
                revision.getDeclaredCapabilities(PackageNamespace.PACKAGE_NAMESPACE).forEach(offer -> names
                        .add(String.valueOf(offer.getAttributes().get(PackageNamespace.PACKAGE_NAMESPACE))));
            }
        }
        return names;
    }

    private void refresh(List<Bundle> bundles) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        FrameworkListener listener = event -> done.countDown();
        system().refreshBundles(bundles, listener);
        if (!done.await(OTHER.toSeconds(), TimeUnit.SECONDS)) {
            LOG.log(System.Logger.Level.WARNING, "Refresh not finished in time seconds={0}", OTHER.toSeconds());
        }
    }

    private FrameworkWiring system() {
        return context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).adapt(FrameworkWiring.class);
    }
}
