package io.k3j.metricsserver;

import io.k3j.clientapi.ApiFault;
import io.k3j.componentbase.Termination;
import io.k3j.model.Obj;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// Asks all nodes once, some at a time. Those that did not answer the last time come last, so that dead nodes cost the
/// others nothing. One thread calls; each node is asked on a virtual thread.
final class Rounds implements AutoCloseable {
    /// Nodes asked at once.
    static final int AT_ONCE = 32;
    /// How long a stop waits for nodes that are being asked.
    static final Duration STOP = Duration.ofSeconds(2);
    private static final int TOLD_AFTER = 2;
    private static final String UNDER_WAY = "it has been asked and has not answered yet";
    private static final System.Logger LOG = System.getLogger("io.k3j.metricsserver");
    private final Source source;
    private final Figures figures;
    private final ScrapeMetrics metrics;
    private final InstantSource clock;
    private final long limitMillis;
    private final ExecutorService threads = Executors
            .newThreadPerTaskExecutor(Thread.ofVirtual().name("metrics-server-node-", 0).factory());
    /// Nodes that are being asked; one that does not come back is not asked again meanwhile.
    private final Set<String> asking = ConcurrentHashMap.newKeySet();
    /// How often nodes have not answered, since they last did.
    private final Map<String, Integer> silent = new ConcurrentHashMap<>();

    /// @param clock the time of day, for figures without a time
    /// @param limitMillis a node that could not be asked by then waits for the next round; one that is being asked
    ///     then is waited for as long again
    Rounds(Source source, Figures figures, ScrapeMetrics metrics, InstantSource clock, long limitMillis) {
        this.source = source;
        this.figures = figures;
        this.metrics = metrics;
        this.clock = clock;
        this.limitMillis = limitMillis;
    }

    /// Asks these nodes; returns when all have answered or had their time.
    /// @return how many answered
    int ask(Collection<Obj> nodes) throws InterruptedException {
        long begun = System.nanoTime();
        Set<String> names = nodes.stream().map(Obj::name).collect(Collectors.toCollection(HashSet::new));
        figures.keep(names);
        silent.keySet().retainAll(names);
        List<Obj> order = new ArrayList<>(nodes);
        order.sort(Comparator.comparing(n -> silent.containsKey(n.name())));
        Semaphore seats = new Semaphore(AT_ONCE);
        for (Obj node : order) {
            if (asking.contains(node.name())) {
                failed(node.name(), UNDER_WAY);
            } else if (seats.tryAcquire(left(begun, limitMillis), TimeUnit.NANOSECONDS)) {
                asking.add(node.name());
                threads.execute(() -> {
                    try {
                        one(node);
                    } finally {
                        asking.remove(node.name());
                        seats.release();
                    }
                });
            } else {
                failed(node.name(), "no time was left in this round");
            }
        }
        if (!seats.tryAcquire(AT_ONCE, left(begun, 2 * limitMillis), TimeUnit.NANOSECONDS)) {
            asking.forEach(node -> failed(node, UNDER_WAY));
        }
        metrics.round(System.nanoTime() - begun);
        return names.size() - silent.size();
    }

    private static long left(long begun, long millis) {
        return Math.max(0, TimeUnit.MILLISECONDS.toNanos(millis) - (System.nanoTime() - begun));
    }

    private void one(Obj node) {
        long begun = System.nanoTime();
        boolean answered = false;
        try {
            figures.store(node.name(), ResourceText.parse(source.text(node), clock.instant().toEpochMilli()));
            answered = true;
            Integer times = silent.remove(node.name());
            if (times != null && times >= TOLD_AFTER) {
                LOG.log(System.Logger.Level.INFO, "Node answers again node={0}", node.name());
            }
        } catch (IOException | IllegalArgumentException | ApiFault e) {
            failed(node.name(), String.valueOf(e.getMessage()));
        } finally {
            metrics.request(answered, System.nanoTime() - begun);
        }
    }

    /// Told once until the node answers again, and not when it was only late, as at the start of this process.
    private void failed(String node, String why) {
        figures.silent(node);
        if (silent.merge(node, 1, Integer::sum) == TOLD_AFTER) {
            LOG.log(System.Logger.Level.WARNING, "Cannot read figures of a node, leaving it out node={0} error={1}",
                    node,
                    why);
        }
    }

    /// Nobody is asked any more; who is being asked is let go, and nothing is stored when this returns.
    @Override
    public void close() {
        threads.shutdownNow();
        source.close();
        Termination.of(threads, "metrics-server-node", STOP);
    }
}
