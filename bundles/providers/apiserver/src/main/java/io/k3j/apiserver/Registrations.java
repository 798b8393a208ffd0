package io.k3j.apiserver;

import io.k3j.componentapi.Phases;
import io.k3j.componentbase.ActivationWatch;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Hashtable;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.condition.Condition;

/// The services that this server has registered. For any thread.
final class Registrations implements AutoCloseable {
    /// Service property of a condition: whether other servers write to the datastore.
    private static final String SHARED = "io.k3j.shared";
    /// How long a component of a plug-in may take that waits for one of these services, and when that goes.
    private static final Duration ACTIVATION = Duration.ofSeconds(30);
    private static final Duration DEACTIVATION = Duration.ofSeconds(5);
    private final ActivationWatch coming = new ActivationWatch(ACTIVATION);
    private final ActivationWatch going = new ActivationWatch(DEACTIVATION);
    private final BundleContext context;
    private final Deque<Runnable> ends = new ArrayDeque<>();

    Registrations(BundleContext context) {
        this.context = context;
    }

    /// Registers a service, or its factory.
    /// @param gone called right after it was unregistered
    synchronized void add(Class<?> type, Object service, Map<String, ?> properties, Runnable gone) {
        ServiceRegistration<?> registration = coming.<ServiceRegistration<?>>call(
                () -> context.registerService(type.getName(), service, new Hashtable<>(properties)));
        ends.push(() -> {
            going.run(registration::unregister);
            gone.run();
        });
    }

    void add(Class<?> type, Object service, Map<String, ?> properties) {
        add(type, service, properties, () -> {
        });
    }

    /// Registers a condition.
    void condition(String id, boolean shared) {
        add(Condition.class, Condition.INSTANCE, Map.of(Phases.ID, id, SHARED, shared));
    }

    /// Unregisters all, the last one first.
    @Override
    public synchronized void close() {
        ends.forEach(Runnable::run);
        ends.clear();
    }
}
