package io.k3j.launcher;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jdk.management.VirtualThreadSchedulerMXBean;

/// Keeps virtual threads running when each carrier is taken: looks once in a while whether one still can run, adds a
/// carrier if none can, and takes the added ones back when they are not needed any more.
///
/// A virtual thread that waits below a native frame, or for the initialization of a class, keeps its carrier. When all
/// wait for what is held by one that has no carrier, nobody runs any more: Java 25 makes up for none of them.
///
/// Its own thread is a daemon of the platform and waits for nothing but time and its probe. What fails there ends the
/// watch with a stack trace on standard error; the process goes on without it.
final class Carriers implements AutoCloseable {
    /// So many are added at most, beyond those of the beginning.
    static final int MOST_MORE = 16;
    private static final System.Logger LOG = System.getLogger("io.k3j.launcher");
    private static final long SILENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Pace pace;
    private final CountDownLatch closed = new CountDownLatch(1);
    private CountDownLatch probe = new CountDownLatch(0);
    private int before;
    private int more;
    private long silentUntil = System.nanoTime();
    private boolean toldMost;

    /// How often is looked, and how long a probe may take.
    ///
    /// @param everyMillis between two looks
    /// @param limitMillis for a virtual thread to run
    /// @param graceMillis after it, so that a process that itself stood still is not misjudged
    record Pace(long everyMillis, long limitMillis, long graceMillis) {
        static Pace usual() {
            return new Pace(1_000, 1_000, 250);
        }
    }

    private Carriers(Pace pace) {
        this.pace = pace;
    }

    /// Watches until it is closed.
    static Carriers watched(Pace pace) {
        Carriers carriers = new Carriers(pace);
        Thread.ofPlatform().daemon().name("carriers").start(carriers::watch);
        return carriers;
    }

    private void watch() {
        try {
            while (!closed.await(pace.everyMillis, MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() throws InterruptedException {
        // one that has not run is waited for again, so that they do not become many
        if (probe.getCount() == 0) {
            probe = new CountDownLatch(1);
            Thread.ofVirtual().name("carriers probe").start(probe::countDown);
        }
        if (probe.await(pace.limitMillis, MILLISECONDS) || probe.await(pace.graceMillis, MILLISECONDS)) {
            takeBack();
        } else if (closed.getCount() > 0) {
            add();
        }
    }

    private void add() throws InterruptedException {
        VirtualThreadSchedulerMXBean scheduler = scheduler();
        if (more == 0) {
            before = scheduler.getParallelism();
        }
        if (more > 0 && scheduler.getMountedVirtualThreadCount() < before + more) {
            raise(scheduler);
        } else if (more < MOST_MORE) {
            more++;
            raise(scheduler);
            tell(loudness(), "no virtual thread could run for {0} ms, all carriers are taken; added one carriers={1}; "
                    + "to see what they wait for: jcmd {2} Thread.print", pace.limitMillis, before + more, pid());
        } else if (!toldMost) {
            toldMost = true;
            tell(System.Logger.Level.WARNING, "no virtual thread can run and no more carriers are added carriers={0}; "
                    + "to see what they wait for: jcmd {1} Thread.print", before + more, pid());
        }
    }

    /// The scheduler calls a carrier only for a thread that comes into a queue which seems empty, and the platform
    /// thread that starts it decides which queue: a new one each time finds such a queue sooner or later.
    private void raise(VirtualThreadSchedulerMXBean scheduler) throws InterruptedException {
        int wanted = before + more;
        Thread.ofPlatform().daemon().name("carriers call").start(() -> {
            scheduler.setParallelism(wanted);
            Thread.startVirtualThread(() -> {
            });
        }).join();
    }

    private void takeBack() {
        if (more > 0 && scheduler().getMountedVirtualThreadCount() < before) {
            more = 0;
            scheduler().setParallelism(before);
            tell(System.Logger.Level.DEBUG, "added carriers taken back carriers={0}", before);
        }
    }

    private System.Logger.Level loudness() {
        if (System.nanoTime() - silentUntil < 0) {
            return System.Logger.Level.DEBUG;
        }
        silentUntil = System.nanoTime() + SILENCE_NANOS;
        return System.Logger.Level.WARNING;
    }

    /// On a thread of its own: the log may be held by one that waits for a carrier.
    private static void tell(System.Logger.Level level, String message, Object... parameters) {
        Thread.ofPlatform().daemon().name("carriers log").start(() -> LOG.log(level, message, parameters));
    }

    /// Looked up when it is needed: management takes part of a start's time to load.
    private static VirtualThreadSchedulerMXBean scheduler() {
        return ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class);
    }

    private static long pid() {
        return ProcessHandle.current().pid();
    }

    /// Ends the watch after the look under way; does not wait. Added carriers stay.
    @Override
    public void close() {
        closed.countDown();
    }
}
