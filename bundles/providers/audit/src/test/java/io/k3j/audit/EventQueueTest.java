package io.k3j.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Health;
import io.k3j.testkitbase.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Which events are written together, and when.
class EventQueueTest {
    private static final byte[] EVENT = {'e'};
    private final BlockingQueue<List<byte[]>> batches = new LinkedBlockingQueue<>();
    private final AtomicLong now = new AtomicLong();
    private final AtomicLong looks = new AtomicLong();
    private @Nullable EventQueue queue;

    /// What waits at the end is written, however slow the machine is.
    private static EventQueue.Lanes lanes(int atOnce, long mostBytes) {
        return new EventQueue.Lanes("queue", atOnce, mostBytes, Duration.ofMinutes(1));
    }

    private EventQueue queue(int most, Duration wait, float perSecond, int burst) {
        return queue(new EventQueue.Config(100, most, wait, perSecond > 0, perSecond, burst),
                lanes(1, 1_000), batches::add);
    }

    private EventQueue queue(EventQueue.Config config, EventQueue.Lanes lanes, Consumer<List<byte[]>> writer) {
        EventQueue begun = new EventQueue(config, lanes, writer, Health.none(), () -> {
            looks.incrementAndGet();
            return now.get();
        }).started();
        queue = begun;
        return begun;
    }

    @AfterEach
    void end() {
        if (queue != null) {
            queue.end();
        }
    }

    private int next() throws InterruptedException {
        List<byte[]> batch = batches.poll(1, TimeUnit.MINUTES);
        return batch == null ? 0 : batch.size();
    }

    @Test
    void aBatchWaitsUntilItIsFull() throws Exception {
        EventQueue waits = queue(2, Duration.ofHours(1), 0, 0);
        waits.offer(EVENT);
        waits.offer(EVENT);
        assertThat(next()).isEqualTo(2);
    }

    @Test
    void aBatchIsWrittenWhenItHasWaitedLongEnough() throws Exception {
        queue(2, Duration.ofMillis(10), 0, 0).offer(EVENT);
        assertThat(next()).isEqualTo(1);
    }

    @Test
    void batchesBehindABurstWaitForTheirTurn() throws Exception {
        EventQueue throttled = queue(1, Duration.ZERO, 1_000, 2);
        for (int i = 0; i < 3; i++) {
            throttled.offer(EVENT);
        }
        assertThat(next() + next()).isEqualTo(2);
        long before = looks.get();
        Waiting.until("more looks", () -> looks.get() >= before + 5);
        assertThat(batches).isEmpty();
        now.addAndGet(Duration.ofMillis(1).toNanos());
        assertThat(next()).isEqualTo(1);
    }

    @Test
    void whatWaitsIsWrittenWhenItIsToEnd() throws Exception {
        EventQueue waits = queue(2, Duration.ofHours(1), 0, 0);
        waits.offer(EVENT);
        waits.drain(Duration.ofMinutes(1));
        assertThat(next()).isEqualTo(1);
        assertThat(waits.offer(EVENT)).isEqualTo(EventQueue.Offered.QUEUED);
        assertThat(waits.end()).isZero();
        assertThat(next()).isEqualTo(1);
        assertThat(waits.offer(EVENT)).isEqualTo(EventQueue.Offered.CLOSED);
    }

    @Test
    void aBatchHasABoundInBytesUnlessItIsOneEvent() throws Exception {
        EventQueue waits = queue(new EventQueue.Config(100, 10, Duration.ofHours(1), false, 0, 0),
                lanes(1, 5), batches::add);
        for (int length : new int[] {2, 2, 2, 9, 1}) {
            waits.offer(new byte[length]);
        }
        waits.end();
        assertThat(batches).extracting(List::size).containsExactly(2, 1, 1, 1);
    }

    @Test
    void aBatchUnderWayDelaysOthersOnlyWhereThereIsOneLane() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        EventQueue.Config single = new EventQueue.Config(100, 1, Duration.ZERO, false, 0, 0);
        EventQueue two = queue(single, lanes(2, 1_000), batch -> {
            batches.add(batch);
            await(hangs);
        });
        for (int i = 0; i < 3; i++) {
            two.offer(EVENT);
        }
        assertThat(next() + next()).isEqualTo(2);
        two.drain(Duration.ofMillis(1));
        assertThat(batches).isEmpty();
        hangs.countDown();
        two.drain(Duration.ofMinutes(1));
        assertThat(next()).isEqualTo(1);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whatIsBeingWrittenTakesItsRoomUntilItIs() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        byte[] half = new byte[(int) (EventQueue.MOST_BYTES / 2)];
        EventQueue queue = queue(new EventQueue.Config(100, 1, Duration.ZERO, false, 0, 0),
                lanes(2, 1_000), batch -> {
                    batches.add(batch);
                    await(hangs);
                });
        queue.offer(half);
        queue.offer(half);
        assertThat(next() + next()).isEqualTo(2);
        assertThat(queue.offer(EVENT)).isEqualTo(EventQueue.Offered.FULL);
        hangs.countDown();
        queue.drain(Duration.ofMinutes(1));
        assertThat(queue.offer(EVENT)).isEqualTo(EventQueue.Offered.QUEUED);
    }
}
