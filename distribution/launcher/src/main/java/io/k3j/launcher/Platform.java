package io.k3j.launcher;

import java.io.IOException;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.felix.cm.PersistenceManager;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.wiring.FrameworkWiring;

/// The OSGi framework with the base bundles as class-path content, and a few apart from it.
///
/// All contracts, libraries and third-party bundles are installed and resolved, in one go. Started are
/// only the three that everything else hangs on; which providers run is the business of `features`.
final class Platform {
    private static final System.Logger LOG = System.getLogger("io.k3j.launcher");
    private static final List<String> STARTED = List.of("org.apache.felix.configadmin", "org.apache.felix.scr",
            "io.k3j.features");
    /// Lets bundles resolve that ask for a service loader mediator; on one class path none is needed.
    private static final String SERVICE_LOADER = "osgi.extender;osgi.extender=\"osgi.serviceloader.processor\""
            + ";version:Version=\"1.0\",osgi.extender;osgi.extender=\"osgi.serviceloader.registrar\""
            + ";version:Version=\"1.0\"";

    private final Framework framework;
    private final BundleIndex index;

    private Platform(Framework framework, BundleIndex index) {
        this.framework = framework;
        this.index = index;
    }

    /// Makes the framework ready for services to be registered, without starting a bundle. A damaged cache
    /// is thrown away and made again.
    static Platform open(Home home, DataDir dataDir) throws IOException, BundleException {
        BundleIndex index = home.index();
        FrameworkCache cache = new FrameworkCache(dataDir.path(), index);
        cache.prepare(home.preparedCache());
        Map<String, ClassLoader> apart = apart(home, index);
        ClassPathConnector shipped = new ClassPathConnector(index, home, apart);
        Set<ClassLoader> classes = Set.copyOf(apart.values());
        try {
            return open(index, cache, shipped, classes);
        } catch (BundleException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "Framework cache is unusable, rebuilding it", e);
            cache.clear();
            return open(index, cache, shipped, classes);
        }
    }

    private static Platform open(BundleIndex index, FrameworkCache cache, ClassPathConnector shipped,
            Set<ClassLoader> classes) throws BundleException {
        Framework framework = new FrameworkFactory().newFramework(configuration(index, cache), shipped);
        framework.init();
        BundleContext context = framework.getBundleContext();
        context.addFrameworkListener(Platform::log);
        ClassOwners.use(context, index, classes);
        Platform platform = new Platform(framework, index);
        platform.install();
        return platform;
    }

    /// The class loader of each group of jars beside the class path. They open no jar before a class is asked for.
    private static Map<String, ClassLoader> apart(Home home, BundleIndex index) throws IOException {
        Map<String, ClassLoader> loaders = new HashMap<>();
        for (BundleIndex.Entry entry : index.bundles()) {
            if (entry.apart() && !loaders.containsKey(entry.group())) {
                loaders.put(entry.group(), home.classes(entry.group()));
            }
        }
        return loaders;
    }

    private static Map<String, String> configuration(BundleIndex index, FrameworkCache cache) {
        Map<String, String> settings = new HashMap<>();
        settings.put(Constants.FRAMEWORK_STORAGE, cache.directory().toString());
        settings.put(Constants.FRAMEWORK_BSNVERSION, Constants.FRAMEWORK_BSNVERSION_MULTIPLE);
        settings.put(Constants.FRAMEWORK_SYSTEMPACKAGES, index.systemPackages());
        settings.put(Constants.FRAMEWORK_SYSTEMCAPABILITIES_EXTRA, SERVICE_LOADER);
        settings.put("felix.cache.locking", "false");
        settings.put("felix.log.level", "1");
        settings.put("felix.service.urlhandlers", "false");
        // without this a swapped bundle's loader could fall through to the class path
        settings.put("felix.bootdelegation.implicit", "false");
        settings.put("felix.resolver.parallelism", "1");
        settings.put("ds.cache.metadata", "true");
        settings.put("felix.cm.pm", MemoryConfigurations.NAME);
        return settings;
    }

    private void install() throws BundleException {
        BundleContext context = framework.getBundleContext();
        for (BundleIndex.Entry entry : index.bundles()) {
            if (!entry.provider() || STARTED.contains(entry.symbolicName())) {
                context.installBundle(entry.location());
            }
        }
        context.registerService(PersistenceManager.class, new MemoryConfigurations(),
                new Hashtable<>(Map.of(PersistenceManager.PROPERTY_NAME, MemoryConfigurations.NAME)));
    }

    BundleContext context() {
        return framework.getBundleContext();
    }

    /// Starts the framework and the bundles that start the others. Returns when `features` is started;
    /// the features follow on its own thread.
    void start() throws BundleException {
        framework.adapt(FrameworkWiring.class).resolveBundles(null);
        framework.start();
        for (String name : STARTED) {
            Bundle bundle = context().getBundle("connect:" + name);
            if (bundle == null) {
                throw new BundleException("the distribution lacks the bundle " + name);
            }
            bundle.start(Bundle.START_TRANSIENT | Bundle.START_ACTIVATION_POLICY);
        }
    }

    /// Stops all bundles in reverse order; blocks up to `millis`.
    /// @return whether everything stopped in time
    boolean stop(long millis) throws BundleException, InterruptedException {
        framework.stop();
        return framework.waitForStop(millis).getType() == FrameworkEvent.STOPPED;
    }

    private static void log(FrameworkEvent event) {
        if (event.getType() == FrameworkEvent.ERROR) {
            LOG.log(System.Logger.Level.ERROR, "Framework error bundle=" + event.getBundle().getSymbolicName(),
                    event.getThrowable());
        }
    }
}
