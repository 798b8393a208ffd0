package io.k3j.controllerkit;

import io.k3j.componentapi.TimeSource;
import io.k3j.model.Key;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Keys that wait for work, each once, as client-go's work queue: a key added while it is worked on comes again
/// afterwards, never twice at once. Failures of one key double its delay; failures of all keys together are bounded
/// in rate. Holds at most one entry per key, so it is bounded by the objects there are.
///
/// Any thread; only [#await] and [#pause] block.
public final class WorkQueue {
    /// The first delay after a failure; doubled with each further one.
    public static final Duration FIRST_BACK_OFF = Duration.ofMillis(5);
    /// The longest delay after failures. Shorter than upstream's (1000 s), so that what is mended outside is
    /// noticed.
    public static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(60);
    /// Failures of all keys together, a bucket of tokens; upstream's has 10 a second.
    private static final double RETRIES_PER_SECOND = 50;
    private static final double RETRY_BURST = 100;

    /// A key's time; `order` keeps those of the same time in the order in which they came.
    private record Due(Key key, Instant at, long order) {
    }

    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Condition woken = lock.newCondition();
    /// Due now, since when, oldest first. A key is in at most one of `ready` and `again`.
    private final Map<Key, Instant> ready = new LinkedHashMap<>();
    /// Since when each is worked on.
    private final Map<Key, Instant> working = new HashMap<>();
    /// Keys being worked on that have become due meanwhile, and when.
    private final Map<Key, Instant> again = new LinkedHashMap<>();
    private final QueueFigures figures = new QueueFigures();
    /// The one time each delayed key waits for; `agenda` holds the same by time.
    private final Map<Key, Due> delayed = new HashMap<>();
    private final PriorityQueue<Due> agenda = new PriorityQueue<>(
            Comparator.comparing(Due::at).thenComparingLong(Due::order));
    private final Map<Key, Integer> failures = new HashMap<>();
    /// Below zero when failures already wait for tokens to come.
    private double retryTokens = RETRY_BURST;
    private Instant retryTokensAt;
    private long order;

    /// An empty queue. Its delays are measured by the monotonic clock.
    public WorkQueue(TimeSource time) {
        this.clock = time.monotonic();
        this.retryTokensAt = clock.instant();
    }

    /// Makes a key due now; without effect when it already is. While it is worked on, it is due again afterwards.
    public void add(Key key) {
        locked(() -> ready(key));
    }

    /// Makes a key due after a while; the earlier of two such wishes counts.
    ///
    /// @param delay zero or less: now
    public void addAfter(Key key, Duration delay) {
        if (!delay.isPositive()) {
            add(key);
            return;
        }
        locked(() -> delay(key, clock.instant().plus(delay)));
    }

    /// Makes a key due again after a failure: later each time, until [#forget].
    public void retry(Key key) {
        figures.retried();
        locked(() -> {
            int failed = failures.merge(key, 1, Integer::sum) - 1;
            Duration own = failed > 30 ? LONGEST_BACK_OFF : FIRST_BACK_OFF.multipliedBy(1L << failed);
            Duration wait = own.compareTo(LONGEST_BACK_OFF) > 0 ? LONGEST_BACK_OFF : own;
            Duration shared = sharedDelay();
            delay(key, clock.instant().plus(wait.compareTo(shared) < 0 ? shared : wait));
        });
    }

    /// Forgets that a key failed before: its next failure waits the shortest time again. Does not take it out of
    /// the queue.
    public void forget(Key key) {
        locked(() -> failures.remove(key));
    }

    /// How often in a row a key failed.
    public int failures(Key key) {
        lock.lock();
        try {
            return failures.getOrDefault(key, 0);
        } finally {
            lock.unlock();
        }
    }

    /// Takes the next due key; it must be given back by [#done]. Nobody else gets it until then.
    ///
    /// @return empty when none is due; does not wait
    public Optional<Key> take() {
        lock.lock();
        try {
            promote();
            if (ready.isEmpty()) {
                return Optional.empty();
            }
            Map.Entry<Key, Instant> first = ready.entrySet().iterator().next();
            Key key = first.getKey();
            Instant now = clock.instant();
            figures.taken(nanos(first.getValue(), now));
            ready.remove(key);
            working.put(key, now);
            if (!ready.isEmpty()) {
                changed.signal();
            }
            return Optional.of(key);
        } finally {
            lock.unlock();
        }
    }

