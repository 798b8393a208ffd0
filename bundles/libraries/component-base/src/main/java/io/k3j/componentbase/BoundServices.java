package io.k3j.componentbase;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.osgi.framework.ServiceReference;

/// The services that a dynamic reference has bound to a component, as they are asked: each once, and none that is not
/// registered any more. Declarative Services calls `bind` and `unbind` on the threads of those who register and
/// unregister; where these cross, a service may be bound twice, or bound after it was unbound, and nobody would take it
/// out any more. Any thread; never blocks.
///
/// @param <T> their type
public final class BoundServices<T> {
    /// Replaced as a whole, so that one that is bound again is missed by nobody meanwhile.
    private volatile List<Bound<T>> all = List.of();

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
    public void add(T service, BooleanSupplier registered) {
        replace(bound -> bound == service, service, registered);
    }

    /// Adds a service in the place of those of which this holds, for who keeps more of a service than itself: whoever
    /// asks meanwhile finds the one or the other.
    ///
    /// @param which must not block
    /// @param registered asked by each [#present]; must not block
    public synchronized void replace(Predicate<? super T> which, T service, BooleanSupplier registered) {
        List<Bound<T>> more = new ArrayList<>(without(which));
        more.add(new Bound<>(service, registered));
        all = List.copyOf(more);
    }

    /// Removes a service; without effect for one that is not there.
    public void remove(T service) {
        removeIf(bound -> bound == service);
    }

    /// Removes those of which this holds, for who keeps more of a service than itself.
    ///
    /// @param which must not block
    public synchronized void removeIf(Predicate<? super T> which) {
        all = without(which);
    }

    private List<Bound<T>> without(Predicate<? super T> which) {
        return all.stream().filter(bound -> !which.test(bound.service)).toList();
    }

    /// Those that are registered now, the newest last.
    public List<T> present() {
        List<Bound<T>> bound = all;
        List<Bound<T>> there = bound.stream().filter(one -> one.registered.getAsBoolean()).toList();
        if (there.size() < bound.size()) {
            forget();
        }
        return there.stream().map(Bound::service).toList();
    }

    /// A service that is registered no more never is again.
    private synchronized void forget() {
        all = all.stream().filter(one -> one.registered.getAsBoolean()).toList();
    }

    /// Whether the service of a reference is registered when it is asked.
    public static BooleanSupplier registered(ServiceReference<?> reference) {
        return () -> reference.getBundle() != null;
    }
}
