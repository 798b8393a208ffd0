package io.k3j.leases;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Candidate;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.SupervisedLoop;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.LeaseHold;
import io.k3j.controllerkit.Resources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Takes part in the election from its beginning to its end: steps when a step is due, and at once when a lease has
/// been changed by somebody or this server has got a part more.
final class Candidacy {
    private static final System.Logger LOG = System.getLogger("io.k3j.leases");
    static final String NAMESPACE = "kube-system";
    /// Under whose name each lease is written.
    private static final Map<String, String> WRITERS = Map.of(Candidate.CONTROLLERS, "system:kube-controller-manager",
            Candidate.SCHEDULER, "system:kube-scheduler", Candidate.SERVER, "system:k3s-supervisor", Candidate.CLOUD,
            "k3s-cloud-controller-manager");
    /// What takes each part away from a server; every server has the fourth.
    private static final Map<String, String> FLAGS = Map.of(Candidate.CONTROLLERS, "--disable-controller-manager",
            Candidate.SCHEDULER, "--disable-scheduler", Candidate.CLOUD, "--disable-cloud-controller");
    private static final String READER = WRITERS.get(Candidate.CLOUD);
    private static final Duration STOP = Duration.ofSeconds(2);

    private final Set<Candidate> candidates = ConcurrentHashMap.newKeySet();
    private final Election election;
    private final View leases;
    private final String holder;
    private final Semaphore changed = new Semaphore(0);
    private final SupervisedLoop loop;
    private volatile boolean open = true;

    /// Not begun yet.
    /// @param holder the name in the leases, another one for each process
    /// @param begun as for [Seat.Rules]
    /// @param health where its thread reports
    // what it stands on, and where it reports
    @SuppressWarnings("checkstyle:ParameterNumber")
    Candidacy(ApiClient api, LeaseHold.Timing timing, String holder, TimeSource time, Consumer<Reign> begun,
            Health health) {
        this.loop = SupervisedLoop.virtual(health, "leases-candidacy", this::run);
        this.holder = holder;
        leases = api.as(READER).view(Resources.LEASES, Query.in(NAMESPACE));
        Seat.Rules rules = new Seat.Rules(timing, time.monotonic(), begun);
        election = new Election(Candidate.LEASES.stream().map(Shared::new).map(lease -> new Seat(lease,
                new LeaseHold(api.as(WRITERS.get(lease.name)), lease.key(), holder, timing, time), rules)).toList());
    }

    private final class Shared implements Seat.Lease {
        private final String name;

        Shared(String name) {
            this.name = name;
        }

        @Override
        public Key key() {
            return new Key(NAMESPACE, name);
        }

        @Override
        public boolean wanted() {
            return name.equals(Candidate.SERVER) || candidates.stream().anyMatch(c -> c.lease().equals(name));
        }

        @Override
        public Optional<Obj> seen() {
            return leases.get(key());
        }

        @Override
        public String flag() {
            return FLAGS.getOrDefault(name, "");
        }
    }

    /// Begins, standing for what there are candidates for.
    void begin() {
        leases.listen((before, after) -> {
            boolean own = after != null && after.spec().text("holderIdentity").equals(holder);
            Obj lease = after == null ? before : after;
            if (!own && lease != null && Candidate.LEASES.contains(lease.name())) {
                changed.release();
            }
        });
        loop.start();
    }

    /// This server has one part more.
    void stand(Candidate candidate) {
        candidates.add(candidate);
        changed.release();
    }

    /// This server has one part less.
    void withdraw(Candidate candidate) {
        candidates.remove(candidate);
        changed.release();
    }

    private void run() throws InterruptedException {
        while (open) {
            Duration pause = stepped();
            if (changed.tryAcquire(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                changed.drainPermits();
            }
        }
    }

    private Duration stepped() {
        try {
            return election.step();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "election failed, trying again", e);
            return Duration.ofSeconds(1);
        }
    }

    /// Stops trying and ends a reign; `cleared` then waits until what ran under it has stopped. After that the
    /// leases are free for others.
    void close(Clearing cleared) {
        open = false;
        loop.close();
        changed.release();
        leases.close();
        try {
            if (!loop.join(STOP.toMillis())) {
                loop.interrupt();
            }
            election.resign();
            cleared.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        election.release();
    }

    /// Waits a bounded time.
    interface Clearing {
        /// Returns when all is cleared away or the time is over.
        void await() throws InterruptedException;
    }
}