    /// The work on a key is over.
    public void done(Key key) {
        locked(() -> {
            Instant since = working.remove(key);
            if (since != null) {
                figures.done(nanos(since, clock.instant()));
            }
            Instant due = again.remove(key);
            if (due != null) {
                ready.put(key, due);
                changed.signal();
            }
        });
    }

    private static long nanos(Instant from, Instant to) {
        return Duration.between(from, to).toNanos();
    }

    /// What it counts of itself.
    QueueFigures figures() {
        return figures;
    }

    /// What is in it now.
    QueueFigures.Now now() {
        lock.lock();
        try {
            promote();
            Instant now = clock.instant();
            double unfinished = 0;
            double longest = 0;
            for (Instant since : working.values()) {
                double seconds = nanos(since, now) / 1e9;
                unfinished += seconds;
                longest = Math.max(longest, seconds);
            }
            return new QueueFigures.Now(ready.size(), unfinished, longest);
        } finally {
            lock.unlock();
        }
    }

    /// How many keys are due or being worked on.
    public int depth() {
        lock.lock();
        try {
            promote();
            return ready.size() + working.size();
        } finally {
            lock.unlock();
        }
    }

    /// Waits until a key may be due, the time is over or the thread is interrupted (the flag stays set). It may be
    /// in vain.
    public void await(Duration atMost) {
        lock.lock();
        try {
            promote();
            if (ready.isEmpty()) {
                changed.await(waitNanos(atMost), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /// Waits although keys may be due: anyone who deals with them cannot yet. Ends early with [#wake] only: while views
    /// tell what there is, each object is a key.
    public void pause(Duration atMost) {
        lock.lock();
        try {
            woken.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /// Ends every [#await] and [#pause].
    public void wake() {
        locked(() -> {
            changed.signalAll();
            woken.signalAll();
        });
    }

    /// At least one nanosecond, so that a time that has just passed is no wait without end.
    private long waitNanos(Duration atMost) {
        @Nullable
        Due next = agenda.peek();
        Duration wait = next == null ? atMost : Duration.between(clock.instant(), next.at());
        return Math.max(1, (wait.compareTo(atMost) < 0 ? wait : atMost).toNanos());
    }

    private void ready(Key key) {
        boolean busy = working.containsKey(key);
        if ((busy ? again : ready).putIfAbsent(key, clock.instant()) == null) {
            figures.added();
            if (!busy) {
                changed.signal();
            }
        }
    }

    private void delay(Key key, Instant at) {
        @Nullable
        Due known = delayed.get(key);
        if (known != null && !known.at().isAfter(at)) {
            return;
        }
        if (known != null) {
            agenda.remove(known);
        }
        Due due = new Due(key, at, order++);
        delayed.put(key, due);
        agenda.add(due);
        if (agenda.peek() == due) {
            changed.signal();
        }
    }

    /// With the lock held. What has become due is found by whoever looks; no thread waits for it here.
    private void promote() {
        Instant now = clock.instant();
        for (Due due = agenda.peek(); due != null && !due.at().isAfter(now); due = agenda.peek()) {
            agenda.remove();
            delayed.remove(due.key());
            ready(due.key());
        }
    }

    /// One token is taken in any case, so those behind wait longer.
    private Duration sharedDelay() {
        Instant now = clock.instant();
        double passed = Duration.between(retryTokensAt, now).toNanos() / 1e9;
        retryTokens = Math.min(RETRY_BURST, retryTokens + Math.max(0, passed) * RETRIES_PER_SECOND) - 1;
        retryTokensAt = now;
        return retryTokens >= 0 ? Duration.ZERO : Duration.ofNanos((long) (-retryTokens / RETRIES_PER_SECOND * 1e9));
    }

    private void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }
}
