package io.k3j.componentbase;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Watches over the registration of a service that components of plug-ins wait for. Declarative Services makes and ends
/// those on the thread that registers or unregisters what they wait for: one that does not come back would keep that
/// thread, and all who would be told after it. It is interrupted when it takes longer than it may; components of the
/// distribution are waited for. Any thread; the calls block for as long as their work does.
public final class ActivationWatch {
    private static final System.Logger LOG = System.getLogger("io.k3j.componentbase");
    private static final String DECLARATIVE_SERVICES = "org.apache.felix.scr.";
    private static final String DISTRIBUTION = "io.k3j.";
    /// What may stand between who makes a component and the component, and wait for others by itself.
    private static final List<String> BETWEEN = List.of("java.", "jdk.", "org.apache.felix.", "org.osgi.");
    private final Duration limit;
    private final String maker;
    private final String ours;

    /// @param limit how long a component of a plug-in may take, and again after each interrupt
    public ActivationWatch(Duration limit) {
        this(limit, DECLARATIVE_SERVICES, DISTRIBUTION);
    }

    /// @param maker how the names of the classes begin that make components
    /// @param ours how those of components begin that are waited for
    ActivationWatch(Duration limit, String maker, String ours) {
        this.limit = limit;
        this.maker = maker;
        this.ours = ours;
    }

    /// One piece of work, on the thread that does it.
    private final class Work {
        private final Thread thread = Thread.currentThread();
        private final CountDownLatch over = new CountDownLatch(1);
        private boolean interrupted;

        void watch() {
            try {
                while (!over.await(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                    foreign(thread.getStackTrace()).ifPresent(this::interrupt);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /// Not once the work is done: what the thread does then is another's.
        private synchronized void interrupt(String component) {
            if (over.getCount() > 0) {
                LOG.log(System.Logger.Level.ERROR,
                        "Component of a plugin keeps others waiting and is interrupted class={0} seconds={1}",
                        component, limit.toSeconds());
                interrupted = true;
                thread.interrupt();
            }
        }

        synchronized void end() {
            over.countDown();
            if (interrupted && Thread.interrupted()) {
                LOG.log(System.Logger.Level.DEBUG, "Interrupt was left by a component of a plugin");
            }
        }
    }

    /// Registers, or does what else makes components.
    public <T> T call(Supplier<T> registration) {
        Work work = new Work();
        Thread.ofVirtual().name("activation-watch").start(work::watch);
        try {
            return registration.get();
        } finally {
            work.end();
        }
    }

    /// Unregisters, or does what else ends components.
    public void run(Runnable unregistration) {
        call(() -> {
            unregistration.run();
            return true;
        });
    }

    /// The class of the component that a thread is making or ending, when that is not the distribution's: what is
    /// called first above the nearest frame of who makes components, but for what is the JDK's or the framework's.
    /// @param stack the newest call first
    Optional<String> foreign(StackTraceElement[] stack) {
        String called = "";
        for (StackTraceElement frame : stack) {
            String name = frame.getClassName();
            if (name.startsWith(maker)) {
                return called.isEmpty() || called.startsWith(ours) ? Optional.empty() : Optional.of(called);
            }
            if (BETWEEN.stream().noneMatch(name::startsWith)) {
                called = name;
            }
        }
        return Optional.empty();
    }
}
