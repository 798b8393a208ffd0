package io.k3j.leases;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.controllerkit.LeaseHold;
import io.k3j.controllerkit.Resources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Takes part in the election from its beginning to its end: steps when a step is due, and at once when the
/// decisive lease has been changed by somebody.
final class Candidacy {
    private static final System.Logger LOG = System.getLogger("io.k3j.leases");
    private static final String NAMESPACE = "kube-system";
    private static final String DECISIVE = "kube-controller-manager";
    /// Under whose name each lease is written; the decisive one first.
    private static final Map<String, String> WRITERS = new LinkedHashMap<>();
    private static final String READER = "k3s-cloud-controller-manager";
    private static final Duration STOP = Duration.ofSeconds(2);

    static {
        WRITERS.put(DECISIVE, "system:kube-controller-manager");
        WRITERS.put("kube-scheduler", "system:kube-scheduler");
        WRITERS.put("k3s", "system:k3s-controller");
        WRITERS.put("k3s-cloud-controller-manager", "k3s-cloud-controller-manager");
    }

    private final Election election;
    private final View leases;
    private final Semaphore changed = new Semaphore(0);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean open = true;

    /// Begins.
    /// @param holder the name in the leases, another one for each process
    /// @param begun as for [Election]
    Candidacy(ApiClient api, LeaseHold.Timing timing, String holder, InstantSource clock, Consumer<Reign> begun) {
        List<LeaseHold> holds = WRITERS.entrySet().stream().map(w -> new LeaseHold(api.as(w.getValue()),
                new Key(NAMESPACE, w.getKey()), holder, timing, clock)).toList();
        election = new Election(new Key(NAMESPACE, DECISIVE), holds, timing, clock, begun);
        leases = api.as(READER).view(Resources.LEASES, Query.in(NAMESPACE));
        leases.listen((before, after) -> {
            boolean own = after != null && after.spec().text("holderIdentity").equals(holder);
            Obj lease = after == null ? before : after;
            if (!own && lease != null && lease.name().equals(DECISIVE)) {
                changed.release();
            }
        });
        thread = Thread.ofVirtual().name("leases").start(this::run);
    }

    private void run() {
        try {
            while (open) {
                Duration pause = stepped();
                if (changed.tryAcquire(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                    changed.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended.countDown();
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
        changed.release();
        leases.close();
        try {
            if (!ended.await(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                thread.interrupt();
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
