package io.k3j.watchcache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Protobuf;
import io.k3j.componentapi.Health;
import io.k3j.datastoreapi.CommitResult.Committed;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.Watch;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.encryption.UnreadableRow;
import io.k3j.schema.Schemas;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Rows that came while a server runs, and whose keys are not to be had here.
@Timeout(300)
class SealedRowsTest {
    private static final int ROWS = 10_000;
    private static final String SECRETS = "/registry/secrets/a/";
    private static final byte[] SECRET = "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"s\"}}"
            .getBytes(UTF_8);
    private static final byte[] MAP = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"m\"}}"
            .getBytes(UTF_8);
    private final MemoryDatastore store = new MemoryDatastore(true);
    private final AtomicInteger gets = new AtomicInteger();
    private final AtomicInteger batches = new AtomicInteger();
    private final Datastore counted = counted(Datastore.class, store);
    private final Keys keys = new Keys();
    private final Logger logger = Logger.getLogger("io.k3j.watchcache");
    private final Lines lines = new Lines();

    @BeforeEach
    void listen() {
        logger.addHandler(lines);
    }

    @AfterEach
    void stop() {
        logger.removeHandler(lines);
        store.close();
    }

    /// Counts questions about rows, and batches of the watch: there is a look with each at most.
    private <T> T counted(Class<T> type, T real) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            if (method.getName().equals("get")) {
                gets.incrementAndGet();
            }
            if (method.getName().equals("next")) {
                batches.incrementAndGet();
            }
            try {
                Object answer = method.invoke(real, args);
                return answer instanceof Watch watch ? counted(Watch.class, watch) : answer;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }

    /// A service that keeps the keys of Secrets: `a` and `b`, by the row's first letter, and none for damaged ones.
    private static final class Keys implements AtRest {
        private final AtomicInteger opened = new AtomicInteger();
        private volatile String away = "ab";
        private volatile String wrong = "x";

        @Override
        public boolean covers(String storeKey) {
            return storeKey.startsWith(SECRETS);
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
            if (covers(storeKey)) {
                opened.incrementAndGet();
                String key = storeKey.substring(SECRETS.length(), SECRETS.length() + 1);
                if (wrong.contains(key)) {
                    throw new UnreadableRow("damaged");
                }
                if (away.contains(key)) {
                    throw UnreadableRow.passing(key, "planted", "Unavailable");
                }
            }
            return value;
        }
    }

    private static final class Lines extends Handler {
        private final List<String> shown = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord line) {
            if (line.getLevel().intValue() >= Level.WARNING.intValue()) {
                shown.add(line.getMessage() + " " + Arrays.toString(line.getParameters()));
            }
        }

        @Override
        public void flush() {
            // nothing is kept back
        }

