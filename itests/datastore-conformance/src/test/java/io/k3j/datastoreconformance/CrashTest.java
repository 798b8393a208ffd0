package io.k3j.datastoreconformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastoresqlite.SqliteStore;
import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testkitprocess.Launch;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Crashes at random moments under load: the files as they are at that moment are opened again.
class CrashTest {
    private static final int ROUNDS = Integer.getInteger("k3j.crashes", 12);
    /// Below this the child does not do its work: it did 377 on one core that it shared with a whole build.
    private static final long FEWEST_PER_SECOND = 30;
    private static final int PARTS_OF_A_START = 3;
    @TempDir
    Path directory;
    private long acknowledged;
    private long nanos;

    /// The process is frozen, its files are copied (a crash image), and it goes on.
    @Test
    void everyImageOfARunningStoreHoldsWhatWasAcknowledged() throws Exception {
        long seed = Long.getLong("k3j.seed", System.nanoTime());
        Random random = new Random(seed);
        Path live = directory.resolve("live");
        try (Child child = Child.start(live, seed, Map.of())) {
            for (int round = 0; round < ROUNDS; round++) {
                some(child, random);
                child.freeze();
                Path image = directory.resolve("image" + round);
                copy(live, image);
                Map<String, Acknowledged> known = child.settled();
                child.signal("CONT");
                verify(image, known, seed);
            }
        }
        underLoad();
    }

    /// Lets it write some more, once it does.
    private void some(Child child, Random random) throws InterruptedException {
        child.acknowledgedMore(1);
        int more = 200 + random.nextInt(3_000);
        long from = System.nanoTime();
        child.acknowledgedMore(more);
        nanos += System.nanoTime() - from;
        acknowledged += more;
    }

    private void underLoad() {
        long perSecond = acknowledged * TimeUnit.SECONDS.toNanos(1) / nanos;
        System.out.println(acknowledged + " lines of the child, " + perSecond + " per second");
        assertThat(perSecond).as("lines per second").isGreaterThanOrEqualTo(FEWEST_PER_SECOND);
    }

    /// The process is killed, and its successor opens the same files.
    @Test
    void aKilledStoreContinuesWithoutLossOrRepetition() throws Exception {
        long seed = Long.getLong("k3j.seed", System.nanoTime());
        Random random = new Random(seed);
        Path live = directory.resolve("live");
        Set<Long> given = new HashSet<>();
        Map<String, Acknowledged> known = Map.of();
        long start = Long.MAX_VALUE;
        for (int round = 0; round < Math.max(3, ROUNDS / 3); round++) {
            long from = System.nanoTime();
            try (Child child = Child.start(live, seed + round, known)) {
                child.acknowledgedMore(1);
                start = Math.min(start, System.nanoTime() - from);
                some(child, random);
                child.kill();
                known = child.settled();
                assertThat(child.revisions()).as("seed " + seed).isNotEmpty().noneMatch(given::contains);
                given.addAll(child.revisions());
            }
            // the next one is killed as it opens what this one left, each time in another part of its start
            double part = (round % PARTS_OF_A_START + random.nextDouble()) / PARTS_OF_A_START;
            try (Child child = Child.start(live, seed - 1 - round, known)) {
                assertThat(new CountDownLatch(1).await((long) (start * part), TimeUnit.NANOSECONDS)).isFalse();
                child.kill();
                known = child.settled();
                assertThat(child.revisions()).as("seed " + seed).noneMatch(given::contains);
                given.addAll(child.revisions());
            }
            verify(live, known, seed);
        }
        underLoad();
    }

