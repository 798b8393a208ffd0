package io.k3j.datastoreconformance;

import static io.k3j.datastoreconformance.Conformance.bytes;
import static io.k3j.datastoreconformance.Conformance.committed;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.Entry;
import io.k3j.testkitdatabases.CuttingProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// How fast writers are beside a compaction, over a line with round trips of 5 ms.
abstract class CompactionPace extends OnDatabase {
    private static final int SAMPLES = 400;
    /// A neighbour that begins between the two measurements decides one of them, not three.
    private static final int TRIES = 3;

    /// Coarsely, on a busy machine: 1.5 times at p99 is the promise. A lock held for a round trip per dead row made it
    /// hundreds. The first compaction takes thousands of rows, those after it what has been written meanwhile.
    @Test
    void compactionHardlySlowsWritersDownOnALongLine() throws InterruptedException {
        for (int tries = 1; !hardlySlower(); tries++) {
            assertThat(tries).as("measurements beside a compaction that are too slow").isLessThan(TRIES);
        }
    }

    private boolean hardlySlower() throws InterruptedException {
        try (CuttingProxy proxy = new CuttingProxy(server().port())) {
            Datastore writing = store(endpoint(proxy));
            Datastore compacting = store(endpoint(proxy));
            AtomicLong last = new AtomicLong(updated(writing, 3_000, new ArrayList<>()));
            proxy.slow(Duration.ofMillis(5));
            List<Long> without = new ArrayList<>();
            updated(writing, SAMPLES, without);
            long first = last.get();
            AtomicBoolean over = new AtomicBoolean();
            Thread compactor = Thread.ofVirtual().start(() -> {
                while (!over.get()) {
                    compacting.compact(last.get());
                }
            });
            List<Long> with = new ArrayList<>();
            while (with.size() < SAMPLES) {
                last.set(updated(writing, 10, with));
            }
            over.set(true);
            compactor.join();
            assertThat(compacting.compactRevision()).isGreaterThan(first);
            System.out.println("ms without compaction: " + shares(without) + "; with: " + shares(with));
            return at(with, 50) < 2 * at(without, 50) + 5 && at(with, 95) < 3 * at(without, 95) + 20;
        }
    }

    private static String shares(List<Long> nanos) {
        return "p50 " + at(nanos, 50) + ", p95 " + at(nanos, 95) + ", p99 " + at(nanos, 99);
    }

    private static long at(List<Long> nanos, int percent) {
        return nanos.stream().sorted().skip((long) nanos.size() * percent / 100).findFirst().orElseThrow() / 1_000_000;
    }

    /// Changes some keys one after the other, and notes how long each change took; the last revision.
    private static long updated(Datastore store, int times, List<Long> took) {
        long last = 0;
        for (int i = 0; i < times; i++) {
            String key = "/updated/" + i % 10;
            long begin = System.nanoTime();
            long before = store.get(key).map(Entry::revision).orElse(0L);
            last = committed(store.commit(key, before, bytes("v" + i), Duration.ZERO));
            took.add(System.nanoTime() - begin);
        }
        return last;
    }
}
