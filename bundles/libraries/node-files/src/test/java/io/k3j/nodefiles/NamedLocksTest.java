package io.k3j.nodefiles;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NamedLocksTest {
    private final NamedLocks locks = new NamedLocks();

    /// Done by another thread, which this one waits for: it would wait for ever for a lock that is shared.
    private static void elsewhere(NamedLocks.Work work) {
        Thread thread = Thread.ofVirtual().start(() -> {
            try {
                work.run();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void nobodyWaitsForAnotherThing() throws IOException {
        List<Integer> done = new ArrayList<>();
        locks.hold("a", () -> IntStream.range(0, 200)
                .forEach(i -> elsewhere(() -> locks.hold("volume-" + i, () -> done.add(i)))));
        assertThat(done).hasSize(200);
    }

    @Test
    void whatSomebodyHasIsLeftUntilItIsFree() throws IOException {
        List<String> done = new ArrayList<>();
        locks.hold("a", () -> elsewhere(() -> locks.holdIfFree("a", () -> done.add("taken"))));
        locks.holdIfFree("a", () -> done.add("free"));
        assertThat(done).containsExactly("free");
    }
}
