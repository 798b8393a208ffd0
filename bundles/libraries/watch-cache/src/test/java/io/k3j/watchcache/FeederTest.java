package io.k3j.watchcache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Protobuf;
import io.k3j.componentapi.Health;
import io.k3j.datastoreapi.CommitResult.Committed;
import io.k3j.datastoreapi.Compacted;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastoreapi.Watch;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.encryption.EncryptionConfiguration;
import io.k3j.encryption.EncryptionKey;
import io.k3j.encryption.Provider.Kind;
import io.k3j.encryption.UnreadableRow;
import io.k3j.schema.Schemas;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeederTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String SECRET = "/registry/secrets/a/s";
    private final MemoryDatastore store = new MemoryDatastore(true);

    @AfterEach
    void stop() {
        store.close();
    }

    private long put(String name, long expected) {
        byte[] row = ("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name + "\"}}")
                .getBytes(UTF_8);
        return ((Committed) store.commit("/registry/maps/a/" + name, expected, row, Duration.ZERO)).revision();
    }

    /// The store, which is compacted whenever somebody begins to load it, `times` times.
    private Datastore compactedWhileLoading(int times) {
        int[] left = {times};
        return (Datastore) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Datastore.class},
                (proxy, method, args) -> {
                    if (method.getName().equals("range") && left[0]-- > 0) {
                        store.compact(put("moving", left[0] + 1 == times ? 0 : store.get("/registry/maps/a/moving")
                                .orElseThrow().revision()));
                    }
                    try {
                        return method.invoke(store, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void loadsAgainWhenAnotherServerCompactsMeanwhile() {
        put("one", 0);
        Store used = new Store();
        Datastore compacted = compactedWhileLoading(3);
        used.use(compacted);
        try (Feeder feeder = new Feeder(used, compacted, new Rows(new Protobuf(new Schemas()), EncryptionAtRest.none()),
                Health.none())) {
            feeder.start();
            long newest = store.revision();
            EventLog.Snapshot now = feeder.log().atLeast(newest, 60_000);
            assertThat(now.revision()).isGreaterThanOrEqualTo(newest);
            assertThat(now.tree().get("/registry/maps/a/one")).isNotNull();
            assertThat(now.tree().get("/registry/maps/a/moving")).isNotNull();
        }
    }

    /// Where a compaction has just reached the revision of the load, a watch from there is still possible.
    @Test
    void loadsAgainAfterAFailureUntilItSucceedsAndKeepsRowsThatWaitForTheirKey(@TempDir Path dir) throws Exception {
        Path file = dir.resolve("encryption-config.json");
        Path other = dir.resolve("other.json");
        EncryptionConfiguration before = EncryptionConfiguration.initial(Kind.AESCBC,
                EncryptionKey.random("one", RANDOM));
        EncryptionConfiguration after = before.withNewKey(Kind.AESCBC, EncryptionKey.random("two", RANDOM))
                .rotated(Kind.AESCBC);
        Files.writeString(file, before.json());
        Files.writeString(other, after.json());
        FailingOnce failing = new FailingOnce();
        Store used = new Store();
        used.use(failing.datastore);
        try (Feeder feeder = new Feeder(used, failing.datastore,
                new Rows(new Protobuf(new Schemas()), new EncryptionAtRest(file, true)), Health.none())) {
            feeder.start();
            byte[] row = "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"s\"}}".getBytes(UTF_8);
            long revision = ((Committed) store.commit(SECRET, 0, new EncryptionAtRest(other, true).seal(SECRET, row),
                    Duration.ZERO)).revision();
            assertThat(feeder.log().atLeast(revision, 60_000).tree().get(SECRET)).isInstanceOf(Unreadable.class);
            failing.watch.set(true);
            assertThat(failing.compacted.await(60, TimeUnit.SECONDS)).isTrue();
            long later = put("later", 0);
            feeder.log().atLeast(later, 60_000);
            Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (feeder.log().newest().tree().get(SECRET) instanceof Unreadable && System.nanoTime() < end) {
                LockSupport.parkNanos(1_000_000);
            }
            assertThat(feeder.log().newest().tree().get(SECRET)).isNotNull().isNotInstanceOf(Unreadable.class);
            assertThat(failing.loads).hasValueGreaterThan(2);
        }
    }

    /// Rows of Secrets whose key a service keeps, which is away for a while.
    private static final class Away implements AtRest {
        private final AtomicBoolean away = new AtomicBoolean(true);

        @Override
        public boolean covers(String storeKey) {
            return storeKey.equals(SECRET);
        }

        @Override
        public byte[] seal(String storeKey, byte[] value) {
            return value;
        }

        @Override
        public boolean current(String storeKey, byte[] value) {
            return true;
        }

        @Override
        public byte[] open(String storeKey, byte[] value) {
            if (covers(storeKey) && away.get()) {
                throw UnreadableRow.passing("key", "planted", "Unavailable");
            }
            return value;
        }
    }

    /// At a start it ends the load, so that who starts waits; later it keeps nobody waiting, whatever is loaded again.
    @Test
    void aKeyThatIsAwayHoldsUpNothingOnceEverythingWasRead() throws Exception {
        put("one", 0);
        byte[] row = "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"s\"}}".getBytes(UTF_8);
        store.commit(SECRET, 0, row, Duration.ZERO);
        Away atRest = new Away();
        Rows rows = new Rows(new Protobuf(new Schemas()), atRest);
        FailingOnce failing = new FailingOnce();
        Store used = new Store();
        used.use(failing.datastore);
        try (Feeder feeder = new Feeder(used, failing.datastore, rows, Health.none())) {
            feeder.start();
            feeder.log().atLeast(store.revision(), 60_000);
            assertThat(feeder.unreadable()).isNotNull().matches(UnreadableRow::passing);
        }
        atRest.away.set(false);
        try (Feeder feeder = new Feeder(used, failing.datastore, rows, Health.none())) {
            feeder.start();
            feeder.log().atLeast(store.revision(), 60_000);
            atRest.away.set(true);
            failing.watch.set(true);
            assertThat(failing.compacted.await(60, TimeUnit.SECONDS)).isTrue();
            long later = put("later", 0);
            EventLog.Snapshot now = feeder.log().atLeast(later, 60_000);
            assertThat(now.tree().get(SECRET)).isInstanceOf(Unreadable.class);
            assertThat(now.tree().get("/registry/maps/a/later")).isNotNull();
            atRest.away.set(false);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (feeder.log().newest().tree().get(SECRET) instanceof Unreadable && System.nanoTime() < end) {
                LockSupport.parkNanos(1_000_000);
            }
            assertThat(feeder.log().newest().tree().get(SECRET)).isNotInstanceOf(Unreadable.class);
            assertThat(feeder.unreadable()).isNull();
        }
    }

    /// The store; its watch fails once when told to, and then the next load finds its revision compacted.
    private final class FailingOnce {
        private final AtomicBoolean watch = new AtomicBoolean();
        private final AtomicBoolean range = new AtomicBoolean();
        private final AtomicInteger loads = new AtomicInteger();
        private final CountDownLatch compacted = new CountDownLatch(1);
        private final Datastore datastore = failing(Datastore.class, store);

        private <T> T failing(Class<T> type, T real) {
            return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
                    (proxy, method, args) -> {
                        if (method.getName().equals("next") && watch.getAndSet(false)) {
                            range.set(true);
                            throw new IllegalStateException("planted");
                        }
                        if (method.getName().equals("range")) {
                            loads.incrementAndGet();
                            if (range.getAndSet(false)) {
                                compacted.countDown();
                                throw new Compacted(store.revision() + 1);
                            }
                        }
                        try {
                            Object answer = method.invoke(real, args);
                            return answer instanceof Watch opened ? failing(Watch.class, opened) : answer;
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    }));
        }
    }

    @Test
    void loadsEveryPage() {
        for (int i = 0; i < 3_000; i++) {
            put("map-%04d".formatted(i), 0);
        }
        Store used = new Store();
        used.use(store);
        try (Feeder feeder = new Feeder(used, store, new Rows(new Protobuf(new Schemas()), EncryptionAtRest.none()),
                Health.none())) {
            assertThat(feeder.log().newest().tree().size()).isEqualTo((int) (3_000 - Feeder.REPLAYED));
            feeder.start();
            SnapshotTree<Item> tree = feeder.log().atLeast(store.revision(), 60_000).tree();
            assertThat(tree.size()).isEqualTo(3_000);
            assertThat(tree.get("/registry/maps/a/map-2999")).isNotNull();
        }
    }

    @Test
    void asksForFewRowsWhileTheyAreLargeAndForManyWhileTheyAreSmall() {
        PageSize size = new PageSize();
        Entry small = new Entry("k", new byte[100], 1, 1);
        Entry large = new Entry("k", new byte[1 << 20], 1, 1);
        assertThat(size.rows()).isLessThan(100);
        for (int n = 0; n < 5; n++) {
            size.seen(Collections.nCopies(size.rows(), small));
        }
        assertThat(size.rows()).isEqualTo(500);
        size.seen(Collections.nCopies(10, large));
        assertThat(size.rows() * (long) large.value().length).isLessThanOrEqualTo(PageSize.BYTES);
    }
}
