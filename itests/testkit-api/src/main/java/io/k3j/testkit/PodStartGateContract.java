package io.k3j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Obj;
import io.k3j.nodeapi.PodStartGate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// What everybody promises who lets pods start ([PodStartGate]). An implementation extends it and says which gates are
/// tried, and on what.
public abstract class PodStartGateContract {
    private static final int ASKED_AT_ONCE = 16;
    /// Six times what a gate may block for, for a machine that does other things as well.
    private static final Duration LONG = Duration.ofSeconds(30);

    /// A pod, and the addresses of its sandbox.
    public record Sample(Obj pod, List<String> addresses) {
    }

    /// A gate that has all it needs.
    protected abstract PodStartGate open();

    /// One that lacks what it must have before a pod starts, as the rules that nobody has told it yet.
    protected abstract PodStartGate closed();

    /// A pod that the first one lets start and the second one does not.
    protected abstract Sample pod();

    private void ask(PodStartGate gate) throws InterruptedException {
        gate.beforeStart(pod().pod(), pod().addresses());
    }

    @Test
    void guarantee1LetsStartWhatMayAndTheSameAgain() {
        assertThatCode(() -> {
            ask(open());
            ask(open());
        }).doesNotThrowAnyException();
    }

    @Test
    void guarantee2SaysWhatIsMissing() {
        assertThatThrownBy(() -> ask(closed())).isInstanceOfSatisfying(RuntimeException.class,
                refusal -> assertThat(refusal.getMessage()).isNotBlank());
    }

    @Test
    void guarantee3AnswersSoonWhateverItWaitsFor() throws InterruptedException {
        Thread asking = Thread.startVirtualThread(() -> assertThatThrownBy(() -> ask(closed())).isNotNull());
        assertThat(asking.join(LONG)).as("it has answered").isTrue();
    }

    @Test
    void guarantee4EndsWhenItsThreadIsInterrupted() throws InterruptedException {
        Thread asking = Thread.startVirtualThread(() -> {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> ask(closed())).isNotNull();
        });
        assertThat(asking.join(LONG)).as("it has ended").isTrue();
    }

    @Test
    void guarantee5IsAskedAboutSeveralPodsAtOnce() throws Exception {
        List<Future<Boolean>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < ASKED_AT_ONCE; i++) {
                Obj one = pod().pod().with("p" + i, "metadata", "name").with("u" + i, "metadata", "uid");
                answers.add(threads.submit(() -> {
                    open().beforeStart(one, pod().addresses());
                    return true;
                }));
            }
        }
        for (Future<Boolean> answer : answers) {
            assertThat(answer.get()).isTrue();
        }
    }
}
