package io.k3j.apiserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Protobuf;
import io.k3j.datastoreapi.CommitResult.Committed;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.encryption.UnreadableRow;
import io.k3j.schema.Schemas;
import io.k3j.watchcache.AtRest;
import io.k3j.watchcache.Feeder;
import io.k3j.watchcache.Rows;
import io.k3j.watchcache.Store;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;

/// How a start waits, by a clock of the test.
class LoadRetryTest {
    private static final String SECRET = "/registry/secrets/a/b";
    private static final byte[] ROW = "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"b\"}}"
            .getBytes(UTF_8);
    private final TestHealth health = new TestHealth();
    private final MemoryDatastore memory = new MemoryDatastore();
    private final AtomicInteger ranges = new AtomicInteger();
    private final AtomicInteger opened = new AtomicInteger();
    private final List<Long> pauses = new CopyOnWriteArrayList<>();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Logger logger = Logger.getLogger("io.k3j.apiserver");
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            lines.add(line.getLevel() + " " + line.getMessage());
        }

        @Override
        public void flush() {
            // nothing is kept back
        }

        @Override
        public void close() {
            // nothing is held
        }
    };
    private long now;
    private Runnable atPause = () -> {
    };
    private String away = "planted";

    @BeforeEach
    void listen() {
        logger.addHandler(handler);
    }

    @AfterEach
    void stop() {
        logger.removeHandler(handler);
        memory.close();
    }

    private final class Keys implements AtRest {
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
            if (covers(storeKey)) {
                opened.incrementAndGet();
                if (!away.isEmpty()) {
                    throw UnreadableRow.passing("key", "cannot decrypt " + storeKey + ": " + away, "Unavailable");
                }
            }
            return value;
        }
    }

    private final Store store = new Store(new Keys());
    private final Datastore datastore = (Datastore) Proxy.newProxyInstance(getClass().getClassLoader(),
            new Class<?>[] {Datastore.class}, (proxy, method, args) -> {
                if (method.getName().equals("range")) {
                    ranges.incrementAndGet();
                }
                try {
                    return method.invoke(memory, args);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            });

    private void load() {
        new Feeder(store, datastore, new Rows(new Protobuf(new Schemas()), store.atRest()), health).close();
    }

    private LoadRetry retry() {
        BundleContext none = (BundleContext) Proxy.newProxyInstance(getClass().getClassLoader(),
                new Class<?>[] {BundleContext.class}, (proxy, method, args) -> switch (method.getName()) {
                    case "getServiceReferences" -> List.of();
                    default -> null;
                });
        return new LoadRetry(new Startup.Framework(none, health, health.scope("apiserver"), bundle -> List.of(),
                why -> {
                }), store, millis -> {
                    pauses.add(millis);
                    now += TimeUnit.MILLISECONDS.toNanos(millis);
                    atPause.run();
                }, () -> now);
    }

    /// A row that is there at the revision which is loaded.
    private void rows() {
        memory.commit(SECRET, 0, ROW, Duration.ZERO);
        for (long i = 0, last = 0; i <= Feeder.REPLAYED; i++) {
            last = ((Committed) memory.commit("/registry/maps/a/m", last, ROW, Duration.ZERO)).revision();
        }
        store.use(datastore);
    }

    @Test
    void onlyTheRowWithoutItsKeyIsTriedWhileThatIsAway() throws Exception {
        rows();
        load(() -> {
            if (pauses.size() == 5) {
                away = "";
            }
        });
        assertThat(pauses).hasSize(5).containsOnly(2_000L);
        assertThat(ranges).as("two loads").hasValue(2);
        assertThat(opened).hasValue(1 + 5 + 1);
        assertThat(lines).singleElement().asString().startsWith("WARNING Waiting for the KMS plug-in");
    }

    private void load(Runnable pausing) throws InterruptedException {
        atPause = pausing;
        retry().load(this::load);
    }

    @Test
    void everythingIsLoadedAgainWhenAnotherServerReplacesTheRow() throws Exception {
        rows();
        load(() -> {
            if (pauses.size() == 2) {
                memory.delete(SECRET, memory.get(SECRET).orElseThrow().revision());
            }
        });
        assertThat(pauses).hasSize(2);
    }

    /// Nobody loads then, and nothing fails.
    @Test
    void aDatastoreThatGoesMeanwhileIsWaitedForAsTheKeyIs() throws Exception {
        rows();
        load(() -> {
            if (pauses.size() == 2) {
                store.leave(datastore);
            }
            if (pauses.size() == 4) {
                store.use(datastore);
                away = "";
            }
        });
        assertThat(pauses).hasSize(4);
        assertThat(ranges).hasValue(2);
    }

    /// As an empty datastore does, whose first objects cannot be encrypted yet.
    @Test
    void whatCannotBeWrittenYetIsTriedEveryTwoSecondsAndToldEveryMinute() throws Exception {
        retry().write(() -> {
            if (pauses.size() < 10) {
                throw ApiFault.unavailable("the object cannot be encrypted now: planted");
            }
        });
        assertThat(pauses).startsWith(200L, 400L).endsWith(2_000L, 2_000L).hasSize(10);
        assertThat(lines).singleElement().asString().startsWith("WARNING Creating system objects failed");
        pauses.clear();
        atPause = () -> {
        };
        retry().write(() -> {
            if (pauses.size() < 70) {
                throw ApiFault.unavailable("planted");
            }
        });
        assertThat(lines).as("two minutes more").hasSize(1 + 3);
    }
}
