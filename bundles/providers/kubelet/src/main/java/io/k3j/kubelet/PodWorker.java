package io.k3j.kubelet;

import io.k3j.clientapi.ApiFault;
import io.k3j.componentbase.Termination;
import io.k3j.kubeletserver.HostedPod;
import io.k3j.kubeletserver.PodWorkerMetrics.Operation;
import io.k3j.kuberuntime.Labels;
import io.k3j.kuberuntime.PodRuntime;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.model.Obj;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.podallocation.KnownPods;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The worker thread of one pod: runs a sync whenever an event concerns the pod.
///
/// ```
///   RUNNING ──deleted, gone, deadline──► TERMINATING ──containers stopped──► FINISHED
///      └──────all containers exited for good────────────────────────────────►┘
/// ```
final class PodWorker implements HostedPod, KnownPods.Pod {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final Duration RETRY = Duration.ofSeconds(2);
    private final Dependencies tools;
    private final PodSync sync;
    private final Runnable ended;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    private final Thread thread;
    private Obj pod;
    private boolean gone;
    private boolean signalled = true;
    private boolean closed;
    private final long seen = System.nanoTime();
    /// Since when a sync is wanted.
    private long wanted = seen;
    private boolean synced;
    /// Whether it ran already, or was when it was first seen.
    private boolean ran;
    /// Whether it has what the API was told of it.
    private boolean adopted;

    /// Creates the worker; [#start] starts it.
    /// @param ended called when the pod needs no further work
    PodWorker(Dependencies tools, Obj pod, Runnable ended) {
        this.tools = tools;
        this.pod = pod;
        this.ran = !pod.status().text("phase", "Pending").equals("Pending");
        this.ended = ended;
        sync = new PodSync(tools, this::wake);
        thread = Thread.ofVirtual().name("pod-" + pod.namespace() + "-" + pod.name()).unstarted(this::run);
    }

    /// Starts the thread; once.
    void start() {
        thread.start();
    }

    /// Requests a sync.
    void wake() {
        lock.lock();
        try {
            signal();
        } finally {
            lock.unlock();
        }
    }

    /// With the lock.
    private void signal() {
        if (!signalled) {
            signalled = true;
            wanted = System.nanoTime();
        }
        woken.signalAll();
    }

    /// Sets a newer version of the pod.
    void update(Obj newer) {
        lock.lock();
        try {
            pod = newer;
            signal();
        } finally {
            lock.unlock();
        }
        if (newer.terminating()) {
            sync.leave();
        }
    }

    /// Makes the pod end as failed.
    void evict(PodTermination.Eviction because) {
        sync.evict(because);
        wake();
    }

    /// Whether the pod is ending, or has ended.
    boolean ending() {
        Obj now = pod();
        return now.terminating() || PodSpecs.finished(now) || sync.ending() || leaving();
    }

    /// Marks the pod as deleted from the API.
    void gone() {
        lock.lock();
        try {
            gone = true;
            signal();
        } finally {
            lock.unlock();
        }
        sync.leave();
    }

    /// Whether the pod was marked as deleted.
    boolean leaving() {
        lock.lock();
        try {
            return gone;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Obj pod() {
        lock.lock();
        try {
            return pod;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public PodRuntime runtime() {
        return sync.seen();
    }

    private void run() {
        try {
            boolean more = true;
            while (more) {
                Obj now;
                boolean deleted;
                Operation why;
                long since;
                lock.lock();
                try {
                    if (closed) {
                        return;
                    }
                    why = operation();
                    since = signalled ? wanted : System.nanoTime();
                    signalled = false;
                    now = pod;
                    deleted = gone;
                } finally {
                    lock.unlock();
                }
                Duration next = sync(now, deleted);
                counted(why, since, now);
                more = !next.isNegative();
                if (more) {
                    await(next);
                }
            }
            ended.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sync.stop();
        }
    }

    /// Why the next sync is; with the lock.
    private Operation operation() {
        if (gone) {
            return Operation.KILL;
        }
        return !synced ? Operation.CREATE : signalled ? Operation.UPDATE : Operation.SYNC;
    }

    private void counted(Operation why, long since, Obj of) {
        synced = true;
        long now = System.nanoTime();
        tools.metrics().synced(why, now - since);
        if (!ran && runtime().runs(of)) {
            ran = true;
            tools.metrics().started(now - seen);
        }
    }

    private Duration sync(Obj now, boolean deleted) {
        try {
            return sync.sync(adopted(now), deleted);
        } catch (RuntimeFault e) {
            LOG.log(e.kind() == RuntimeFault.Kind.UNAVAILABLE ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                    "Error syncing pod={0} error={1}", now.key(), e.getMessage());
        } catch (ApiFault e) {
            LOG.log(System.Logger.Level.WARNING, "Error syncing pod={0} error={1}", now.key(), e.getMessage());
        } catch (IOException e) {
            // of the machine or of a driver, every two seconds as long as that lasts
            LOG.log(System.Logger.Level.WARNING, "Error syncing pod={0} error={1}", now.key(), e.toString());
        } catch (RuntimeException | Error e) {
            // an Error too: a pod whose worker ended would be nobody's until the next start of the kubelet
            LOG.log(System.Logger.Level.WARNING, "Error syncing pod=" + now.key(), e);
        }
        return RETRY;
    }

    /// A static pod that ran under a kubelet before goes on as the API was told of it; one that begins does not wait.
    private Obj adopted(Obj now) {
        if (adopted || !PodSpecs.isStatic(now)) {
            return now;
        }
        Obj known = tools.runtime().sandboxes(Labels.ofPod(now.uid())).isEmpty() ? now : tools.statuses().adopted(now);
        adopted = true;
        lock.lock();
        try {
            pod = known;
        } finally {
            lock.unlock();
        }
        return known;
    }

    private void await(Duration next) throws InterruptedException {
        lock.lock();
        try {
            long deleted = next.toNanos();
            while (!signalled && !closed && deleted > 0) {
                deleted = woken.awaitNanos(deleted);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Asks the thread to stop; containers keep running. [#stop] waits for it.
    void close() {
        lock.lock();
        try {
            closed = true;
            woken.signalAll();
        } finally {
            lock.unlock();
        }
        thread.interrupt();
    }

    /// As [#close], and waits for the end of the thread.
    void stop(Duration limit) {
        close();
        Termination.of(thread, limit);
    }
}
