package io.k3j.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QueueSetTest {
    private static final long LONG_MILLIS = 60_000;
    private final QueueSet seats = new QueueSet(40, true, LockSupport::parkNanos, System::nanoTime);
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
        while (of.acquired(user, 0, false)) {
            got++;
        }
        return got;
    }

    private void waits(String user) throws InterruptedException {
        int before = seats.waiting();
        threads.add(Thread.ofVirtual().start(() -> {
            if (seats.acquired(user, LONG_MILLIS, false)) {
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
        assertThat(all(new QueueSet(40, false, LockSupport::parkNanos, System::nanoTime), "admin")).isEqualTo(40);
    }

    @Test
    void waitingUsersGetSeatsInTurn() throws InterruptedException {
        for (int i = 0; i < 40; i++) {
            assertThat(seats.acquired("user-" + i, 0, false)).isTrue();
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
            assertThat(seats.acquired("user-" + i, 0, false)).isTrue();
        }
        waits("mallory");
        waits("alice");
        seats.release("user-0");
        assertThat(seated.poll(LONG_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo("alice");
        assertThat(seats.waiting()).isOne();
    }

    /// Upstream queues as many of one flow.
    @Test
    void ofOneUserThreeHundredWaitAndOthersWaitAllTheSame() throws InterruptedException {
        all(seats, "mallory");
        for (int i = 0; i < 10; i++) {
            assertThat(seats.acquired("user-" + i, 0, false)).isTrue();
        }
        for (int i = 0; i < 300; i++) {
            threads.add(Thread.ofVirtual().start(() -> seats.acquired("mallory", LONG_MILLIS, false)));
        }
        Waiting.until("in the queue", () -> seats.waiting() == 300);
        assertThat(seats.acquired("mallory", LONG_MILLIS, false)).isFalse();
        threads.add(Thread.ofVirtual().start(() -> seats.acquired("mallory", LONG_MILLIS, true)));
        Waiting.until("in the queue, since it has begun", () -> seats.waiting() == 301);
        waits("alice");
        seats.release("user-0");
        assertThat(seated.poll(LONG_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo("alice");
    }

    /// How many seconds a request waits of a client that has all seats it may have, when each look takes so long.
    private long waited(LongUnaryOperator look) {
        AtomicLong clock = new AtomicLong();
        QueueSet of = new QueueSet(200, true, (blocker, nanos) -> clock.addAndGet(look.applyAsLong(nanos)),
                clock::get);
        assertThat(all(of, "client")).isEqualTo(150);
        assertThat(of.acquired("client", Seats.PATIENCE_MILLIS, false)).isFalse();
        return TimeUnit.NANOSECONDS.toSeconds(clock.get());
    }

    /// A disk that stands still for ten seconds once is no reason to refuse whoever has a few hundred writes under way.
    @Test
    void aRequestWaitsForItsTurnAsLongAsUpstreams() {
        assertThat(waited(nanos -> nanos)).isEqualTo(15);
    }

    /// As by a suspended machine: the hour counts as two seconds.
    @Test
    void timeInWhichTheProcessStoodStillIsNotWaited() {
        AtomicLong stop = new AtomicLong(TimeUnit.HOURS.toNanos(1));
        assertThat(waited(nanos -> nanos + stop.getAndSet(0))).isEqualTo(3_600 + 1 + 13);
    }

    /// Eight connections of 32 streams.
    @Test
    void noneOfTwoHundredAndFiftySixRequestsOfOneClientIsRefused() throws InterruptedException {
        QueueSet of = new QueueSet(200, true, LockSupport::parkNanos, System::nanoTime);
        AtomicInteger served = new AtomicInteger();
        CountDownLatch stall = new CountDownLatch(1);
        for (int i = 0; i < 256; i++) {
            threads.add(Thread.ofVirtual().start(() -> serve(of, stall, served)));
        }
        Waiting.until("all in seats or queues", () -> of.taken() == 150 && of.waiting() == 106);
        stall.countDown();
        Waiting.until("all served", () -> served.get() == 256);
    }

    private static void serve(QueueSet of, CountDownLatch stall, AtomicInteger served) {
        if (of.acquired("client", LONG_MILLIS, false)) {
            try {
                stall.await();
                served.incrementAndGet();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            of.release("client");
        }
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
