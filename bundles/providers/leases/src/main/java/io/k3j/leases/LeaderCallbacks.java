package io.k3j.leases;

import io.k3j.clientapi.Candidate;
import io.k3j.clientapi.Term;
import io.k3j.componentapi.Phases;
import io.k3j.componentbase.ActivationWatch;
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

/// The services of a leader: for each Lease the [Term] and the condition, registered from the start of a term
/// until its end or deadline, on a thread per term. Registering and unregistering start and stop the
/// controllers, which takes time the election must not wait for.
final class LeaderCallbacks {
    private static final Duration STOP = Duration.ofSeconds(4);
    /// How long a component of a plug-in may take that begins with a term, and that ends with it: less than a bundle
    /// may take to start, since a lead without an election begins with that.
    private static final Duration ACTIVATION = Duration.ofSeconds(20);
    private static final Duration DEACTIVATION = Duration.ofSeconds(3);
    private static final System.Logger LOG = System.getLogger("io.k3j.leases");
    private final ActivationWatch coming = new ActivationWatch(ACTIVATION);
    private final ActivationWatch going = new ActivationWatch(DEACTIVATION);
    private final BundleContext context;
    private final Map<String, Thread> holders = new HashMap<>();

    LeaderCallbacks(BundleContext context) {
        this.context = context;
    }

    /// This server leads. Registers the services once those of the previous term are unregistered.
    synchronized void start(LeadershipTerm term) {
        Thread previous = holders.get(term.lease().name());
        holders.put(term.lease().name(), Thread.ofVirtual().name("leader").start(() -> {
            try {
                if (previous != null) {
                    previous.join();
                }
                hold(term);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
    }

    private void hold(LeadershipTerm term) throws InterruptedException {
        LOG.log(System.Logger.Level.INFO, "Acquired lease kube-system/{0}", term.lease().name());
        ServiceRegistration<Term> service = context.registerService(Term.class, term, null);
        ServiceRegistration<Condition> leader = condition(term.lease().name());
        try {
            term.await();
        } finally {
            term.end();
            LOG.log(System.Logger.Level.INFO, "Lost lease kube-system/{0}", term.lease().name());
            going.run(leader::unregister);
            service.unregister();
        }
    }

    private ServiceRegistration<Condition> condition(String lease) {
        return coming.call(() -> context.registerService(Condition.class, Condition.INSTANCE,
                FrameworkUtil.asDictionary(Map.of(Condition.CONDITION_ID, Phases.LEADER + lease))));
    }

    /// For a server that leads without an election: registers all services until they are withdrawn.
    /// @return withdraws them
    Runnable always() {
        List<ServiceRegistration<?>> all = Candidate.LEASES.stream().flatMap(lease -> Stream.of(
                context.registerService(Term.class, new Unelected(new Key(LeaderElector.NAMESPACE, lease)), null),
                condition(lease))).toList();
        return () -> all.reversed().forEach(one -> going.run(one::unregister));
    }

    /// The term of a server without an election, which holds no Lease.
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

    /// Waits up to four seconds until the services of ended terms are unregistered.
    void awaitStopped() throws InterruptedException {
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