        @Override
        public void close() {
            // nothing is held
        }
    }

    private long put(String key, byte[] row) {
        return ((Committed) store.commit(key, 0, row, Duration.ZERO)).revision();
    }

    private long put(String prefix, int number) {
        long last = 0;
        for (int i = 0; i < number; i++) {
            last = put(SECRETS + prefix + i, SECRET);
        }
        return last;
    }

    private Feeder following() {
        Store used = new Store();
        used.use(counted);
        Feeder feeder = new Feeder(used, counted, new Rows(new Protobuf(new Schemas()), keys), Health.none());
        feeder.start();
        feeder.log().atLeast(store.revision(), 60_000);
        return feeder;
    }

    private static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (!condition.getAsBoolean() && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private static long unreadable(Feeder feeder, String prefix, int number) {
        SnapshotTree<Item> tree = feeder.log().newest().tree();
        long count = 0;
        for (int i = 0; i < number; i++) {
            Item row = tree.get(SECRETS + prefix + i);
            assertThat(row).isNotNull();
            count += row instanceof Unreadable ? 1 : 0;
        }
        return count;
    }

    /// As when another server has taken up a key that the plug-in of this one does not have yet.
    @Test
    void rowsThatWaitForOneKeyAreAskedForByOneOfThem() {
        long begin = System.nanoTime();
        try (Feeder feeder = following()) {
            put("a", ROWS);
            long plain = put("/registry/configmaps/a/m", MAP);
            assertThat(feeder.log().atLeast(plain, 60_000).tree().get("/registry/configmaps/a/m")).isNotNull();
            int before = keys.opened.get();
            int looks = batches.get();
            until(() -> batches.get() >= looks + 5);
            assertThat(keys.opened.get() - before).as("looks").isBetween(1, 2 * (1 + batches.get() - looks));
            assertThat(gets).hasValue(0);
            long minutes = TimeUnit.NANOSECONDS.toMinutes(System.nanoTime() - begin);
            assertThat(lines.shown).as("once a minute").hasSizeBetween(1, 1 + (int) minutes)
                    .allSatisfy(line -> assertThat(line).contains("the keys of their rows are not to be had now"));
            keys.away = "";
            until(() -> unreadable(feeder, "a", ROWS) == 0);
        }
    }

    /// Neither those that nothing opens, however many, nor those of a key that stays away.
    @Test
    void rowsThatCannotBeReadKeepNoOtherFromBeingRead() {
        try (Feeder feeder = following()) {
            put("a", 100);
            put("x", 3 * SealedRows.MOST_FAILED);
            long last = put("b", 100);
            feeder.log().atLeast(last, 60_000);
            keys.away = "a";
            until(() -> unreadable(feeder, "b", 100) == 0);
            assertThat(unreadable(feeder, "a", 100)).isEqualTo(100);
            keys.away = "";
            until(() -> unreadable(feeder, "a", 100) == 0);
        }
    }

    /// As when a plug-in answers wrongly once.
    @Test
    void rowsWhoseKeyTurnsOutWrongAreToldOnceAMinute() {
        int number = SealedRows.MOST_FAILED + 100;
        AtomicLong nanos = new AtomicLong();
        Rows rows = new Rows(new Protobuf(new Schemas()), keys);
        SealedRows sealed = new SealedRows(rows, nanos::get);
        EventLog log = new EventLog(SnapshotTree.empty(), 1, LockSupport::parkNanos, System::nanoTime);
        for (int i = 0; i < number; i++) {
            Unreadable row = (Unreadable) rows.item(SECRETS + "a" + i, SECRET, 2 + i, 2 + i);
            log.apply(row.storeKey(), row.revision(), true, row);
            sealed.add(row);
        }
        log.publish(1 + number);
        keys.wrong = "a";
        sealed.look(log);
        sealed.look(log);
        assertThat(lines.shown).singleElement().asString().startsWith("Cannot decode stored objects number=")
                .endsWith("[500, /registry/secrets/a/a0, 2, damaged]");
        nanos.addAndGet(TimeUnit.MINUTES.toNanos(1));
        sealed.look(log, Duration.ofSeconds(1));
        assertThat(lines.shown).hasSize(2).last().asString().endsWith("[100, /registry/secrets/a/a500, 502, damaged]");
        nanos.addAndGet(TimeUnit.MINUTES.toNanos(1));
        sealed.look(log, Duration.ofSeconds(1));
        assertThat(lines.shown).hasSize(2);
    }

    @Test
    void aRowThatIsReplacedOrDeletedWaitsNoLonger() {
        try (Feeder feeder = following()) {
            long first = put("a", 2);
            feeder.log().atLeast(first, 60_000);
            store.delete(SECRETS + "a0", first - 1);
            long next = ((Committed) store.commit(SECRETS + "a1", first, new byte[] {'x'}, Duration.ZERO)).revision();
            feeder.log().atLeast(next, 60_000);
            keys.away = "";
            until(() -> feeder.log().newest().tree().get(SECRETS + "a1") instanceof Unreadable row
                    && !row.why().equals("planted"));
            assertThat(feeder.log().newest().tree().get(SECRETS + "a0")).isNull();
            int opened = keys.opened.get();
            int looks = batches.get() + 3;
            until(() -> batches.get() >= looks);
            assertThat(keys.opened).hasValue(opened);
        }
    }
}
