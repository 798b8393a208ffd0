package io.k3j.datastoreconformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Compacted;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastoreapi.Page;
import io.k3j.datastoreapi.Unchanged;
import io.k3j.datastoreapi.Watch;
import io.k3j.datastorememory.MemoryDatastore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random calls, the same to the driver and to the in-memory model, which must answer alike.
/// `-Dk3j.seed=N` repeats one run.
public interface Simulation extends Conformance {
    /// Stops and starts the store, if it keeps its data; else does nothing.
    default void restart() {
    }

    /// One that has found something, and two of chance; five more under `-Pfull`.
    static LongStream seeds() {
        LongStream each = LongStream.of(45_382_367_006_418L, 0, 0);
        return Boolean.getBoolean("k3j.full") ? LongStream.concat(each, LongStream.rangeClosed(1, 5)) : each;
    }

    @ParameterizedTest
    @MethodSource("io.k3j.datastoreconformance.Simulation#seeds")
    default void answersAsTheModelDoes(long seed) {
        long chosen = Long.getLong("k3j.seed", seed == 0 ? Long.getLong("k3j.series", System.nanoTime()) : seed);
        try (MemoryDatastore model = new MemoryDatastore()) {
            Run run = new Run(this, model, new Random(chosen));
            for (int i = 0; i < 1_500; i++) {
                run.step();
            }
            run.compareWatches();
        } catch (AssertionError e) {
            throw new AssertionError("seed " + chosen + ": " + e.getMessage(), e);
        }
    }

    /// One run's state.
    final class Run {
        private static final int KEYS = 12;
        private static final String SKIPPED = "skipped";
        private final Simulation driver;
        private final Datastore model;
        private final Random random;

        Run(Simulation driver, Datastore model, Random random) {
            this.driver = driver;
            this.model = model;
            this.random = random;
        }

        void step() {
            int dice = random.nextInt(1_000);
            if (dice < 550) {
                change();
            } else if (dice < 750) {
                read();
            } else if (dice < 900) {
                range();
            } else if (dice < 960) {
                // nothing is forgotten up to 1, the empty store: one that was opened since need not know of it
                long to = Math.max(2, model.revision() - random.nextInt(60));
                same(store -> store.compact(to));
            } else if (dice < 990) {
                compareWatches();
            } else {
                driver.restart();
            }
        }

        private void change() {
            String key = key();
            long expected = expected(key);
            byte[] value = Conformance.bytes("v" + random.nextInt());
            String other = key();
            Unchanged[] further = random.nextInt(5) == 0
                    ? new Unchanged[] {new Unchanged(other, expected(other))} : new Unchanged[0];
            if (random.nextInt(4) == 0 && expected > 0) {
                same(store -> seen(store.delete(key, expected, further)));
            } else {
                commits(store -> store.commit(key, expected, value, Duration.ZERO, further));
            }
        }

        /// Where the driver did not know an outcome, the model takes as many revisions more as the driver has, before
        /// the change or after it.
        private void commits(Function<Datastore, CommitResult> change) {
            int before = driver.furtherRevisions();
            CommitResult there = change.apply(driver.store());
            int most = driver.furtherRevisions() - before;
            if (most > 0 && there instanceof CommitResult.Committed committed) {
                most -= skip(committed.revision() - model.revision() - 1, most);
            }
            assertThat(seen(there)).isEqualTo(seen(change.apply(model)));
            if (most > 0) {
                skip(driver.store().revision() - model.revision(), most);
            }
        }

        /// By changes of a key that nothing else looks at.
        private int skip(long revisions, int most) {
            assertThat(revisions).as("revisions that settle what was unknown").isBetween(0L, (long) most);
            for (int i = 0; i < revisions; i++) {
                long now = model.get(SKIPPED).map(Entry::revision).orElse(0L);
                Conformance.committed(model.commit(SKIPPED, now, Conformance.bytes("1"), Duration.ZERO));
            }
            return (int) revisions;
        }

        private long expected(String key) {
            long now = model.get(key).map(Entry::revision).orElse(0L);
            return random.nextInt(8) == 0 ? Math.max(0, now - random.nextInt(3)) : now;
        }

        private void read() {
            String key = key();
            long at = revision();
            same(store -> store.get(key).map(Run::seen));
            same(store -> store.get(key, at).map(Run::seen));
        }

        private void range() {
            String prefix = random.nextBoolean() ? "/" : "/" + random.nextInt(3);
            String start = random.nextBoolean() ? "" : key();
            int limit = random.nextInt(6);
            long at = random.nextBoolean() ? 0 : revision();
            same(store -> seen(store.range(prefix, start, limit, at)));
            same(store -> store.count(prefix));
        }

        private long revision() {
            return Math.max(1, model.revision() - random.nextInt(80));
        }

        void compareWatches() {
            long after = revision();
            long newest = model.revision();
            same(store -> {
                List<String> told = new ArrayList<>();
                try (Watch watch = store.watch("/1", after)) {
                    Watch.Batch batch = Conformance.upTo(watch, newest);
                    batch.changes().forEach(change -> told.add(seen(change)));
                    told.add("progress " + batch.revision());
                }
                return told;
            });
        }

        private String key() {
            int number = random.nextInt(KEYS);
            return "/" + number % 3 + "/k" + number;
        }

        private void same(Function<Datastore, Object> question) {
            assertThat(answer(driver.store(), question)).isEqualTo(answer(model, question));
        }

        private static Object answer(Datastore store, Function<Datastore, Object> question) {
            try {
                return question.apply(store);
            } catch (Compacted e) {
                return "compacted " + e.revision();
            }
        }

        private static String seen(CommitResult result) {
            return switch (result) {
                case CommitResult.Committed committed -> committed.toString();
                case CommitResult.Conflict(Optional<Entry> current, Optional<String> other) ->
                    "conflict " + current.map(Run::seen) + other;
            };
        }

        private static String seen(Entry entry) {
            return entry.key() + "=" + Conformance.text(entry) + "@" + entry.createRevision() + "," + entry.revision();
        }

        private static String seen(Page page) {
            return page.entries().stream().map(Run::seen).toList() + " " + page.more() + " " + page.revision();
        }

        private static String seen(Change change) {
            byte[] bytes = change.bytes();
            return change.key() + "@" + change.createRevision() + "," + change.revision() + " "
                    + (bytes == null ? "gone" : new String(bytes, StandardCharsets.UTF_8)) + " "
                    + change.before().map(Run::seen);
        }
    }
}
