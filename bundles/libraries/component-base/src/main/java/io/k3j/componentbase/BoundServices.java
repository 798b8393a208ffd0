package io.k3j.componentbase;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.osgi.framework.ServiceReference;

/// The services that a dynamic reference has bound to a component, as they are asked: each once, and none that is not
/// registered any more. Declarative Services calls `bind` and `unbind` on the threads of those who register and
/// unregister; where these cross, a service may be bound twice, or bound after it was unbound, and nobody would take it
/// out any more. Any thread; never blocks.
///
/// @param <T> their type
public final class BoundServices<T> {
    private final List<Bound<T>> all = new CopyOnWriteArrayList<>();

    private record Bound<T>(T service, BooleanSupplier registered) {
    }

    /// Nothing is bound yet.
    public BoundServices() {
        // nothing to prepare
    }

    /// Adds a service as its reference is bound; one that is there becomes the newest.
    ///
    /// @param reference tells whether it is still registered
    public void add(T service, ServiceReference<T> reference) {
        add(service, registered(reference));
    }

    /// The same, of a service of which something else tells whether it is still registered.
    ///
    /// @param registered asked by each [#present]; must not block
    public synchronized void add(T service, BooleanSupplier registered) {
        remove(service);
        all.add(new Bound<>(service, registered));
    }

    /// Removes a service; without effect for one that is not there.
    public synchronized void remove(T service) {
        all.removeIf(bound -> bound.service == service);
    }

    /// Those that are registered now, the newest last.
    public List<T> present() {
        List<T> present = new ArrayList<>();
        boolean gone = false;
        for (Bound<T> bound : all) {
            if (bound.registered.getAsBoolean()) {
                present.add(bound.service);
            } else {
                gone = true;
            }
        }
        if (gone) {
            all.removeIf(bound -> !bound.registered.getAsBoolean());
        }
        return present;
    }

    /// Whether the service of a reference is registered when it is asked.
    public static BooleanSupplier registered(ServiceReference<?> reference) {
        return () -> reference.getBundle() != null;
    }
}
