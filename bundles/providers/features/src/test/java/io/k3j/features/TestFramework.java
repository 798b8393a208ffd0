package io.k3j.features;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.Version;
import org.osgi.framework.wiring.FrameworkWiring;

/// A framework as far as bundles come, run and go in it. They have no content: their names are those of their
/// locations.
final class TestFramework {
    private final Map<String, Bundle> installed = new ConcurrentHashMap<>();
    private final List<String> done = new CopyOnWriteArrayList<>();

    /// Something of which a test needs little.
    static <T> T answering(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    /// What was done to bundles, by their locations, in order.
    List<String> done() {
        return done;
    }

    BundleContext context() {
        return answering(BundleContext.class, (_, method, arguments) -> switch (method.getName()) {
            case "installBundle" -> installed.computeIfAbsent((String) arguments[0], this::bundle);
            case "getBundle" ->
                arguments[0].equals(Constants.SYSTEM_BUNDLE_LOCATION) ? system() : installed.get(arguments[0]);
            case "getBundles" -> installed.values().toArray(Bundle[]::new);
            default -> throw new UnsupportedOperationException(method.getName());
        });
    }

    private Bundle system() {
        FrameworkWiring wiring = answering(FrameworkWiring.class, (_, method, arguments) -> {
            if (method.getName().equals("resolveBundles")) {
                return true;
            }
            ((Collection<?>) arguments[0]).forEach(bundle -> done.add("refresh " + bundle));
            for (FrameworkListener listener : (FrameworkListener[]) arguments[1]) {
                listener.frameworkEvent(null);
            }
            return null;
        });
        return answering(Bundle.class, (_, _, _) -> wiring);
    }

    private Bundle bundle(String location) {
        AtomicInteger state = new AtomicInteger(Bundle.INSTALLED);
        String file = location.substring(location.indexOf(':') + 1);
        String name = file.indexOf('-') < 0 ? file : file.substring(0, file.lastIndexOf('-'));
        return answering(Bundle.class, (self, method, arguments) -> switch (method.getName()) {
            case "getLocation", "toString" -> location;
            case "getSymbolicName" -> name;
            case "getVersion" -> new Version(1, 0, 0);
            case "getBundleId" -> (long) installed.size();
            case "getState" -> state.get();
            case "start" -> become(state, Bundle.ACTIVE, "start " + location);
            case "stop" -> become(state, Bundle.RESOLVED, "stop " + location);
            case "uninstall" -> {
                installed.remove(location);
                yield become(state, Bundle.UNINSTALLED, "uninstall " + location);
            }
            case "equals" -> self == arguments[0];
            case "hashCode" -> System.identityHashCode(self);
            default -> throw new UnsupportedOperationException(method.getName());
        });
    }

    private Object become(AtomicInteger state, int next, String what) {
        state.set(next);
        done.add(what);
        return null;
    }
}
