package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiservercontrollers.Peer;
import io.k3j.apiservercontrollers.Peers;
import io.k3j.componentapi.Health;
import io.k3j.datastorememory.MemoryDatastore;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PeersTest {
    private static final Peer A = new Peer("10.0.0.1", 6443);
    private static final Peer B = new Peer("10.0.0.2", 6443);
    private final MemoryDatastore store = new MemoryDatastore(true);
    private final GatedDatastore gate = new GatedDatastore(store);
    private final TestServer here = new TestServer(gate);
    private final TestServer there = new TestServer(store);
    private final AtomicLong nanos = new AtomicLong();
    private final Peers a = peers(here, A);
    private final Peers b = peers(there, B);

    private Peers peers(TestServer server, Peer own) {
        return new Peers(server.server.storage(), own, nanos::get, Health.none());
    }

    @AfterEach
    void stop() {
        here.close();
        there.close();
        store.close();
    }

    /// Advances the clock second by second, with a step each; `alive` tells whether `b` renews.
    private void pass(int seconds, boolean alive) {
        for (int i = 0; i < seconds; i++) {
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
            if (alive) {
                b.step();
            }
            here.server.storage().log().atLeast(store.revision(), 60_000);
            a.step();
        }
    }

    @Test
    void serversSeeEachOtherImmediately() {
        a.step();
        b.step();
        pass(1, true);
        assertThat(a.step()).containsExactly(A, B);
        pass(30, true);
        assertThat(a.step()).containsExactly(A, B);
    }

    @Test
    void aDeadServerAndItsRecordAreRemovedWithinFifteenSeconds() {
        pass(5, true);
        pass(8, false);
        assertThat(a.step()).containsExactly(A, B);
        pass(4, false);
        assertThat(a.step()).containsExactly(A);
        assertThat(store.get(B.key())).isEmpty();
        assertThat(store.get(A.key())).isPresent();
    }

    @Test
    void anOutageOfTheStoreMakesNoServerLookDead() throws Exception {
        pass(5, true);
        gate.away(true);
        here.get("/api/v1/configmaps");
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(60));
        a.step();
        gate.away(false);
        assertThat(a.step()).containsExactly(A, B);
        pass(2, true);
        assertThat(a.step()).containsExactly(A, B);
    }

    @Test
    void aServerIsRenewedWhileItsEndpointsWaitForSomebody() throws InterruptedException {
        CountDownLatch waits = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        a.follow(servers -> {
            waits.countDown();
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            assertThat(waits.await(60, TimeUnit.SECONDS)).isTrue();
            long before = store.revision();
            nanos.addAndGet(Peers.RENEWAL);
            here.server.storage().log().atLeast(before + 1, 60_000);
            assertThat(store.get(A.key()).orElseThrow().revision()).isGreaterThan(before);
        } finally {
            over.countDown();
            a.close();
        }
    }

    @Test
    void aServerOnAnUnsharedStoreWritesNoRecord() {
        try (TestServer alone = new TestServer(new MemoryDatastore())) {
            assertThat(peers(alone, A).step()).containsExactly(A);
            assertThat(alone.server.storage().log().newest().tree().get(A.key())).isNull();
        }
    }
}
