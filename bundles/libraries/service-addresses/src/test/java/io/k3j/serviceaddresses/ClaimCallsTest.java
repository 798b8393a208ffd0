package io.k3j.serviceaddresses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClaimCallsTest {
    @Test
    void eachCallIsMadeOnce() {
        AtomicIntegerArray made = new AtomicIntegerArray(3 * ClaimCalls.AT_ONCE);
        ClaimCalls.run(IntStream.range(0, made.length()).<Runnable>mapToObj(i -> () -> made.incrementAndGet(i))
                .toList());
        assertThat(IntStream.range(0, made.length()).map(made::get)).containsOnly(1);
        ClaimCalls.run(List.of());
    }

    @Test
    void callsInOrderBeginWhenTheOneBeforeHasEndedAndTheRestWithTheLast() {
        List<String> made = Collections.synchronizedList(new ArrayList<>());
        Phaser both = new Phaser(2);
        List<Runnable> ordered = List.of(() -> made.add("a"), () -> made.add("b"), both::arriveAndAwaitAdvance);
        ClaimCalls.run(ordered, List.of(() -> {
            made.add("c");
            both.arriveAndAwaitAdvance();
        }));
        assertThat(made).containsExactly("a", "b", "c");
        ClaimCalls.run(List.of(), List.of());
    }

    @Test
    void ofManyInOrderTheRestIsMadeAtOnce() {
        AtomicInteger made = new AtomicInteger();
        Phaser all = new Phaser(2);
        List<Runnable> ordered = new ArrayList<>(
                Collections.<Runnable>nCopies(ClaimCalls.IN_ORDER, made::incrementAndGet));
        ordered.addAll(Collections.<Runnable>nCopies(2, all::arriveAndAwaitAdvance));
        ClaimCalls.run(ordered, List.of());
        assertThat(made).hasValue(ClaimCalls.IN_ORDER);
        assertThat(all.getPhase()).isEqualTo(1);
    }

    @Test
    void afterOneInOrderThatFailsNoOtherIsBegun() {
        AtomicInteger later = new AtomicInteger();
        Runnable failing = () -> {
            throw new IllegalStateException("refused");
        };
        assertThatThrownBy(() -> ClaimCalls.run(List.of(failing, later::incrementAndGet),
                List.of(later::incrementAndGet))).hasMessage("refused");
        assertThat(later).hasValue(0);
    }

    /// Each thread takes one of the calls that fail, since none goes on before all are under way.
    private static void failsAndEnds(Runnable failing, String message) {
        Phaser all = new Phaser(ClaimCalls.AT_ONCE);
        AtomicInteger later = new AtomicInteger();
        List<Runnable> calls = new ArrayList<>(Collections.<Runnable>nCopies(ClaimCalls.AT_ONCE, () -> {
            all.arriveAndAwaitAdvance();
            failing.run();
        }));
        calls.addAll(Collections.<Runnable>nCopies(ClaimCalls.AT_ONCE, later::incrementAndGet));
        assertThatThrownBy(() -> ClaimCalls.run(calls)).hasMessage(message);
        assertThat(later).as("begun after a failure").hasValue(0);
    }

    @Test
    void aFailureIsToldAndNoFurtherCallIsBegun() {
        failsAndEnds(() -> {
            throw new IllegalStateException("refused");
        }, "refused");
    }

    @Test
    void anErrorIsAFailureToo() {
        failsAndEnds(() -> {
            throw new StackOverflowError("deep");
        }, "deep");
    }

    /// The one of the caller's thread succeeds.
    @Test
    void aFailureOfAnotherThreadIsTold() {
        Thread caller = Thread.currentThread();
        Phaser both = new Phaser(2);
        Runnable call = () -> {
            both.arriveAndAwaitAdvance();
            if (Thread.currentThread() != caller) {
                throw new StackOverflowError("deep");
            }
        };
        assertThatThrownBy(() -> ClaimCalls.run(List.of(call, call))).hasMessage("deep");
    }
}
