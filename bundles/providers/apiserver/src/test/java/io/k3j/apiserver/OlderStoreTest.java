package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.datastorememory.MemoryDatastore;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// A backup is restored below a running server.
class OlderStoreTest {
    private static final String MAPS = "/api/v1/namespaces/a/configmaps";

    private static String map(int i) {
        return "{\"metadata\":{\"name\":\"m-" + i + "\"}}";
    }

    @Test
    void theServerEndsWithASentenceAndNothingIsReadOrWrittenMeanwhile() throws Exception {
        try (MemoryDatastore restored = new MemoryDatastore(true);
                MemoryDatastore before = new MemoryDatastore(true);
                TestServer server = new TestServer(before)) {
            BlockingQueue<String> ended = new LinkedBlockingQueue<>();
            server.store.whenItGoesBack(ended::add);
            for (int i = 0; i < 20; i++) {
                assertThat(server.call("POST", MAPS, map(i)).status()).isEqualTo(201);
            }
            long told = before.revision();
            assertThat(server.server.storage().log().atLeast(told, 60_000).revision()).isEqualTo(told);
            server.store.use(restored);
            assertThat(ended.poll(60, TimeUnit.SECONDS)).contains("the datastore went back", "revision 1,",
                    "revision " + told, "start it again");
            for (String path : new String[] {MAPS + "/m-1", MAPS}) {
                TestExchange read = server.get(path);
                assertThat(read.status()).isEqualTo(503);
                assertThat(read.text()).contains("the datastore went back");
            }
            assertThat(server.call("POST", MAPS, map(100)).status()).isEqualTo(503);
            assertThat(server.call("PUT", MAPS + "/m-1", map(1)).status()).isEqualTo(503);
            assertThat(restored.revision()).isEqualTo(1);
            assertThat(ended).isEmpty();
        }
    }
}
