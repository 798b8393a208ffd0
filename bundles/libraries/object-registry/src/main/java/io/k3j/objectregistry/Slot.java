package io.k3j.objectregistry;

import io.k3j.clientapi.ApiFault;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The services of one type that other bundles contribute: every generation of them, in rank order. While two
/// generations of a bundle stand side by side both are in it, and taking one away leaves the other. Any thread;
/// reading takes no lock.
public final class Slot<T> {
    /// The property that names the owner of a service: the symbolic name of the bundle that has registered it, the same
    /// for all generations. Set by whoever knows the bundle, never by the bundle itself.
    public static final String OWNER = "io.k3j.owner";
    private final Comparator<Entry<T>> order;
    private final Completeness<T> completeness;
    private volatile State<T> state;

    /// A service and its properties.
    ///
    /// @param properties of the service, as OSGi has them
    /// @param sort what it has in common with its other generations, and with nothing else: the name of its class
    /// @param name by which it is declared, as it was when the service came
    public record Entry<T>(T service, Map<String, ?> properties, String sort, String name) {
        /// Without a name, of the service's own class.
        public Entry(T service, Map<String, ?> properties) {
            this(service, properties, service.getClass().getName(), "");
        }

        private long number(String name) {
            return properties.get(name) instanceof Number n ? n.longValue() : 0;
        }

        /// Whose it is; empty when nobody has said so.
        String owner() {
            return text(OWNER);
        }

        /// A property, empty when it is no text.
        public String text(String name) {
            return properties.get(name) instanceof String s ? s : "";
        }
    }

    /// What there is at a moment, and what is missed then: another object after every change.
    /// @param all in order
    /// @param name of a declared service that is away; null when none is
    /// @param owner of remembered services that are away, whatever else is; null when none are
    public record State<T>(List<Entry<T>> all, @Nullable String name, @Nullable String owner) {
        /// Whether nothing is missed.
        public boolean complete() {
            return name == null && owner == null;
        }

        /// What is missed, by its name and by whose it is; empty when nothing is.
        /// @param what it is, as `authorizer`
        public List<String> missed(String what) {
            List<String> missed = new ArrayList<>();
            if (name != null) {
                missed.add((what + " " + name).strip());
            }
            if (owner != null && !owner.isEmpty()) {
                missed.add(what + " of " + owner);
            } else if (owner != null && name == null) {
                missed.add(what);
            }
            return List.copyOf(missed);
        }

        /// 503 for who needs what is missed: it says whose it is, since that may be a plug-in that was stopped, and for
        /// good then.
        public ApiFault away(String what) {
            return ApiFault.unavailable(String.join(", ", missed(what))
                    + " is being replaced, or was stopped: k3s bundle ls tells");
        }
    }

    private Slot(Comparator<Entry<T>> order, Completeness<T> completeness) {
        this.order = order.thenComparingLong(e -> e.number("service.id"));
        this.completeness = completeness;
        this.state = new State<>(List.of(), completeness.missingName(List.of()), null);
    }

    /// Highest service ranking first, of equals the one that was registered first.
    public static <T> Slot<T> highestFirst(Completeness<T> completeness) {
        return new Slot<>(Comparator.comparingLong((Entry<T> e) -> e.number("service.ranking")).reversed(),
                completeness);
    }

    /// Lowest value of a property first, of equals the one that was registered first.
    ///
    /// @param property a number; one that is missing counts as 0
    public static <T> Slot<T> lowestFirst(String property, Completeness<T> completeness) {
        return new Slot<>(Comparator.comparingLong((Entry<T> e) -> e.number(property)), completeness);
    }

    /// A service has come, or its properties have changed; then its place may be another.
    public void add(T service, Map<String, ?> properties) {
        add(service, properties, service.getClass().getName());
    }

    /// The same of a service that stands for another one.
    /// @param sort the name of that one's class
    public void add(T service, Map<String, ?> properties, String sort) {
        // asked by who adds, and before anybody is locked out: it may be the bundle itself that answers, late or never
        Entry<T> entry = completeness.named(new Entry<>(service, properties, sort, ""));
        synchronized (this) {
            List<Entry<T>> all = new ArrayList<>(state.all);
            all.removeIf(e -> e.service == service);
            all.add(entry);
            all.sort(order);
            become(List.copyOf(all));
        }
    }

    /// A service has gone; without effect for one that is not here. Who has taken a [State] before may still call
    /// it.
    public synchronized void remove(T service) {
        become(state.all.stream().filter(e -> e.service != service).toList());
    }

    /// A bundle was taken out for good: what it had is not missed.
    /// @param owner its symbolic name
    public synchronized void forget(String owner) {
        completeness.forget(owner);
        become(state.all);
    }

    /// A bundle that had such services before this server was started does not run, or is not missed any more.
    /// @param owner its symbolic name
    public synchronized void told(String owner, boolean missed) {
        completeness.told(owner, missed);
        become(state.all);
    }

    private void become(List<Entry<T>> all) {
        state = now(all);
    }

    private State<T> now(List<Entry<T>> all) {
        return new State<>(all, completeness.missingName(all), completeness.missingOwner(all));
    }

    /// What there is now, never changed. Who compares the object knows whether anything has.
    public State<T> state() {
        return state;
    }
}
