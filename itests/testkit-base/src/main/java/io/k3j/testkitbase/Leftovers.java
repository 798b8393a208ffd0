package io.k3j.testkitbase;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a module's tests have made outside of their JVM and not taken away: machines, links, control groups, mounts,
/// files, and processes. [LeftoversExtension] looks for it once, after the last test. It is told by name and taken away
/// then; what cannot be taken away fails the module.
public final class Leftovers {
    private static final Duration END_LIMIT = Duration.ofSeconds(10);
    private static final Duration REMOVAL_LIMIT = Duration.ofSeconds(60);
    private static final Leftovers ONE = new Leftovers(END_LIMIT, REMOVAL_LIMIT);

    private final Duration endLimit;
    private final Duration removalLimit;
    private final Set<Trace> traces = new LinkedHashSet<>();
    private final Set<Long> mayStay = new LinkedHashSet<>();
    private boolean dismissed;

    /// For its own tests; others share one.
    Leftovers(Duration endLimit, Duration removalLimit) {
        this.endLimit = endLimit;
        this.removalLimit = removalLimit;
    }

    /// Something that was made and must not stay.
    public interface Trace {
        /// The names of what is there; empty when it is gone.
        String left() throws Exception;

        /// Takes away what is there.
        void remove() throws Exception;
    }

    /// The one of this JVM.
    public static Leftovers ofThisJvm() {
        return ONE;
    }

    /// Says that something was made.
    public synchronized void expect(Trace trace) {
        traces.add(trace);
    }

    /// Says that it was taken away, and that its names may belong to others from now on.
    public synchronized void gone(Trace trace) {
        traces.remove(trace);
    }

    /// A process that ends with this JVM by itself.
    public synchronized void mayStay(long pid) {
        mayStay.add(pid);
    }

    /// Everything stays, for a user who wants to look at it.
    public synchronized void dismiss() {
        dismissed = true;
    }

    /// Looks for what is left, tells it and takes it away.
    /// @throws AssertionError with the names of what cannot be taken away
    void look() throws InterruptedException {
        if (dismissed()) {
            return;
        }
        List<Trace> all = new ArrayList<>();
        all.add(new Processes());
        synchronized (this) {
            all.addAll(traces);
        }
        List<String> stays = new ArrayList<>();
        for (Trace one : all) {
            if (!goes(one)) {
                stays.add(names(one));
            }
        }
        if (!stays.isEmpty()) {
            throw new AssertionError("left by the tests of this module, and cannot be taken away: "
                    + String.join(", ", stays));
        }
    }

    private synchronized boolean dismissed() {
        return dismissed;
    }

    private synchronized boolean ours(ProcessHandle process) {
        return !mayStay.contains(process.pid());
    }

    private boolean goes(Trace trace) throws InterruptedException {
        if (within(endLimit, trace)) {
            return true;
        }
        System.out.println("left by the tests of this module, and taken away now: " + names(trace));
        Teardown.of(names(trace), trace::remove);
        return within(removalLimit, trace);
    }

    private static boolean within(Duration limit, Trace trace) throws InterruptedException {
        try {
            Waiting.until("end", limit, () -> trace.left().isEmpty(), () -> "");
            return true;
        } catch (AssertionError left) {
            return false;
        }
    }

    private static String names(Trace trace) {
        try {
            return trace.left();
        } catch (Exception e) {
            return e.toString();
        }
    }

    /// What descends from this JVM at one moment. What began later is a look of somebody else, of Surefire for its
    /// parent say.
    private final class Processes implements Trace {
        private final List<ProcessHandle> all = ProcessHandle.current().descendants().filter(Leftovers.this::ours)
                .toList();

        @Override
        public String left() {
            return all.stream().filter(one -> Running.process(one.pid()))
                    .map(one -> "process " + one.pid() + " " + one.info().commandLine().orElse(""))
                    .collect(Collectors.joining(", "));
        }

        @Override
        public void remove() {
            all.stream().flatMap(one -> Stream.concat(Stream.of(one), one.descendants())).toList()
                    .forEach(ProcessHandle::destroyForcibly);
        }
    }
}
