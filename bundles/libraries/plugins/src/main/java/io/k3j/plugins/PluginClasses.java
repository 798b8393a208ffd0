package io.k3j.plugins;

import io.k3j.componentbase.ProcessExit;
import io.k3j.featuremodel.Handle;
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
    /// The locations whose bundles were stopped, and may have left something behind.
    private final Set<String> stopped = ConcurrentHashMap.newKeySet();
    /// Made beforehand, for when nothing can be made.
    private final WeavingException deep = new WeavingException("a class is not loaded: the stack has no room left");
    /// The class of the loaders of such bundles, which tells their classes from those of the same name on the class
    /// path.
    private volatile String loaders = "";

    @Override
    public void weave(WovenClass woven) {
        // a hook that throws anything else is never asked again, for no plug-in
        try {
            see(woven);
        } catch (StackOverflowError e) {
            // there may be no room on the stack to make another one
            throw deep;
        } catch (WeavingException e) {
            throw e;
        } catch (Throwable e) {
            throw refused(woven.getClassName(), e);
        }
    }

    /// By the location of its bundle, which says where a bundle comes from, and which no bundle can choose.
    private void see(WovenClass woven) {
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
        byte[] after = woven(woven.getClassName(), before);
        if (after != before) {
            woven.setBytes(after);
            woven.getDynamicImports().add(ProcessExit.class.getPackageName());
        }
    }

    /// A class that cannot be looked through is not loaded.
    /// @throws WeavingException whatever is wrong with it
    static byte[] woven(String name, byte[] bytes) {
        try {
            return ExitWeaver.woven(bytes);
        } catch (RuntimeException | StackOverflowError e) {
            throw refused(name, e);
        }
    }

    /// Of errors of its own the weaver says what is wrong with the class, of others their name says enough.
    private static WeavingException refused(String name, Throwable why) {
        return new WeavingException("class " + name + " is not loaded: "
                + (why instanceof IllegalArgumentException ? why.getMessage() : why.getClass().getName()), why);
    }

    /// A bundle has a class of this name.
    void note(String name, String location) {
        owners.merge(name, Set.of(location), PluginClasses::both);
    }

    /// Several bundles may have a class of one name.
    private static Set<String> both(Set<String> some, Set<String> others) {
        Set<String> all = new TreeSet<>(some);
        all.addAll(others);
        return Set.copyOf(all);
    }

    /// The location of the plug-in's bundle that a class belongs to; empty when it is none's, or several bundles that
    /// run have one of this name. One that does not run any more has it only when no other does.
    /// @param loader the name of the class of its loader
    String owner(String name, String loader) {
        return loader.equals(loaders) ? owner(name) : "";
    }

    /// The same, of a class that the framework has loaded.
    String owner(String name) {
        Set<String> all = owners.getOrDefault(name, Set.of());
        if (all.size() > 1) {
            Set<String> running = new TreeSet<>(all);
            running.removeAll(stopped);
            all = running.isEmpty() ? all : running;
        }
        String one = all.size() == 1 ? all.iterator().next() : "";
        return one.startsWith(Handle.PLUGIN) ? one : "";
    }

    /// A bundle was stopped, or runs again.
    ///
    /// @param so whether it was stopped
    void stopped(String location, boolean so) {
        if (so) {
            stopped.add(location);
        } else {
            stopped.remove(location);
        }
    }

    /// Whether the bundle of a location was stopped.
    boolean stopped(String location) {
        return stopped.contains(location);
    }

    /// What a plug-in has left goes on with its classes: they are forgotten by who looks after that.
    @Override
    public void bundleChanged(BundleEvent event) {
        String location = event.getBundle().getLocation();
        boolean plugin = location.startsWith(Handle.PLUGIN);
        switch (event.getType()) {
            case BundleEvent.STARTING -> stopped(location, false);
            case BundleEvent.STOPPED, BundleEvent.UNINSTALLED -> {
                if (plugin) {
                    // one that nothing was loaded of leaves nothing
                    stopped(location, owners.values().stream().anyMatch(all -> all.contains(location)));
                } else if (event.getType() == BundleEvent.UNINSTALLED) {
                    forget(location);
                }
            }
            default -> {
                // nothing has begun or ended
            }
        }
    }

    /// Nothing of the bundle is there any more.
    void forget(String location) {
        stopped.remove(location);
        owners.replaceAll((name, all) -> {
            Set<String> left = new TreeSet<>(all);
            left.remove(location);
            return Set.copyOf(left);
        });
        owners.values().removeIf(Set::isEmpty);
    }
}
