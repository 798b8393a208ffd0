package io.k3j.serviceaddresses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClaimCallsTest {
    private final ClaimCalls claims = new ClaimCalls();

    @Test
    void eachCallIsMadeOnce() {
        AtomicIntegerArray made = new AtomicIntegerArray(3 * ClaimCalls.AT_ONCE);
        claims.run(IntStream.range(0, made.length()).<Runnable>mapToObj(i -> () -> made.incrementAndGet(i))
                .toList());
        assertThat(IntStream.range(0, made.length()).map(made::get)).containsOnly(1);
        claims.run(List.of());
    }

    @Test
    void callsInOrderBeginWhenTheOneBeforeHasEndedAndTheRestWithTheLast() {
        List<String> made = Collections.synchronizedList(new ArrayList<>());
        Phaser both = new Phaser(2);
        List<Runnable> ordered = List.of(() -> made.add("a"), () -> made.add("b"), both::arriveAndAwaitAdvance);
        claims.run(ordered, List.of(() -> {
            made.add("c");
            both.arriveAndAwaitAdvance();
        }));
        assertThat(made).containsExactly("a", "b", "c");
        claims.run(List.of(), List.of());
    }

    @Test
    void ofManyInOrderTheRestIsMadeAtOnce() {
        AtomicInteger made = new AtomicInteger();
        Phaser all = new Phaser(2);
        List<Runnable> ordered = new ArrayList<>(
                Collections.<Runnable>nCopies(ClaimCalls.IN_ORDER, made::incrementAndGet));
        ordered.addAll(Collections.<Runnable>nCopies(2, all::arriveAndAwaitAdvance));
        claims.run(ordered, List.of());
        assertThat(made).hasValue(ClaimCalls.IN_ORDER);
        assertThat(all.getPhase()).isEqualTo(1);
    }

    @Test
    void afterOneInOrderThatFailsNoOtherIsBegun() {
        AtomicInteger later = new AtomicInteger();
        Runnable failing = () -> {
            throw new IllegalStateException("refused");
        };
        assertThatThrownBy(() -> claims.run(List.of(failing, later::incrementAndGet),
                List.of(later::incrementAndGet))).hasMessage("refused");
        assertThat(later).hasValue(0);
    }

    /// Each thread takes one of the calls that fail, since none goes on before all are under way.
    private void failsAndEnds(Runnable failing, String message) {
        Phaser all = new Phaser(ClaimCalls.AT_ONCE);
        AtomicInteger later = new AtomicInteger();
        List<Runnable> calls = new ArrayList<>(Collections.<Runnable>nCopies(ClaimCalls.AT_ONCE, () -> {
            all.arriveAndAwaitAdvance();
            failing.run();
        }));
        calls.addAll(Collections.<Runnable>nCopies(ClaimCalls.AT_ONCE, later::incrementAndGet));
        assertThatThrownBy(() -> claims.run(calls)).hasMessage(message);
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
        assertThatThrownBy(() -> claims.run(List.of(call, call))).hasMessage("deep");
    }

    /// Two writes of which the first has all helpers: the second one makes its calls by itself, and does not wait for
    /// the first.
    @Test
    void allWritesShareTheHelpersAndOneThatGetsNoneGoesOnAlone() {
        ClaimCalls few = new ClaimCalls(2);
        Phaser all = new Phaser(3);
        List<Thread> alone = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger first = new AtomicInteger();
        few.run(Collections.nCopies(3, () -> {
            all.arriveAndAwaitAdvance();
            if (first.getAndIncrement() == 0) {
                few.run(Collections.nCopies(5, () -> alone.add(Thread.currentThread())));
            }
            all.arriveAndAwaitAdvance();
        }));
        assertThat(alone).hasSize(5);
        assertThat(new HashSet<>(alone)).hasSize(1);
    }

    /// Each round needs all helpers at once.
    @Test
    void helpersAreGivenBackAfterSuccessAndFailure() {
        ClaimCalls few = new ClaimCalls(2);
        for (String refusal : List.of("", "refused", "")) {
            Phaser all = new Phaser(3);
            List<Runnable> calls = Collections.nCopies(3, () -> {
                all.arriveAndAwaitAdvance();
                if (!refusal.isEmpty()) {
                    throw new IllegalStateException(refusal);
                }
            });
            if (refusal.isEmpty()) {
                few.run(calls);
            } else {
                assertThatThrownBy(() -> few.run(calls)).hasMessage(refusal);
            }
            assertThat(all.getPhase()).isEqualTo(1);
        }
    }
}
