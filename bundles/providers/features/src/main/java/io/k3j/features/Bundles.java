package io.k3j.features;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.wiring.FrameworkWiring;

/// Installs, starts and removes all bundles, and knows which bundle runs under each symbolic name. Thread-safe.
///
/// A shipped bundle is class-path content at `connect:<name>`; it is stopped but never uninstalled. A chosen
/// bundle (a replacement jar) is an ordinary bundle at `chosen:<file name>`.
final class Bundles {
    private static final System.Logger LOG = System.getLogger("io.k3j.features");
    private static final String CHOSEN = "chosen:";
    private static final long REFRESH_SECONDS = 10;
    private static final long START_SECONDS = 2;

    private final BundleContext context;
    private final ChosenBundles chosen;
    private final Map<String, Bundle> running = new ConcurrentHashMap<>();
    /// Names in the order of their first start.
    private final List<String> startOrder = new CopyOnWriteArrayList<>();
    /// Held while a bundle starts: a bundle stopped during its start fails with arbitrary exceptions.
    private final ReentrantLock starting = new ReentrantLock();
    private volatile boolean shuttingDown;

    Bundles(BundleContext context, ChosenBundles chosen) {
        this.context = context;
        this.chosen = chosen;
    }

    /// Uninstalls replacement jars of an earlier run that are no longer chosen.
    void prune(Collection<String> symbolicNames) throws BundleException {
        List<String> kept = new ArrayList<>();
        symbolicNames.forEach(name -> kept.add(CHOSEN + chosen.current(name)));
        for (Bundle bundle : context.getBundles()) {
            if (bundle.getLocation().startsWith(CHOSEN) && !kept.contains(bundle.getLocation())) {
                bundle.uninstall();
            }
        }
    }

    /// Installs the chosen bundle of `symbolicName`, or the shipped one when the chosen jar is unusable.
    Bundle install(String symbolicName) throws BundleException {
        String choice = chosen.current(symbolicName);
        if (!choice.equals(ChosenBundles.SHIPPED)) {
            try {
                return install(symbolicName, choice);
            } catch (BundleException e) {
                LOG.log(System.Logger.Level.WARNING,
                        "Replacement jar is unusable, running the shipped one bundle=" + symbolicName, e);
            }
        }
        return install(symbolicName, ChosenBundles.SHIPPED);
    }

    Bundle install(String symbolicName, String choice) throws BundleException {
        if (choice.equals(ChosenBundles.SHIPPED)) {
            return context.installBundle("connect:" + symbolicName);
        }
        try (InputStream jar = Files.newInputStream(chosen.path(choice))) {
            return context.installBundle(CHOSEN + choice, jar);
        } catch (IOException e) {
            throw new BundleException("cannot read " + chosen.path(choice), e);
        }
    }

    /// Starts a bundle and records it under its name. Does nothing once [#shutDown] was called.
    void start(Bundle bundle) throws BundleException {
        starting.lock();
        try {
            if (!shuttingDown) {
                startAndRecord(bundle);
            }
        } finally {
            starting.unlock();
        }
    }

    private void startAndRecord(Bundle bundle) throws BundleException {
        bundle.start(Bundle.START_TRANSIENT | Bundle.START_ACTIVATION_POLICY);
        running.put(bundle.getSymbolicName(), bundle);
        if (!startOrder.contains(bundle.getSymbolicName())) {
            startOrder.add(bundle.getSymbolicName());
        }
    }

    /// Prevents further starts and waits for the one in progress, up to two seconds, because it may hang.
    void shutDown() throws InterruptedException {
        shuttingDown = true;
        if (starting.tryLock(START_SECONDS, TimeUnit.SECONDS)) {
            starting.unlock();
        }
    }

    /// Stops all bundles before the framework does, in reverse order of their first start, so that a bundle
    /// that writes to the datastore when it stops still has one. The framework would stop them in the order of
    /// installation of an earlier run.
    void stopAll() {
        for (String name : startOrder.reversed()) {
            Bundle bundle = running.get(name);
            try {
                if (bundle != null) {
                    bundle.stop(Bundle.STOP_TRANSIENT);
                }
            } catch (BundleException e) {
                LOG.log(System.Logger.Level.WARNING, "Bundle did not stop cleanly bundle=" + name, e);
            }
        }
    }

    /// Starts a bundle. When a replacement jar does not start, for example because the distribution has newer
    /// contracts than it was built for, the shipped bundle runs instead.
    void startOrShipped(Bundle bundle) throws BundleException, InterruptedException {
        try {
            start(bundle);
        } catch (BundleException e) {
            if (!bundle.getLocation().startsWith(CHOSEN)) {
                throw e;
            }
            String name = bundle.getSymbolicName();
            LOG.log(System.Logger.Level.WARNING,
                    "Replacement jar does not start, running the shipped one bundle=" + name, e);
            stop(bundle);
            start(install(name, ChosenBundles.SHIPPED));
        }
    }

    /// Stops a bundle. A replacement jar is also uninstalled and its class loader released.
    void stop(Bundle bundle) throws BundleException, InterruptedException {
        running.remove(bundle.getSymbolicName(), bundle);
        bundle.stop(Bundle.STOP_TRANSIENT);
        if (bundle.getLocation().startsWith(CHOSEN)) {
            bundle.uninstall();
            refresh(List.of(bundle));
        }
    }

    /// Resolves all installed bundles together, which is many times faster than one by one.
    void resolve() {
        system().resolveBundles(null);
    }

    Bundle running(String symbolicName) {
        Bundle bundle = running.get(symbolicName);
        if (bundle == null) {
            throw new FeatureProblem("no bundle " + symbolicName + " runs");
        }
        return bundle;
    }

    boolean runs(String symbolicName) {
        return running.containsKey(symbolicName);
    }

    private void refresh(List<Bundle> bundles) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        FrameworkListener listener = event -> done.countDown();
        system().refreshBundles(bundles, listener);
        if (!done.await(REFRESH_SECONDS, TimeUnit.SECONDS)) {
            LOG.log(System.Logger.Level.WARNING, "Refresh not finished in time seconds={0}", REFRESH_SECONDS);
        }
    }

    private FrameworkWiring system() {
        return context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).adapt(FrameworkWiring.class);
    }
}
