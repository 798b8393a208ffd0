package io.k3j.kubelet;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.Obj;
import io.k3j.nodeapi.RuntimeFault;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// One pod's thread: takes a step whenever something concerning the pod has happened.
///
/// ```
///   RUNNING ──deleted, gone, deadline──► ENDING ──all containers ended──► ENDED
///      └──────all containers done────────────────────────────────────────►┘
/// ```
final class PodWorker {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);
    private final Tools tools;
    private final PodStep step;
    private final Runnable ended;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    private final Thread thread;
    private Obj pod;
    private boolean gone;
    private boolean signalled = true;
    private boolean closed;

    /// Begins to work.
    /// @param ended called when nothing is left to do for the pod, now and for ever
    PodWorker(Tools tools, Obj pod, Runnable ended) {
        this.tools = tools;
        this.pod = pod;
        this.ended = ended;
        step = new PodStep(tools, this::wake);
        thread = Thread.ofVirtual().name("pod-" + pod.namespace() + "-" + pod.name()).unstarted(this::run);
    }

    /// Starts the thread; once.
    PodWorker start() {
        thread.start();
        return this;
    }

    /// Something has happened: look again.
    void wake() {
        lock.lock();
        try {
            signalled = true;
            woken.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// A newer version of the pod.
    void update(Obj newer) {
        lock.lock();
        try {
            pod = newer;
            signalled = true;
            woken.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// The pod is not in the API any more.
    void gone() {
        lock.lock();
        try {
            gone = true;
            signalled = true;
            woken.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Whether it has been told that the pod is gone.
    boolean leaving() {
        lock.lock();
        try {
            return gone;
        } finally {
            lock.unlock();
        }
    }

    /// The pod as last told.
    Obj pod() {
        lock.lock();
        try {
            return pod;
        } finally {
            lock.unlock();
        }
    }

    /// What runs, as the last step saw it.
    PodRuntime runtime() {
        return step.seen();
    }

    private void run() {
        try {
            boolean more = true;
            while (more) {
                Obj now;
                boolean left;
                lock.lock();
                try {
                    if (closed) {
                        return;
                    }
                    signalled = false;
                    now = pod;
                    left = gone;
                } finally {
                    lock.unlock();
                }
                Duration next = take(now, left);
                more = !next.isNegative();
                if (more) {
                    await(next);
                }
            }
            ended.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            step.stop();
        }
    }

    private Duration take(Obj now, boolean left) {
        try {
            return step.take(now, left);
        } catch (RuntimeFault e) {
            LOG.log(e.kind() == RuntimeFault.Kind.UNAVAILABLE ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                    "pod={0}: {1}", now.key(), e.getMessage());
        } catch (ApiFault e) {
            LOG.log(System.Logger.Level.WARNING, "pod={0}: {1}", now.key(), e.getMessage());
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "pod=" + now.key() + " failed", e);
        }
        return AFTER_FAILURE;
    }

    private void await(Duration next) throws InterruptedException {
        lock.lock();
        try {
            long left = next.toNanos();
            while (!signalled && !closed && left > 0) {
                left = woken.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Stops working; the pod goes on. Returns when the thread has ended or a second is over.
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

    /// Waits for the thread's end.
    void join(Duration limit) throws InterruptedException {
        thread.join(limit);
    }
}
