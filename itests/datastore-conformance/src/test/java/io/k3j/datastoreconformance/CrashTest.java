package io.k3j.datastoreconformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastoresqlite.SqliteStore;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testkitprocess.Launch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Crashes at random moments under load: the files as they are at that moment are opened again.
class CrashTest {
    private static final int ROUNDS = Integer.getInteger("k3j.crashes", 12);
    /// Below this the child does not do its work: it did 377 on one core that it shared with a whole build. How long a
    /// disk takes that others write to as well is nothing the store can help.
    private static final long FEWEST_PER_SECOND = Boolean.getBoolean("k3j.full") ? 30 : 1;
    private static final int PARTS_OF_A_START = 3;
    @TempDir
    Path directory;
    private long acknowledged;
    private long nanos;

    /// The process is frozen, its files are copied (a crash image), and it goes on.
    @Test
    void everyImageOfARunningStoreHoldsWhatWasAcknowledged() throws Exception {
        long seed = Long.getLong("k3j.seed", Long.getLong("k3j.series", System.nanoTime()));
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
        long seed = Long.getLong("k3j.seed", Long.getLong("k3j.series", System.nanoTime()));
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

    /// The writing process, and what it has told so far: in a file, where all of it is once the process stands still.
    private static final class Child implements AutoCloseable {
        private final ChildProcess process;
        private final InputStream told;
        private final Map<String, Acknowledged> last = new HashMap<>();
        private final Set<Long> revisions = new HashSet<>();
        /// Of a line that is not whole yet.
        private String rest = "";
        private long lines;

        private Child(ChildProcess process, InputStream told, Map<String, Acknowledged> known) {
            this.process = process;
            this.told = told;
            last.putAll(known);
        }

        /// @param known what those before it have told
        static Child start(Path directory, long seed, Map<String, Acknowledged> known) throws IOException {
            Path file = Files.createTempFile(directory.getParent(), "told", ".txt");
            return new Child(Launch.of(Launch.jdk("java"), "--enable-native-access=ALL-UNNAMED", "-Xmx256m", "-cp",
                    System.getProperty("java.class.path"), CrashChild.class.getName(), directory.toString(),
                    Long.toString(seed)).errorsApart().output(file).gracePeriod(Duration.ZERO).start(),
                    Files.newInputStream(file), known);
        }

        /// Takes what it has told since the last time.
        private void hear() throws IOException {
            String text = rest + new String(told.readAllBytes(), StandardCharsets.UTF_8);
            int whole = text.lastIndexOf('\n') + 1;
            text.substring(0, whole).lines().forEach(line -> take(line.split(" ")));
            rest = text.substring(whole);
        }

        private void take(String[] words) {
            if (words.length == 3) {
                Acknowledged one = new Acknowledged(words[0], Long.parseLong(words[1]), Integer.parseInt(words[2]),
                        false);
                last.merge(one.key, one, (a, b) -> a.revision > b.revision ? a : b);
                revisions.add(one.revision);
            }
            if (words.length == 2 && words[0].equals("deletes")) {
                last.computeIfPresent(words[1], (k, a) -> new Acknowledged(k, a.revision, a.number, true));
            }
            lines++;
        }

        void acknowledgedMore(long more) throws InterruptedException {
            long goal = lines + more;
            Waiting.until(more + " lines more", process, () -> {
                hear();
                return lines >= goal;
            });
        }

        /// All that was told, when it is frozen or has ended.
        Map<String, Acknowledged> settled() throws IOException {
            hear();
            return Map.copyOf(last);
        }

        /// As of the last time it was heard.
        Set<Long> revisions() {
            return Set.copyOf(revisions);
        }

        /// Stops it, and waits until all of it stands still: the signal is for one thread first, and until that one
        /// has its turn on a busy machine the others go on writing, while their files are copied.
        void freeze() throws IOException, InterruptedException {
            signal("STOP");
            Waiting.until("process that stands still", process, this::frozen);
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

        void kill() throws InterruptedException {
            process.kill();
        }

        @Override
        public void close() throws IOException {
            process.close();
            told.close();
        }
    }
}
