package io.k3j.launcher;

import io.k3j.componentapi.Phases;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceReference;

/// Hears of phases as their condition services come and go. That one has been reached is told once per process: a swap
/// that makes a phase go and come again is no new start.
final class PhaseWatch implements ServiceListener {
    private static final String FILTER = "(&(objectClass=org.osgi.service.condition.Condition)(" + Phases.ID
            + "=io.k3j.*))";

    private static final String CONTROLLERS = Phases.LEADER + "kube-controller-manager";

    private final Consumer<String> reached;
    private final BiConsumer<String, Boolean> holds;
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final Set<ServiceReference<?>> present = new HashSet<>();

    private PhaseWatch(Consumer<String> reached, BiConsumer<String, Boolean> holds) {
        this.reached = reached;
        this.holds = holds;
    }

    /// Calls `reached` with the id when a phase comes for the first time, `holds` whenever one comes or goes, on the
    /// thread that registers the condition or withdraws it.
    static void on(BundleContext context, Consumer<String> reached, BiConsumer<String, Boolean> holds)
            throws InvalidSyntaxException {
        PhaseWatch watch = new PhaseWatch(reached, holds);
        context.addServiceListener(watch, FILTER);
        ServiceReference<?>[] there = context.getAllServiceReferences(null, FILTER);
        if (there != null) {
            for (ServiceReference<?> reference : there) {
                watch.saw(reference);
            }
        }
    }

    @Override
    public void serviceChanged(ServiceEvent event) {
        if (event.getType() == ServiceEvent.REGISTERED) {
            saw(event.getServiceReference());
        } else if (event.getType() == ServiceEvent.UNREGISTERING) {
            gone(event.getServiceReference());
        }
    }

    private void saw(ServiceReference<?> reference) {
        if (reference.getProperty(Phases.ID) instanceof String id && told(id)) {
            if (seen.add(id)) {
                reached.accept(id);
            }
            came(reference, id);
        }
    }

    /// One thread at a time, so that what is told last is true.
    private synchronized void came(ServiceReference<?> reference, String id) {
        present.add(reference);
        holds.accept(id, true);
    }

    /// In a swap the new one may be there before the old one goes.
    private synchronized void gone(ServiceReference<?> reference) {
        present.remove(reference);
        if (reference.getProperty(Phases.ID) instanceof String id && told(id)
                && present.stream().noneMatch(other -> id.equals(other.getProperty(Phases.ID)))) {
            holds.accept(id, false);
        }
    }

    /// Of all that may run now, controllers stand for the rest: most servers begin with them together.
    private static boolean told(String id) {
        return !id.startsWith(Phases.LEADER) || id.equals(CONTROLLERS);
    }

    /// How a phase reads in a progress line.
    static String words(String id) {
        Map<String, String> known = Map.of(Phases.DATASTORE_READY, "datastore ready", Phases.APISERVER_READY,
                "API server ready", Phases.NODE_READY, "node Ready", CONTROLLERS,
                "acquired lease kube-system/kube-controller-manager",
                "io.k3j.joined", "joined the cluster");
        return known.getOrDefault(id, id.substring("io.k3j.".length()).replace('-', ' '));
    }
}
