package io.k3j.leases;

import io.k3j.clientapi.Candidate;
import io.k3j.clientapi.Term;
import io.k3j.componentapi.Phases;
import io.k3j.model.Key;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.condition.Condition;

/// What a leader has: for each lease the [Term] and the condition, registered from the beginning of a reign to its end
/// or deadline by a thread per reign. Registering and unregistering start and stop the controllers and take
/// their time, which the election must not wait for.
final class Office {
    private static final Duration STOP = Duration.ofSeconds(4);
    private static final System.Logger LOG = System.getLogger("io.k3j.leases");
    private final BundleContext context;
    private final Map<String, Thread> holders = new HashMap<>();

    Office(BundleContext context) {
        this.context = context;
    }

    /// This server leads; when the last reign has been cleared away, the office is opened.
    synchronized void enter(Reign reign) {
        Thread before = holders.get(reign.lease().name());
        holders.put(reign.lease().name(), Thread.ofVirtual().name("leader").start(() -> {
            try {
                if (before != null) {
                    before.join();
                }
                hold(reign);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
    }

    private void hold(Reign reign) throws InterruptedException {
        LOG.log(System.Logger.Level.INFO, "this server leads lease={0}", reign.lease().name());
        ServiceRegistration<Term> term = context.registerService(Term.class, reign, null);
        ServiceRegistration<Condition> leader = condition(reign.lease().name());
        try {
            reign.await();
        } finally {
            reign.end();
            LOG.log(System.Logger.Level.INFO, "this server leads no more lease={0}", reign.lease().name());
            leader.unregister();
            term.unregister();
        }
    }

    private ServiceRegistration<Condition> condition(String lease) {
        return context.registerService(Condition.class, Condition.INSTANCE,
                FrameworkUtil.asDictionary(Map.of(Condition.CONDITION_ID, Phases.LEADER + lease)));
    }

    /// For who leads without an election: all leases for good.
    /// @return ends it
    Runnable always() {
        List<ServiceRegistration<?>> all = Candidate.LEASES.stream().flatMap(lease -> Stream.of(
                context.registerService(Term.class, new Unelected(new Key(Candidacy.NAMESPACE, lease)), null),
                condition(lease))).toList();
        return () -> all.reversed().forEach(ServiceRegistration::unregister);
    }

    /// Asks no lease.
    private record Unelected(Key lease) implements Term {
        @Override
        public boolean elected() {
            return false;
        }

        @Override
        public long revision() {
            return 0;
        }

        @Override
        public long after(long known, Duration atMost) {
            return 0;
        }
    }

    /// Waits a moment until reigns that have ended are cleared away.
    void settle() throws InterruptedException {
        List<Thread> now;
        synchronized (this) {
            now = List.copyOf(holders.values());
        }
        long end = System.nanoTime() + STOP.toNanos();
        for (Thread holder : now) {
            holder.join(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
        }
    }
}
