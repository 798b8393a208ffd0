package io.k3j.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.flowcontrol.PriorityLevelSpec.Queuing;
import io.k3j.testkitbase.Waiting;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import java.util.function.ObjLongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QueueSetTest {
    private static final long LONG_MILLIS = 60_000;
    private static final Queuing QUEUED = new Queuing(128, 6, 50);
    private final RequestFlow.Match match = new RequestFlow.Match(
            FlowSchema.of(BootstrapConfiguration.schemas().getFirst()),
            new PriorityLevel(PriorityLevelSpec.of(BootstrapConfiguration.levels().getFirst()), LockSupport::parkNanos,
                    System::nanoTime),
            new FlowCounts("schema", "level"));
    private final Map<String, Deque<Turn>> taken = new HashMap<>();
    private final QueueSet seats = queues(QUEUED, 40, LockSupport::parkNanos, System::nanoTime);
    private final BlockingQueue<String> seated = new LinkedBlockingQueue<>();
    private final List<Thread> threads = new ArrayList<>();

    @AfterEach
    void close() throws InterruptedException {
        for (Thread t : threads) {
            t.interrupt();
            t.join();
        }
    }

    private static QueueSet queues(Queuing queuing, int limit, ObjLongConsumer<Object> park, LongSupplier nanos) {
        QueueSet made = new QueueSet(park, nanos);
        made.configure(queuing, limit);
        return made;
    }

    private RequestFlow flow(String user) {
        return new RequestFlow(match, RequestDigest.NONE, new ShuffleSharding(new Random(1)).hash("schema", user));
    }

    /// Takes one seat, and remembers it for [#release].
    private boolean acquired(QueueSet of, String user, long millis, boolean begun) {
        Turn turn = flow(user).turn(1, false, begun);
        boolean seated = of.acquire(turn, millis) == null;
        if (seated) {
            synchronized (taken) {
                taken.computeIfAbsent(user, u -> new ArrayDeque<>()).add(turn);
            }
        }
        return seated;
    }

    private void release(QueueSet of, String user) {
        Turn turn;
        synchronized (taken) {
            turn = taken.get(user).remove();
        }
        of.release(turn);
    }

    /// As many as a user gets at once.
    private int all(QueueSet of, String user) {
        int got = 0;
        while (acquired(of, user, 0, false)) {
            got++;
        }
        return got;
    }

    private static int waiting(QueueSet of) {
        return of.waiting(false);
    }

    private void waits(String user) throws InterruptedException {
        int before = waiting(seats);
        threads.add(Thread.ofVirtual().start(() -> {
            if (acquired(seats, user, LONG_MILLIS, false)) {
                seated.add(user);
            }
        }));
        Waiting.until("in the queue", () -> waiting(seats) > before);
    }

    @Test
    void oneUserAloneBorrowsAllButAQuarterWhichTheNextOneFinds() {
        assertThat(all(seats, "mallory")).isEqualTo(30);
        assertThat(all(seats, "alice")).isEqualTo(8);
        assertThat(all(seats, "bob")).isEqualTo(2);
    }

    @Test
    void nobodyHasAPartWhereNobodyWaits() {
        assertThat(all(queues(Queuing.REJECT, 40, LockSupport::parkNanos, System::nanoTime), "user")).isEqualTo(40);
    }

    @Test
    void waitingUsersGetSeatsInTurn() throws InterruptedException {
        for (int i = 0; i < 40; i++) {
            assertThat(acquired(seats, "user-" + i, 0, false)).isTrue();
        }
        for (String user : List.of("mallory", "mallory", "mallory", "alice", "bob")) {
            waits(user);
        }
        List<String> order = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            release(seats, "user-" + i);
            order.add(seated.poll(LONG_MILLIS, TimeUnit.MILLISECONDS));
        }
        assertThat(order).containsExactly("mallory", "alice", "bob", "mallory", "mallory");
        assertThat(waiting(seats)).isZero();
    }

    @Test
    void aReleasedSeatPassesOverWhoHasHisPart() throws InterruptedException {
        all(seats, "mallory");
        for (int i = 0; i < 10; i++) {
            assertThat(acquired(seats, "user-" + i, 0, false)).isTrue();
        }
        waits("mallory");
        waits("alice");
        release(seats, "user-0");
        assertThat(seated.poll(LONG_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo("alice");
        assertThat(waiting(seats)).isOne();
    }

    /// Upstream queues as many of one flow.
    @Test
    void ofOneUserThreeHundredWaitAndOthersWaitAllTheSame() throws InterruptedException {
        all(seats, "mallory");
        for (int i = 0; i < 10; i++) {
            assertThat(acquired(seats, "user-" + i, 0, false)).isTrue();
        }
        for (int i = 0; i < 300; i++) {
            threads.add(Thread.ofVirtual().start(() -> acquired(seats, "mallory", LONG_MILLIS, false)));
        }
        Waiting.until("in the queue", () -> waiting(seats) == 300);
        assertThat(acquired(seats, "mallory", LONG_MILLIS, false)).isFalse();
        threads.add(Thread.ofVirtual().start(() -> acquired(seats, "mallory", LONG_MILLIS, true)));
        Waiting.until("in the queue, since it has begun", () -> waiting(seats) == 301);
        waits("alice");
        release(seats, "user-0");
        assertThat(seated.poll(LONG_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo("alice");
    }

    /// How many seconds a request waits of a client that has all seats it may have, when each look takes so long.
    private long waited(LongUnaryOperator look) {
        AtomicLong clock = new AtomicLong();
        QueueSet of = queues(QUEUED, 200, (blocker, nanos) -> clock.addAndGet(look.applyAsLong(nanos)),
                clock::get);
        assertThat(all(of, "client")).isEqualTo(150);
        assertThat(acquired(of, "client", Seats.PATIENCE_MILLIS, false)).isFalse();
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
        QueueSet of = queues(QUEUED, 200, LockSupport::parkNanos, System::nanoTime);
        AtomicInteger served = new AtomicInteger();
        CountDownLatch stall = new CountDownLatch(1);
        for (int i = 0; i < 256; i++) {
            threads.add(Thread.ofVirtual().start(() -> serve(of, stall, served)));
        }
        Waiting.until("all in seats or queues", () -> of.taken() == 150 && waiting(of) == 106);
        stall.countDown();
        Waiting.until("all served", () -> served.get() == 256);
    }

    private void serve(QueueSet of, CountDownLatch stall, AtomicInteger served) {
        if (acquired(of, "client", LONG_MILLIS, false)) {
            try {
                stall.await();
                served.incrementAndGet();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            release(of, "client");
        }
    }

    @Test
    void whoGivesUpLeavesNothingBehind() {
        assertThat(all(seats, "mallory")).isEqualTo(30);
        assertThat(waiting(seats)).isZero();
        for (int i = 0; i < 30; i++) {
            release(seats, "mallory");
        }
        assertThat(seats.taken()).isZero();
    }

    @Test
    void queuesOfAnIdleLevelCostNothing() {
        QueueSet of = queues(new Queuing(10_000_000, 2, 50), 40, LockSupport::parkNanos, System::nanoTime);
        for (int i = 0; i < 40; i++) {
            assertThat(acquired(of, "user-" + i, 0, false)).isTrue();
        }
        assertThat(of.active()).isLessThanOrEqualTo(40);
        for (int i = 0; i < 40; i++) {
            release(of, "user-" + i);
        }
        assertThat(of.active()).isZero();
    }

    /// As a list that tells much; others do not pass it by for ever.
    @Test
    void aWideRequestGetsItsSeatsWhenEnoughWereGivenBack() throws InterruptedException {
        // one queue: of several, the one that was charged least comes first
        seats.configure(new Queuing(1, 1, 50), 40);
        for (int i = 0; i < 40; i++) {
            assertThat(acquired(seats, "user-" + i, 0, false)).isTrue();
        }
        threads.add(Thread.ofVirtual().start(() -> {
            if (seats.acquire(flow("wide").turn(8, false, false), LONG_MILLIS) == null) {
                seated.add("wide");
            }
        }));
        Waiting.until("in the queue", () -> waiting(seats) == 1);
        waits("alice");
        for (int i = 0; i < 7; i++) {
            release(seats, "user-" + i);
        }
        assertThat(seated).isEmpty();
        release(seats, "user-7");
        assertThat(seated.poll(LONG_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo("wide");
        release(seats, "user-8");
        assertThat(seated.poll(LONG_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo("alice");
    }

    @Test
    void aFlowWhoseRequestsLastLongIsServedLessOften() throws InterruptedException {
        AtomicLong clock = new AtomicLong();
        QueueSet of = queues(new Queuing(1 << 20, 1, 50), 4, LockSupport::parkNanos, clock::get);
        for (String user : List.of("slow", "quick", "third", "fourth")) {
            assertThat(acquired(of, user, 0, false)).isTrue();
        }
        for (String user : List.of("slow", "quick", "quick")) {
            int before = waiting(of);
            threads.add(Thread.ofVirtual().start(() -> {
                if (acquired(of, user, LONG_MILLIS, false)) {
                    seated.add(user);
                }
            }));
            Waiting.until("in the queue", () -> waiting(of) > before);
        }
        clock.addAndGet(1_000_000);
        release(of, "quick");
        assertThat(seated.poll(LONG_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo("quick");
        clock.addAndGet(10_000_000_000L);
        release(of, "slow");
        assertThat(seated.poll(LONG_MILLIS, TimeUnit.MILLISECONDS)).as("ten seconds against one millisecond")
                .isEqualTo("quick");
    }

    @Test
    void whoComesBackHasItsSeatsAndOthersWaitUntilEnoughWereGivenBack() {
        Turn away = flow("hook").turn(1, true, false);
        assertThat(seats.acquire(away, 0)).isNull();
        seats.release(away);
        for (int i = 0; i < 40; i++) {
            assertThat(acquired(seats, "user-" + i, 0, false)).isTrue();
        }
        seats.returned(away);
        assertThat(seats.taken()).isEqualTo(41);
        release(seats, "user-0");
        assertThat(acquired(seats, "alice", 0, false)).isFalse();
        seats.release(away);
        assertThat(acquired(seats, "alice", 0, false)).isTrue();
    }

    /// As a long list that its client reads slowly.
    @Test
    void whoWaitsForItsClientKeepsOneSeat() throws InterruptedException {
        Turn wide = flow("lister").turn(8, false, false);
        assertThat(seats.acquire(wide, 0)).isNull();
        for (int i = 0; i < 32; i++) {
            assertThat(acquired(seats, "user-" + i, 0, false)).isTrue();
        }
        waits("alice");
        seats.narrow(wide);
        assertThat(seated.poll(LONG_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo("alice");
        assertThat(seats.taken()).isEqualTo(34);
        seats.release(wide);
        assertThat(seats.taken()).isEqualTo(33);
    }

    @Test
    void moreSeatsAreGivenToWhoWaitsAtOnce() throws InterruptedException {
        for (int i = 0; i < 40; i++) {
            assertThat(acquired(seats, "user-" + i, 0, false)).isTrue();
        }
        waits("alice");
        seats.limit(41);
        assertThat(seated.poll(LONG_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo("alice");
    }

    @Test
    void whereNobodyWaitsWhoIsBeyondTheLimitIsRefused() {
        QueueSet of = queues(Queuing.REJECT, 1, LockSupport::parkNanos, System::nanoTime);
        Turn first = flow("x").turn(1, false, false);
        assertThat(of.acquire(first, LONG_MILLIS)).isNull();
        assertThat(of.acquire(flow("x").turn(1, false, false), LONG_MILLIS))
                .isEqualTo(RejectReason.CONCURRENCY_LIMIT);
        of.release(first);
        assertThat(of.acquire(first, LONG_MILLIS)).isNull();
    }
}
