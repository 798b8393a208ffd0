package io.k3j.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.datastoreapi.Datastore;
import io.k3j.datastorememory.MemoryDatastore;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class CurrentDatastoreTest {
    private final CurrentDatastore current = new CurrentDatastore();

    private CompletableFuture<Datastore> waiting() {
        CompletableFuture<Datastore> answer = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                answer.complete(current.await());
            } catch (InterruptedException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    @Test
    void waitsForTheReplacementOfAnUnboundDatastore() throws Exception {
        try (MemoryDatastore first = new MemoryDatastore(); MemoryDatastore second = new MemoryDatastore()) {
            current.bind(first);
            assertThat(waiting().get(60, TimeUnit.SECONDS)).isSameAs(first);
            current.unbind(first);
            assertThat(current.get()).isNull();
            CompletableFuture<Datastore> next = waiting();
            current.bind(second);
            current.unbind(first);
            assertThat(next.get(60, TimeUnit.SECONDS)).isSameAs(second);
        }
    }

    @Test
    void closingEndsAllWaits() throws Exception {
        CompletableFuture<Datastore> waiting = waiting();
        current.close();
        assertThat(waiting.get(60, TimeUnit.SECONDS)).isNull();
    }
}
