package io.k3j.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.WorkQueue;
import io.k3j.model.Key;
import io.k3j.testkit.ManualClock;
import io.k3j.testkitbase.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// When keys come out of a queue, and how often.
class WorkQueueTest {
    private final ManualClock clock = new ManualClock();
    private static final Key KEY = new Key("default", "a");

    @Test
    void aKeyAddedWhileWorkedOnComesAgainAfterwards() {
        WorkQueue queue = new WorkQueue(clock);
        queue.add(KEY);
        queue.add(KEY);
        assertThat(queue.take()).contains(KEY);
        queue.add(KEY);
        assertThat(queue.take()).isEmpty();
        queue.done(KEY);
        assertThat(queue.take()).contains(KEY);
        queue.done(KEY);
        assertThat(queue.take()).isEmpty();
    }

    @Test
    void failuresDoubleTheDelayUntilForgotten() {
        WorkQueue queue = new WorkQueue(clock);
        for (int millis : new int[] {5, 10, 20, 40}) {
            queue.retry(KEY);
            clock.advance(Duration.ofMillis(millis - 1));
            assertThat(queue.take()).isEmpty();
            clock.advance(Duration.ofMillis(1));
            assertThat(queue.take()).contains(KEY);
            queue.done(KEY);
        }
        queue.forget(KEY);
        queue.retry(KEY);
        clock.advance(Duration.ofMillis(5));
        assertThat(queue.take()).contains(KEY);
    }

    @Test
    void aStepOfTheTimeOfDayFreezesNoQueue() {
        WorkQueue queue = new WorkQueue(clock);
        queue.addAfter(KEY, Duration.ofSeconds(10));
        clock.step(Duration.ofHours(1));
        assertThat(queue.take()).isEmpty();
        clock.step(Duration.ofHours(-2));
        clock.advance(Duration.ofSeconds(10));
        assertThat(queue.take()).contains(KEY);
        queue.done(KEY);
        queue.retry(KEY);
        clock.step(Duration.ofHours(-1));
        clock.advance(Duration.ofMillis(5));
        assertThat(queue.take()).contains(KEY);
    }

    /// A server that starts adds a key for each object there is, while its workers cannot take any yet.
    @Test
    void whoPausesIsWokenByTheEndOfThePauseAndNotByKeys() throws InterruptedException {
        WorkQueue queue = new WorkQueue(TimeSource.system());
        AtomicInteger pauses = new AtomicInteger();
        Thread worker = Thread.ofPlatform().start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                queue.pause(Duration.ofMinutes(5));
                pauses.incrementAndGet();
            }
        });
        awaitWaiting(worker);
        for (int i = 0; i < 100; i++) {
            queue.add(new Key("default", "" + i));
            worker.join(Duration.ofMillis(1));
        }
        assertThat(pauses).hasValue(0);
        queue.wake();
        while (pauses.get() == 0) {
            worker.join(Duration.ofMillis(1));
        }
        worker.interrupt();
        worker.join();
    }

    private static void awaitWaiting(Thread thread) throws InterruptedException {
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            thread.join(Duration.ofMillis(1));
        }
    }

    @Test
    void keysThatBecomeDueTogetherWakeAsManyWorkers() throws InterruptedException {
        WorkQueue queue = new WorkQueue(TimeSource.system());
        CountDownLatch together = new CountDownLatch(3);
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            workers.add(Thread.ofVirtual().start(() -> {
                while (queue.take().isEmpty()) {
                    // longer than is waited for below: nobody comes by himself
                    queue.await(Waiting.LIMIT.multipliedBy(2));
                }
                together.countDown();
                joined(together);
            }));
        }
        for (int i = 0; i < 3; i++) {
            queue.addAfter(Key.of("k" + i), Duration.ofMillis(50));
        }
        for (Thread worker : workers) {
            assertThat(worker.join(Waiting.LIMIT)).isTrue();
        }
        assertThat(together.getCount()).isZero();
    }

    private static void joined(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void theEarlierOfTwoDelaysCounts() {
        WorkQueue queue = new WorkQueue(clock);
        queue.addAfter(KEY, Duration.ofSeconds(10));
        queue.addAfter(KEY, Duration.ofSeconds(1));
        queue.addAfter(KEY, Duration.ofSeconds(20));
        clock.advance(Duration.ofSeconds(1));
        assertThat(queue.take()).contains(KEY);
    }
}
