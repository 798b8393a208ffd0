package io.k3j.componentbase;

import io.k3j.componentapi.Components;
import io.k3j.componentapi.Metrics;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;

/// The [Metrics] that a dynamic reference has bound to a component, as a scrape reads them. A plug-in's are read within
/// a limit: of one that does not answer, or throws, nothing is told, and all others' figures are. Any thread; a scrape
/// blocks for 10 s at most for each plug-in that does not come back, once: it is stopped then.
public final class BoundMetrics {
    /// How long a plug-in may take, which must not block at all.
    private static final Duration LIMIT = Duration.ofSeconds(10);
    /// How many scrapes may ask one plug-in at once; it is left out of further ones.
    static final int MOST = 8;
    private static final System.Logger LOG = System.getLogger("io.k3j.componentbase");
    private final BoundServices<Source> sources = new BoundServices<>();
    private final Duration limit;

    /// Is told of what a plug-in did that it must not do.
    interface Faults {
        /// It must not run any more.
        void stop(String what);

        /// It may; empty when it does not do it any more.
        void warn(String what);
    }

    private record Told(Bundle owner) implements Faults {
        @Override
        public void stop(String what) {
            FaultyBundle.tell(owner, FaultyBundle.CALL, what);
        }

        @Override
        public void warn(String what) {
            FaultyBundle.warn(owner, FaultyBundle.CALL, what);
        }
    }

    /// A plug-in's way to be asked.
    private static final class Guard {
        private final Faults faults;
        private final LimitedCalls calls = new LimitedCalls("plugin-metrics", MOST);
        private final AtomicBoolean broken = new AtomicBoolean();
        private final AtomicBoolean throwing = new AtomicBoolean();

        Guard(Faults faults) {
            this.faults = faults;
        }

        String text(Metrics metrics, Duration limit) {
            if (broken.get()) {
                return "";
            }
            try {
                String text = calls.call(metrics::text, limit);
                if (throwing.getAndSet(false)) {
                    faults.warn("");
                }
                return text == null ? "" : text;
            } catch (ExecutionException e) {
                if (!throwing.getAndSet(true)) {
                    LOG.log(System.Logger.Level.ERROR, "Plugin failed call=Metrics.text", e.getCause());
                    faults.warn("has thrown from Metrics.text; the log has the details");
                }
            } catch (TimeoutException e) {
                if (!broken.getAndSet(true)) {
                    faults.stop("Metrics.text: " + e.getMessage());
                }
            } catch (RejectedExecutionException e) {
                // those who ask are many, which it cannot help
                LOG.log(System.Logger.Level.DEBUG, "Plugin is left out of a scrape", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return "";
        }
    }

    private record Source(Metrics metrics, Optional<Guard> guard) {
        String text(Duration limit) {
            return guard.isEmpty() ? metrics.text() : guard.get().text(metrics, limit);
        }
    }

    /// Nothing is bound yet.
    public BoundMetrics() {
        this(LIMIT);
    }

    /// @param limit how long a plug-in may take
    BoundMetrics(Duration limit) {
        this.limit = limit;
    }

    /// Adds those of a component as its reference is bound; once, however often that happens.
    public void add(Metrics metrics, ServiceReference<Metrics> reference) {
        Bundle owner = reference.getBundle();
        Optional<Faults> faults = owner == null || !owner.getLocation().startsWith(Components.PLUGIN_LOCATION)
                ? Optional.empty()
                : Optional.of(new Told(owner));
        add(metrics, BoundServices.registered(reference), faults);
    }

    /// @param registered whether it still is a service
    /// @param faults of a plug-in
    void add(Metrics metrics, BooleanSupplier registered, Optional<Faults> faults) {
        sources.replace(source -> source.metrics == metrics, new Source(metrics, faults.map(Guard::new)), registered);
    }

    /// Removes those of a component; without effect for one that is not there.
    public void remove(Metrics metrics) {
        sources.removeIf(source -> source.metrics == metrics);
    }

    /// What each of them says now.
    public List<String> texts() {
        return sources.present().stream().map(source -> source.text(limit)).toList();
    }
}
