package io.k3j.webhookclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Who asks, who waits and who is sent away.
class CallQueueTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch answered = new CountDownLatch(1);
    private final AtomicInteger asking = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final List<Future<String>> all = new ArrayList<>();

    @AfterEach
    void end() {
        answered.countDown();
        threads.shutdownNow();
    }

    private String ask(CallQueue queue, String user, CountDownLatch begun) throws CallFailure {
        return queue.ask(user, LONG, _ -> {
            most.accumulateAndGet(asking.incrementAndGet(), Math::max);
            begun.countDown();
            try {
                answered.await();
            } catch (InterruptedException e) {
                throw new CallFailure("interrupted");
            }
            asking.decrementAndGet();
            return user;
        });
    }

    private CallQueue busy(int atOnce, String... users) throws InterruptedException {
        CallQueue queue = new CallQueue(new CallQueue.Bounds(atOnce, 3, 2));
        CountDownLatch begun = new CountDownLatch(atOnce);
        for (String user : users) {
            all.add(threads.submit(() -> ask(queue, user, begun)));
        }
        begun.await();
        return queue;
    }

    private static String asked(CallQueue queue, String user) throws CallFailure {
        return queue.ask(user, LONG, _ -> "asked");
    }

    private static void refused(CallQueue queue, String user, Duration limit) {
        assertThatThrownBy(() -> queue.ask(user, limit, _ -> "asked")).isInstanceOfSatisfying(ApiFault.class, no -> {
            assertThat(no.code()).isEqualTo(429);
            assertThat(no.details().get("retryAfterSeconds")).hasToString("1");
        });
    }

    /// Else a denial could be passed over by who comes late.
    @Test
    void whatIsWaitedIsNotTheWebhooks() throws Exception {
        CallQueue queue = busy(1, "flood");
        CountDownLatch waits = new CountDownLatch(1);
        Future<Duration> late = threads.submit(() -> {
            waits.countDown();
            return queue.ask("jane", LONG, limit -> limit);
        });
        waits.await();
        answered.countDown();
        assertThat(late.get()).isEqualTo(LONG);
    }

    @Test
    void oneUserHasHisShareAndOthersComeIn() throws Exception {
        CallQueue queue = busy(2, "flood", "flood");
        refused(queue, "flood", LONG);
        all.add(threads.submit(() -> ask(queue, "jane", new CountDownLatch(1))));
        answered.countDown();
        for (Future<String> one : all) {
            assertThat(one.get()).isIn("flood", "jane");
        }
        assertThat(most.get()).isLessThanOrEqualTo(2);
        assertThat(asked(queue, "flood")).as("places are given back").isEqualTo("asked");
    }

    @Test
    void beyondTheBoundForAllNobodyWaits() throws Exception {
        CallQueue queue = busy(3, "a", "b", "c");
        refused(queue, "d", LONG);
    }

    @Test
    void whoWaitsInVainIsSentAwayAndLeavesHisPlace() throws Exception {
        CallQueue queue = busy(1, "a");
        refused(queue, "b", Duration.ofMillis(20));
        refused(queue, "b", Duration.ofMillis(20));
        refused(queue, "b", Duration.ofMillis(20));
        assertThat(queue.drained(Duration.ofMillis(20))).isFalse();
        answered.countDown();
        all.getFirst().get();
        assertThat(asked(queue, "b")).isEqualTo("asked");
        assertThat(queue.drained(LONG)).isTrue();
    }

    @Test
    void aQuestionThatFailsGivesItsPlaceBack() {
        CallQueue queue = new CallQueue(new CallQueue.Bounds(1, 1, 1));
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> queue.ask("a", LONG, _ -> {
                throw new CallFailure("connection refused");
            })).isInstanceOf(CallFailure.class);
        }
    }
}
