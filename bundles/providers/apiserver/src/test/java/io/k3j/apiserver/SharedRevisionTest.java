package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.Watch;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.model.Struct;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Keys that go with one revision, as those of a lease do in an etcd that stock K3s has used.
class SharedRevisionTest {
    private static final String MAPS = "/api/v1/namespaces/a/configmaps";
    private final MemoryDatastore store = new MemoryDatastore();
    /// How many changes the datastore tells as one revision.
    private final AtomicInteger together = new AtomicInteger(1);
    private final TestServer server = new TestServer(joining());

    @AfterEach
    void stop() {
        server.close();
        store.close();
    }

    private Datastore joining() {
        return (Datastore) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Datastore.class},
                (proxy, method, args) -> {
                    try {
                        Object answer = method.invoke(store, args);
                        return answer instanceof Watch watch ? new Joined(watch, (long) args[1]) : answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private final class Joined implements Watch {
        private final Watch watch;
        private final List<Change> kept = new ArrayList<>();
        private long revision;

        Joined(Watch watch, long revision) {
            this.watch = watch;
            this.revision = revision;
        }

        @Override
        public Batch next(Duration atMost) throws InterruptedException {
            Batch batch = watch.next(atMost);
            kept.addAll(batch.changes());
            if (!kept.isEmpty() && kept.size() < together.get()) {
                return new Batch(List.of(), revision);
            }
            List<Change> changes = kept.stream().map(c -> together.get() == 1 ? c
                    : new Change(c.key(), batch.revision(), c.createRevision(), c.bytes(), c.before())).toList();
            kept.clear();
            revision = batch.revision();
            return new Batch(changes, revision);
        }

        @Override
        public void close() {
            watch.close();
        }
    }

    private static String event(TestExchange watch) throws InterruptedException {
        String line = watch.line();
        if (!line.startsWith("{")) {
            return line;
        }
        Struct e = Json.object(line.getBytes(StandardCharsets.UTF_8));
        Struct metadata = e.struct("object").struct("metadata");
        return e.text("type") + " " + metadata.text("name") + "@" + metadata.text("resourceVersion");
    }

    /// Reads one event of those it is offered, and then nothing until it is told to.
    private TestExchange slow() throws IOException {
        return server.serve(new TestExchange("GET", MAPS + "?watch=1&resourceVersion=4", new byte[0]) {
            @Override
            public synchronized boolean offer(int maxPendingBytes, byte[]... parts) {
                boolean taken = super.offer(maxPendingBytes, parts);
                stall(true);
                return taken;
            }
        });
    }

    @Test
    void everybodySeesAllThatWentWithARevisionOnce() throws Exception {
        for (String name : List.of("one", "two", "three")) {
            server.call("POST", MAPS, "{\"metadata\":{\"name\":\"" + name + "\"}}");
        }
        TestExchange slow = slow();
        TestExchange quick = server.get(MAPS + "?watch=1&resourceVersion=4");
        together.set(3);
        store.delete("/registry/configmaps/a/one", 2);
        store.delete("/registry/configmaps/a/two", 3);
        store.delete("/registry/configmaps/a/three", 4);
        for (String name : List.of("one", "two", "three")) {
            assertThat(event(quick)).isEqualTo("DELETED " + name + "@7");
        }
        assertThat(server.get(MAPS + "/two").status()).isEqualTo(404);
        assertThat(Json.object(server.get(MAPS).bytes()).seq("items").structs()).isEmpty();
        together.set(1);
        assertThat(event(slow)).isEqualTo("DELETED one@7");
        slow.stall(false);
        assertThat(event(slow)).isEqualTo("DELETED two@7");
        assertThat(event(slow)).isEqualTo("DELETED three@7");
        server.call("POST", MAPS, "{\"metadata\":{\"name\":\"last\"}}");
        assertThat(event(slow)).isEqualTo("ADDED last@8");
    }
}
