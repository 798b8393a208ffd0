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

/// The one hand that installs, starts and removes bundles, and knows which one runs under which name.
///
/// A shipped bundle is class-path content at `connect:<name>`; it is stopped, never uninstalled. A chosen one
/// is an ordinary bundle at `chosen:<file name>`.
final class Bundles {
    private static final System.Logger LOG = System.getLogger("io.k3j.features");
    private static final String CHOSEN = "chosen:";
    private static final long REFRESH_SECONDS = 10;
    private static final long START_SECONDS = 2;

    private final BundleContext context;
    private final Chosen chosen;
    private final Map<String, Bundle> running = new ConcurrentHashMap<>();
    /// Names in the order of their first start.
    private final List<String> started = new CopyOnWriteArrayList<>();
    /// Held while a bundle starts: one that is stopped in the middle of it throws whatever it meets.
    private final ReentrantLock starting = new ReentrantLock();
    private volatile boolean ending;

    Bundles(BundleContext context, Chosen chosen) {
        this.context = context;
        this.chosen = chosen;
    }

    /// Uninstalls chosen bundles that are no longer chosen, from an earlier run.
    void prune(Collection<String> symbolicNames) throws BundleException {
        List<String> kept = new ArrayList<>();
        symbolicNames.forEach(name -> kept.add(CHOSEN + chosen.current(name)));
        for (Bundle bundle : context.getBundles()) {
            if (bundle.getLocation().startsWith(CHOSEN) && !kept.contains(bundle.getLocation())) {
                bundle.uninstall();
            }
        }
    }

    /// Installs what is chosen for `symbolicName`, or the shipped one when the chosen jar is unusable.
    Bundle install(String symbolicName) throws BundleException {
        String choice = chosen.current(symbolicName);
        if (!choice.equals(Chosen.SHIPPED)) {
            try {
                return install(symbolicName, choice);
            } catch (BundleException e) {
                LOG.log(System.Logger.Level.WARNING, "chosen jar unusable, shipped one runs bundle=" + symbolicName, e);
            }
        }
        return install(symbolicName, Chosen.SHIPPED);
    }

    Bundle install(String symbolicName, String choice) throws BundleException {
        if (choice.equals(Chosen.SHIPPED)) {
            return context.installBundle("connect:" + symbolicName);
        }
        try (InputStream jar = Files.newInputStream(chosen.path(choice))) {
            return context.installBundle(CHOSEN + choice, jar);
        } catch (IOException e) {
            throw new BundleException("cannot read " + chosen.path(choice), e);
        }
    }

    /// Starts it and remembers that it runs under its name; nothing starts any more once the end has begun.
    void start(Bundle bundle) throws BundleException {
        starting.lock();
        try {
            if (!ending) {
                started(bundle);
            }
        } finally {
            starting.unlock();
        }
    }

    private void started(Bundle bundle) throws BundleException {
        bundle.start(Bundle.START_TRANSIENT | Bundle.START_ACTIVATION_POLICY);
        running.put(bundle.getSymbolicName(), bundle);
        if (!started.contains(bundle.getSymbolicName())) {
            started.add(bundle.getSymbolicName());
        }
    }

    /// From here on nothing starts; waits for the bundle that is about to, but not for one that hangs.
    void end() throws InterruptedException {
        ending = true;
        if (starting.tryLock(START_SECONDS, TimeUnit.SECONDS)) {
            starting.unlock();
        }
    }

    /// Stops everything before the framework does, in the opposite order of start: whoever leaves word in the datastore
    /// still has one. The framework itself goes by the order of installation, which is that of an earlier run.
    void stopAll() {
        for (String name : started.reversed()) {
            Bundle bundle = running.get(name);
            try {
                if (bundle != null) {
                    bundle.stop(Bundle.STOP_TRANSIENT);
                }
            } catch (BundleException e) {
                LOG.log(System.Logger.Level.WARNING, "not stopped in order bundle=" + name, e);
            }
        }
    }

    /// Starts it; when a chosen one does not start, for instance because the contracts it was built for have
    /// changed with the distribution, the shipped one runs instead.
    void startOrShipped(Bundle bundle) throws BundleException, InterruptedException {
        try {
            start(bundle);
        } catch (BundleException e) {
            if (!bundle.getLocation().startsWith(CHOSEN)) {
                throw e;
            }
            String name = bundle.getSymbolicName();
            LOG.log(System.Logger.Level.WARNING, "chosen jar does not start, shipped one runs bundle=" + name, e);
            stop(bundle);
            start(install(name, Chosen.SHIPPED));
        }
    }

    /// Stops it; an ordinary one is uninstalled and its loader let go.
    void stop(Bundle bundle) throws BundleException, InterruptedException {
        running.remove(bundle.getSymbolicName(), bundle);
        bundle.stop(Bundle.STOP_TRANSIENT);
        if (bundle.getLocation().startsWith(CHOSEN)) {
            bundle.uninstall();
            refresh(List.of(bundle));
        }
    }

    /// Resolves all installed bundles in one go: many times faster than one by one.
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
            LOG.log(System.Logger.Level.WARNING, "refresh not done seconds={0}", REFRESH_SECONDS);
        }
    }

    private FrameworkWiring system() {
        return context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).adapt(FrameworkWiring.class);
    }
}
