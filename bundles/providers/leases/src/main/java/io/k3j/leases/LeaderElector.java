package io.k3j.leases;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Candidate;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.TimeSource;
import io.k3j.componentbase.BoundServices;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.LeaseHold;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Runs the election from start to stop: a step when one is due, and immediately after another server has
/// changed a Lease or the candidates of this server have changed.
final class LeaderElector {
    private static final System.Logger LOG = System.getLogger("io.k3j.leases");
    static final String NAMESPACE = "kube-system";
    /// The user that writes each Lease.
    private static final Map<String, String> WRITERS = Map.of(Candidate.CONTROLLERS, "system:kube-controller-manager",
            Candidate.SCHEDULER, "system:kube-scheduler", Candidate.SERVER, "system:k3s-supervisor", Candidate.CLOUD,
            "k3s-cloud-controller-manager");
    /// The flag that removes each component from a server; every server has the component `k3s`.
    private static final Map<String, String> FLAGS = Map.of(Candidate.CONTROLLERS, "--disable-controller-manager",
            Candidate.SCHEDULER, "--disable-scheduler", Candidate.CLOUD, "--disable-cloud-controller");
    private static final String READER = Objects.requireNonNull(WRITERS.get(Candidate.CLOUD));
    private static final Duration STOP = Duration.ofSeconds(2);
    /// How long it is waited for one that did not end by itself: it must not renew what is released then.
    private static final Duration INTERRUPTED = Duration.ofSeconds(1);

    private final BoundServices<Stood> candidates = new BoundServices<>();
    private final Election election;
    private final View leases;
    private final String holder;
    private final Semaphore changed = new Semaphore(0);
    private final SupervisedLoop loop;
    private volatile boolean open = true;

    /// Does not start yet.
    /// @param holder the identity in the Leases, unique for each process
    /// @param begun as for [LeaseLock.Rules]
    /// @param health receives the state of its thread
    // one parameter for each collaborator
    @SuppressWarnings("checkstyle:ParameterNumber")
    LeaderElector(ApiClient api, LeaseHold.Timing timing, String holder, TimeSource time,
            Consumer<LeadershipTerm> begun,
            Health health) {
        this.loop = SupervisedLoop.virtual(health, "leases-candidacy", this::run);
        this.holder = holder;
        leases = api.as(READER).view(BuiltinResources.LEASES, Query.in(NAMESPACE));
        LeaseLock.Rules rules = new LeaseLock.Rules(timing, time.monotonic(), begun);
        election = new Election(Candidate.LEASES.stream().map(Shared::new).map(lease -> new LeaseLock(lease,
                new LeaseHold(api.as(Objects.requireNonNull(WRITERS.get(lease.name))), lease.key(), holder, timing,
                        time),
                rules)).toList());
    }

    /// A candidate and the lease it has named when it came: a plug-in that does not come back when it is asked keeps
    /// itself from being a candidate, and not this server from renewing its Leases.
    private record Stood(Candidate candidate, String lease) {
    }

    private final class Shared implements LeaseLock.Lease {
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
            return name.equals(Candidate.SERVER) || candidates.present().stream().anyMatch(c -> name.equals(c.lease));
        }

        @Override
        public Optional<Obj> observed() {
            return leases.get(key());
        }

        @Override
        public String flag() {
            return FLAGS.getOrDefault(name, "");
        }
    }

    /// Which Leases this server leads by, as [Election#text].
    String metrics() {
        return election.text();
    }

    /// Starts the election.
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

    /// Adds a candidate of this server; asks it for its lease, on the thread of who registers it.
    /// @param registered whether it still is a service: for one that is none any more no Lease is wanted
    void add(Candidate candidate, BooleanSupplier registered) {
        Stood stood = new Stood(candidate, candidate.lease());
        candidates.replace(one -> one.candidate == candidate, stood, registered);
        changed.release();
    }

    /// Removes a candidate of this server.
    void remove(Candidate candidate) {
        candidates.removeIf(one -> one.candidate == candidate);
        changed.release();
    }

    private void run() throws InterruptedException {
        while (open) {
            Duration pause = tryStep();
            if (changed.tryAcquire(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                changed.drainPermits();
            }
        }
    }

    private Duration tryStep() {
        try {
            return election.step();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "Leader election failed, retrying", e);
            return Duration.ofSeconds(1);
        }
    }

    /// Stops the election and ends all terms; `stopped` then waits until the controllers have stopped. Releases
    /// the Leases after that, never before.
    void close(Stopping stopped) {
        open = false;
        loop.close();
        changed.release();
        leases.close();
        try {
            if (!loop.join(STOP.toMillis())) {
                loop.stop(INTERRUPTED);
            }
            election.resign();
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        election.release();
    }

    /// Waits for a limited time.
    interface Stopping {
        /// Returns when the controllers have stopped, or on timeout.
        void await() throws InterruptedException;
    }
}
