package io.k3j.watchcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiFault;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastorememory.MemoryDatastore;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StoreTest {
    private final Store store = new Store();

    @Test
    void letsAWriterWaitForASuccessor() throws InterruptedException {
        try (MemoryDatastore successor = new MemoryDatastore()) {
            Thread swap = Thread.startVirtualThread(() -> store.use(successor));
            long revision = store.call(Datastore::revision);
            swap.join();
            assertThat(revision).isEqualTo(1);
        }
    }

    @Test
    void asksTheSuccessorWhatADatastoreRefusedThatWasJustReplaced() {
        MemoryDatastore before = new MemoryDatastore();
        store.use(before);
        try (MemoryDatastore successor = new MemoryDatastore()) {
            CommitResult result = store.call(datastore -> {
                if (datastore == before) {
                    // the swap comes between the look for a datastore and the question
                    store.use(successor);
                    before.close();
                }
                return datastore.commit("/key", 0, new byte[] {1}, Duration.ZERO);
            });
            assertThat(result).isInstanceOf(CommitResult.Committed.class);
            assertThat(successor.get("/key")).isPresent();
        }
    }

    @Test
    void tellsWhetherAFailedWriteMayHaveHappened() {
        try (MemoryDatastore datastore = new MemoryDatastore()) {
            store.use(datastore);
            assertThatThrownBy(() -> store.call(d -> {
                throw new DatastoreUnavailable("commit", new IllegalStateException(), true);
            })).isInstanceOfSatisfying(ApiFault.class, f -> assertThat(f.code()).isEqualTo(504));
            assertThatThrownBy(() -> store.call(d -> {
                throw new DatastoreUnavailable("commit", new IllegalStateException(), false);
            })).isInstanceOfSatisfying(ApiFault.class, f -> assertThat(f.code()).isEqualTo(503));
        }
    }
}
