package io.k3j.leases;

import io.k3j.clientapi.Term;
import io.k3j.componentapi.Phases;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.condition.Condition;

/// What the leader has: the [Term] and the condition, registered from the beginning of a reign to its end or
/// deadline by a thread per reign. Registering and unregistering start and stop the controllers and take
/// their time, which the election must not wait for.
final class Office {
    private static final Duration STOP = Duration.ofSeconds(4);
    private static final System.Logger LOG = System.getLogger("io.k3j.leases");
    private final BundleContext context;
    private @Nullable Thread holder;

    Office(BundleContext context) {
        this.context = context;
    }

    /// This server leads; when the last reign has been cleared away, the office is opened.
    synchronized void enter(Reign reign) {
        Thread before = holder;
        holder = Thread.ofVirtual().name("leader").start(() -> {
            try {
                if (before != null) {
                    before.join();
                }
                hold(reign);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void hold(Reign reign) throws InterruptedException {
        LOG.log(System.Logger.Level.INFO, "this server leads lease={0}", reign.lease().name());
        ServiceRegistration<Term> term = context.registerService(Term.class, reign, null);
        ServiceRegistration<Condition> leader = always();
        try {
            reign.await();
        } finally {
            reign.end();
            LOG.log(System.Logger.Level.INFO, "this server leads no more lease={0}", reign.lease().name());
            leader.unregister();
            term.unregister();
        }
    }

    /// The condition alone, for who leads without a term.
    ServiceRegistration<Condition> always() {
        return context.registerService(Condition.class, Condition.INSTANCE,
                FrameworkUtil.asDictionary(Map.of(Condition.CONDITION_ID, Phases.LEADER)));
    }

    /// Waits a moment until a reign that has ended is cleared away.
    void settle() throws InterruptedException {
        Thread now;
        synchronized (this) {
            now = holder;
        }
        if (now != null) {
            now.join(STOP);
        }
    }
}
