package io.k3j.sqllog;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.logtail.LogTail;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is taken in becomes visible in an order that never lets a reader miss it.
class IntakeTest {
    private static final Row ROW = new Row(2, "/a", true, false, 0, 0, 0, new byte[0], null);

    /// Whoever compares the newest known row with the table's and finds them equal tells readers the tail's revision: a
    /// row that is known and not yet there would be a write that was acknowledged and is not seen.
    @Test
    @Timeout(value = 120, unit = TimeUnit.SECONDS)
    void aRowIsKnownOnlyWhenTheTailHoldsIt() throws InterruptedException {
        LogTail tail = new LogTail(1);
        Intake intake = new Intake(state(tail));
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Thread holder = Thread.ofPlatform().start(() -> hold(tail, held, release));
        held.await();
        Thread taking = Thread.ofPlatform().start(() -> intake.own(List.of(ROW), 2));
        while (taking.getState() != Thread.State.WAITING) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(intake.known().revision()).isEqualTo(tail.upTo());
        release.countDown();
        taking.join();
        holder.join();
        assertThat(intake.known().revision()).isEqualTo(2);
        assertThat(tail.upTo()).isEqualTo(2);
    }

    /// A compaction found by one thread, while another has taken in what came after it.
    @Test
    void theNewestRevisionNeverGoesBack() {
        LogTail tail = new LogTail(1);
        Intake intake = new Intake(state(tail));
        intake.own(List.of(ROW), 9);
        intake.jump(5);
        assertThat(tail.upTo()).isEqualTo(9);
        assertThat(intake.known().revision()).isEqualTo(9);
    }

    @Test
    void aScanThatEndsAfterADoubtMakesNothingSure() {
        KnownNames names = new KnownNames();
        names.doubt();
        names.complete();
        assertThat(names.surelyUnused("/a")).isFalse();
    }

    /// Keeps the tail as it is until it is released.
    private static void hold(LogTail tail, CountDownLatch held, CountDownLatch release) {
        try {
            tail.awaitAfter(1, 1, () -> {
                held.countDown();
                return released(release);
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean released(CountDownLatch release) {
        try {
            release.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return true;
    }

    /// No database is asked here, so none can fail.
    private static LogState state(LogTail tail) {
        return new LogState(new Heads(1), tail, new KnownNames(), new Expirations(), null, new AtomicBoolean());
    }
}
