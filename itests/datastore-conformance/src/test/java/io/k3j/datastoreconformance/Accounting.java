package io.k3j.datastoreconformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Watch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// Writes new keys through several stores while something is done to the database, and keeps the books: what was
/// acknowledged, what failed for certain, what may have happened. Two watches were there from the beginning.
final class Accounting implements AutoCloseable {
    /// Of patience on a busy machine.
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int THREADS = 8;
    private static final int MANY = 300;
    private static final long PAUSE_NANOS = 2_000_000;
    private final List<Datastore> stores;
    private final List<Watch> watches = new ArrayList<>();
    private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();
    private final Set<String> refused = ConcurrentHashMap.newKeySet();
    private final Set<String> unknown = ConcurrentHashMap.newKeySet();
    private final AtomicLong slowestNanos = new AtomicLong();
    private final AtomicLong newestSuccess = new AtomicLong();
    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicBoolean go = new AtomicBoolean(true);
    private final Set<String> reasons = ConcurrentHashMap.newKeySet();
    private final List<Thread> writers = new ArrayList<>();

    Accounting(Datastore... stores) {
        this.stores = List.of(stores);
        this.stores.forEach(store -> watches.add(answered(() -> store.watch("/k/", store.revision()))));
        for (int i = 0; i < THREADS; i++) {
            Datastore store = stores[i % stores.length];
            writers.add(Thread.ofVirtual().start(() -> write(store)));
        }
        try {
            awaitAcknowledged(MANY);
        } catch (AssertionError e) {
            close();
            throw e;
        }
    }

    /// Waits until so many commits more have been acknowledged.
    void awaitAcknowledged(int more) {
        int goal = acknowledged.size() + more;
        long start = System.nanoTime();
        while (acknowledged.size() < goal) {
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LIMIT);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void write(Datastore store) {
        while (go.get()) {
            String key = "/k/" + numbers.incrementAndGet();
            long start = System.nanoTime();
            try {
                CommitResult result = store.commit(key, 0, Conformance.bytes(key), Duration.ZERO);
                acknowledged.put(key, Conformance.committed(result));
                newestSuccess.set(System.nanoTime());
            } catch (DatastoreUnavailable e) {
                (e.outcomeUnknown() ? unknown : refused).add(key);
                reasons.add(String.valueOf(e.getMessage()));
            }
            slowestNanos.accumulateAndGet(System.nanoTime() - start, Math::max);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /// Waits for a commit that was asked for after now; how long that took.
    Duration awaitProgress(Duration atMost) {
        long start = System.nanoTime();
        while (newestSuccess.get() - start <= 0 || newestSuccess.get() == 0) {
            assertThat(Duration.ofNanos(System.nanoTime() - start)).as("reasons: %s", reasons).isLessThan(atMost);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return Duration.ofNanos(newestSuccess.get() - start);
    }

    /// Waits until commits fail.
    void awaitRefusals() {
        int before = refused.size() + unknown.size();
        long start = System.nanoTime();
        while (refused.size() + unknown.size() < before + 4) {
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LIMIT);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /// Waits until a commit fails for a reason with these words; the first may fail for the way there.
    void awaitRefusals(String words) {
        long start = System.nanoTime();
        while (reasons.stream().noneMatch(reason -> reason.contains(words))) {
            assertThat(Duration.ofNanos(System.nanoTime() - start)).as("reasons: %s", reasons).isLessThan(LIMIT);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    Set<String> reasons() {
        return reasons;
    }

    Duration slowest() {
        return Duration.ofNanos(slowestNanos.get());
    }

    /// Ends writing and audits: every acknowledged change was told by every watch once, at its revision and in order;
    /// nothing that failed for certain was told; and the table holds exactly what was told.
    void audit() throws InterruptedException {
        awaitAcknowledged(MANY);
        go.set(false);
        for (Thread writer : writers) {
            writer.join();
        }
        System.out.println("acknowledged " + acknowledged.size() + ", refused " + refused.size() + ", unknown "
                + unknown.size() + ", slowest " + slowest().toMillis() + " ms");
        long newest = answered(() -> stores.getFirst().revision());
        for (Watch watch : watches) {
            List<Change> told = told(watch, newest);
            assertThat(told).extracting(Change::revision).isSorted().doesNotHaveDuplicates();
            assertThat(told).extracting(Change::key).doesNotHaveDuplicates().containsAll(acknowledged.keySet())
                    .noneMatch(refused::contains);
            for (Change change : told) {
                Long revision = acknowledged.get(change.key());
                assertThat(revision == null ? unknown.contains(change.key()) : revision == change.revision()).isTrue();
            }
            assertThat(answered(() -> stores.getLast().count("/k/").keys())).isEqualTo(told.size());
        }
    }

    /// Asks again while a read still ends with what its own connection met before the database was back.
    private static <T> T answered(Supplier<T> read) {
        long start = System.nanoTime();
        while (true) {
            try {
                return read.get();
            } catch (DatastoreUnavailable e) {
                assertThat(Duration.ofNanos(System.nanoTime() - start)).as(e.getMessage()).isLessThan(LIMIT);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private static List<Change> told(Watch watch, long upTo) {
        List<Change> told = new ArrayList<>();
        long start = System.nanoTime();
        while (true) {
            Watch.Batch batch = Conformance.next(watch, Duration.ofMillis(500));
            told.addAll(batch.changes());
            if (batch.revision() >= upTo && batch.changes().isEmpty()) {
                return told;
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LIMIT);
        }
    }

    @Override
    public void close() {
        go.set(false);
        watches.forEach(Watch::close);
    }
}
