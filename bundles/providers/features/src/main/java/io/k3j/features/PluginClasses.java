package io.k3j.features;

import io.k3j.componentbase.ProcessExit;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.hooks.weaving.WeavingException;
import org.osgi.framework.hooks.weaving.WeavingHook;
import org.osgi.framework.hooks.weaving.WovenClass;

/// Sees every class of a plug-in before it is defined: takes out of it what would end the process ([ExitWeaver]), and
/// remembers its name, so that what runs can be told to be a plug-in's. Of swapped bundles only the names are
/// remembered; those that are shipped do not come by here. Any thread.
final class PluginClasses implements WeavingHook, SynchronousBundleListener {
    /// The locations whose bundles have a class of a name: several when they carry the same library.
    private final Map<String, Set<String>> owners = new ConcurrentHashMap<>();
    /// The class of the loaders of such bundles, which tells their classes from those of the same name on the class
    /// path.
    private volatile String loaders = "";

    @Override
    public void weave(WovenClass woven) {
        Bundle bundle = woven.getBundleWiring().getBundle();
        String location = bundle.getLocation();
        if (!location.startsWith(Handle.PLUGIN) && !location.startsWith(Handle.CHOSEN)) {
            return;
        }
        loaders = woven.getBundleWiring().getClassLoader().getClass().getName();
        note(woven.getClassName(), location);
        if (location.startsWith(Handle.CHOSEN)) {
            return;
        }
        byte[] before = woven.getBytes();
        byte[] after = woven(bundle, woven.getClassName(), before);
        if (after != before) {
            woven.setBytes(after);
            woven.getDynamicImports().add(ProcessExit.class.getPackageName());
        }
    }

    /// A class that cannot be looked through is not loaded.
    private static byte[] woven(Bundle bundle, String name, byte[] bytes) {
        try {
            return ExitWeaver.woven(bytes);
        } catch (IllegalArgumentException e) {
            throw new WeavingException("class " + name + " of " + bundle.getSymbolicName() + " is not loaded: "
                    + e.getMessage(), e);
        }
    }

    /// A bundle has a class of this name.
    void note(String name, String location) {
        owners.merge(name, Set.of(location), PluginClasses::both);
    }

    private static Set<String> both(Set<String> some, Set<String> others) {
        Set<String> all = new TreeSet<>(some);
        all.addAll(others);
        return Set.copyOf(all);
    }

    /// The location of the plug-in's bundle that a class belongs to; empty when it is none's, or several bundles have
    /// one of this name.
    /// @param loader the name of the class of its loader
    String owner(String name, String loader) {
        return loader.equals(loaders) ? owner(name) : "";
    }

    /// The same, of a class that the framework has loaded.
    String owner(String name) {
        Set<String> all = owners.getOrDefault(name, Set.of());
        String one = all.size() == 1 ? all.iterator().next() : "";
        return one.startsWith(Handle.PLUGIN) ? one : "";
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        if (event.getType() == BundleEvent.UNINSTALLED) {
            forget(event.getBundle().getLocation());
        }
    }

    /// The bundle is not there any more.
    void forget(String location) {
        owners.replaceAll((name, all) -> {
            Set<String> left = new TreeSet<>(all);
            left.remove(location);
            return Set.copyOf(left);
        });
        owners.values().removeIf(Set::isEmpty);
    }
}
