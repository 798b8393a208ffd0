package io.k3j.watchcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Health;
import io.k3j.datastoreapi.Datastore;
import java.lang.reflect.Proxy;
import java.time.InstantSource;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class RevisionPollTest {
    private static final long PATIENCE_SECONDS = 120;
    private final Queue<String> told = new ConcurrentLinkedQueue<>();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch never = new CountDownLatch(1);

    /// A store that answers only when it is interrupted.
    private Datastore slow() {
        return (Datastore) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Datastore.class},
                (proxy, method, arguments) -> {
                    asked.countDown();
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        told.add("answered");
                    }
                    return 1L;
                });
    }

    @Test
    void noQuestionIsOpenOnceItIsClosed() throws InterruptedException {
        Store store = new Store();
        store.use(slow());
        RevisionPoll poll = new RevisionPoll(store,
                new EventLog(SnapshotTree.empty(), 1, LockSupport::parkNanos, System::nanoTime),
                InstantSource.system(),
                TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS), Health.none());
        poll.start();
        assertThat(asked.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        poll.close();
        told.add("closed");
        assertThat(told).containsExactly("answered", "closed");
    }
}