    private static void verify(Path image, Map<String, Acknowledged> known, long seed) {
        SqliteStore store = SqliteStore.open(image, false, message -> {
        });
        try {
            Datastore datastore = store.datastore();
            long newest = datastore.revision();
            for (Acknowledged last : known.values()) {
                assertThat(newest).as("seed " + seed).isGreaterThanOrEqualTo(last.revision);
                Optional<Entry> found = datastore.get(last.key);
                long at = found.map(Entry::revision).orElse(Long.MAX_VALUE);
                assertThat(at).as("seed %d, %s", seed, last).isGreaterThanOrEqualTo(last.revision);
                if (at == last.revision) {
                    assertThat(Conformance.text(found.orElseThrow())).startsWith(last.number + " ");
                } else if (found.isEmpty() && last.number != 0) {
                    assertThat(last.leaving).as("seed %d: %s is not there, and nobody deleted it", seed, last).isTrue();
                }
            }
        } finally {
            store.close();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Path target = to.resolve("server/db");
        Files.createDirectories(target);
        for (String name : new String[] {"state.db", "state.db-wal"}) {
            Path source = from.resolve("server/db").resolve(name);
            if (Files.exists(source)) {
                Files.copy(source, target.resolve(name));
            }
        }
    }

    /// @param number what was written; 0: it was deleted
    /// @param leaving whether a deletion was begun after that
    private record Acknowledged(String key, long revision, int number, boolean leaving) {
    }

    /// The writing process, and what it has told so far.
    private static final class Child implements AutoCloseable {
        private final ChildProcess process;
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition told = lock.newCondition();
        private final Map<String, Acknowledged> last = new HashMap<>();
        private final Set<Long> revisions = new HashSet<>();
        private final Thread listener;
        private long lines;

        private Child(ChildProcess process, Map<String, Acknowledged> known) {
            this.process = process;
            last.putAll(known);
            listener = Thread.ofVirtual().start(this::listen);
        }

        /// @param known what those before it have told
        static Child start(Path directory, long seed, Map<String, Acknowledged> known) throws IOException {
            return new Child(Launch.of(Launch.jdk("java"), "--enable-native-access=ALL-UNNAMED", "-Xmx256m", "-cp",
                    System.getProperty("java.class.path"), CrashChild.class.getName(), directory.toString(),
                    Long.toString(seed)).errorsApart().gracePeriod(Duration.ZERO).start(), known);
        }

        private void listen() {
            try (BufferedReader reader = process.reader()) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    take(line.split(" "));
                }
            } catch (IOException e) {
                process.close();
            }
        }

        private void take(String[] words) {
            lock.lock();
            try {
                if (words.length == 3 && !words[2].isEmpty()) {
                    Acknowledged one = new Acknowledged(words[0], Long.parseLong(words[1]), Integer.parseInt(words[2]),
                            false);
                    last.merge(one.key, one, (a, b) -> a.revision > b.revision ? a : b);
                    revisions.add(one.revision);
                }
                if (words.length == 2 && words[0].equals("deletes")) {
                    last.computeIfPresent(words[1], (k, a) -> new Acknowledged(k, a.revision, a.number, true));
                }
                lines++;
                told.signalAll();
            } finally {
                lock.unlock();
            }
        }

        void acknowledgedMore(long more) throws InterruptedException {
            lock.lock();
            try {
                long goal = lines + more;
                long left = TimeUnit.SECONDS.toNanos(60);
                while (lines < goal && left > 0 && process.running()) {
                    left = told.awaitNanos(left);
                }
                assertThat(lines).isGreaterThanOrEqualTo(goal);
            } finally {
                lock.unlock();
            }
        }

        /// What was told, once nothing more comes (the process is stopped).
        Map<String, Acknowledged> settled() throws InterruptedException {
            lock.lock();
            try {
                long before = -1;
                while (before != lines) {
                    before = lines;
                    told.await(200, TimeUnit.MILLISECONDS);
                }
                return Map.copyOf(last);
            } finally {
                lock.unlock();
            }
        }

        Set<Long> revisions() {
            lock.lock();
            try {
                return Set.copyOf(revisions);
            } finally {
                lock.unlock();
            }
        }

        /// Stops it, and waits until all of it stands still: the signal is for one thread first, and until that one
        /// has its turn on a busy machine the others go on writing, while their files are copied.
        void freeze() throws IOException, InterruptedException {
            signal("STOP");
            lock.lock();
            try {
                for (long start = System.nanoTime(); !frozen();) {
                    assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(60));
                    told.await(1, TimeUnit.MILLISECONDS);
                }
            } finally {
                lock.unlock();
            }
        }

        private boolean frozen() throws IOException {
            try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(process.pid()), "task"))) {
                return threads.allMatch(Child::stopped);
            }
        }

        private static boolean stopped(Path thread) {
            try {
                String stat = Files.readString(thread.resolve("stat"));
                return stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
            } catch (IOException ended) {
                return true;
            }
        }

        void signal(String name) throws IOException, InterruptedException {
            process.signal(name);
        }

        /// Ends it, and hears it out.
        void kill() throws InterruptedException {
            process.kill();
            assertThat(listener.join(Duration.ofSeconds(60))).isTrue();
        }

        @Override
        public void close() {
            process.close();
        }
    }
}
