package io.k3j.watchcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiFault;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastorememory.MemoryDatastore;
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
