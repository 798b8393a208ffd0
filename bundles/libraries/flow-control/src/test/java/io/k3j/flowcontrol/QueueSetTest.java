package io.k3j.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QueueSetTest {
    private static final long LONG_MILLIS = 60_000;
    private final QueueSet seats = new QueueSet(40, true, LockSupport::parkNanos);
    private final BlockingQueue<String> seated = new LinkedBlockingQueue<>();
    private final List<Thread> threads = new ArrayList<>();

    @AfterEach
    void close() throws InterruptedException {
        for (Thread t : threads) {
            t.interrupt();
            t.join();
        }
    }

    /// As many as a user gets at once.
    private int all(QueueSet of, String user) {
        int got = 0;
        while (of.acquired(user, 0)) {
            got++;
        }
        return got;
    }

    private void waits(String user) throws InterruptedException {
        int before = seats.waiting();
        threads.add(Thread.ofVirtual().start(() -> {
            if (seats.acquired(user, LONG_MILLIS)) {
                seated.add(user);
            }
        }));
        Waiting.until("in the queue", () -> seats.waiting() > before);
    }

    @Test
    void oneUserAloneBorrowsAllButAQuarterWhichTheNextOneFinds() {
        assertThat(all(seats, "mallory")).isEqualTo(30);
        assertThat(all(seats, "alice")).isEqualTo(8);
        assertThat(all(seats, "bob")).isEqualTo(2);
    }

    @Test
    void nobodyHasAPartWhereSeatsAreNotShared() {
        assertThat(all(new QueueSet(40, false, LockSupport::parkNanos), "admin")).isEqualTo(40);
    }

    @Test
    void waitingUsersGetSeatsInTurn() throws InterruptedException {
        for (int i = 0; i < 40; i++) {
            assertThat(seats.acquired("user-" + i, 0)).isTrue();
        }
        for (String user : List.of("mallory", "mallory", "mallory", "alice", "bob")) {
            waits(user);
        }
        List<String> order = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            seats.release("user-" + i);
            order.add(seated.poll(LONG_MILLIS, TimeUnit.MILLISECONDS));
        }
        assertThat(order).containsExactly("mallory", "alice", "bob", "mallory", "mallory");
        assertThat(seats.waiting()).isZero();
    }

    @Test
    void aReleasedSeatPassesOverWhoHasHisPart() throws InterruptedException {
        all(seats, "mallory");
        for (int i = 0; i < 10; i++) {
            assertThat(seats.acquired("user-" + i, 0)).isTrue();
        }
        waits("mallory");
        waits("alice");
        seats.release("user-0");
        assertThat(seated.poll(LONG_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo("alice");
        assertThat(seats.waiting()).isOne();
    }

    @Test
    void whoGivesUpLeavesNothingBehind() {
        assertThat(all(seats, "mallory")).isEqualTo(30);
        assertThat(seats.waiting()).isZero();
        for (int i = 0; i < 30; i++) {
            seats.release("mallory");
        }
        assertThat(seats.taken()).isZero();
    }
}
