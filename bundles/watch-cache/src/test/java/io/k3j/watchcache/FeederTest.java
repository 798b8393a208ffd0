package io.k3j.watchcache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Protobuf;
import io.k3j.componentapi.Health;
import io.k3j.datastoreapi.CommitResult.Committed;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.schema.Schemas;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Collections;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FeederTest {
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
        try (Feeder feeder = new Feeder(used, compacted, new Rows(new Protobuf(new Schemas()), AtRest.none()),
                Health.none())) {
            feeder.start();
            long newest = store.revision();
            EventLog.Snapshot now = feeder.log().atLeast(newest, 10_000);
            assertThat(now.revision()).isGreaterThanOrEqualTo(newest);
            assertThat(now.tree().get("/registry/maps/a/one")).isNotNull();
            assertThat(now.tree().get("/registry/maps/a/moving")).isNotNull();
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
