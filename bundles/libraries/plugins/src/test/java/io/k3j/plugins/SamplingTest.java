package io.k3j.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SamplingTest {
    private final List<String> done = new ArrayList<>();
    private long free = Sampling.ROOM;
    private final Sampling sampling = new Sampling(() -> {
        done.add("begun");
        return () -> done.add("ended");
    }, () -> free);

    @Test
    void looksWhileThereIsSomething() {
        sampling.begin();
        sampling.begin();
        sampling.look(true);
        assertThat(done).containsExactly("begun");
        sampling.look(false);
        sampling.close();
        assertThat(done).containsExactly("begun", "ended");
    }

    @Test
    void endsWhileTheDiskIsNearlyFullSinceItWouldEndTheProcess() {
        sampling.begin();
        free--;
        sampling.look(true);
        sampling.begin();
        sampling.look(true);
        assertThat(done).containsExactly("begun", "ended");
        free = 2 * Sampling.ROOM;
        sampling.look(true);
        assertThat(done).containsExactly("begun", "ended", "begun");
    }

    @Test
    void doesNotBeginAndEndWhereFilesComeAndGo() {
        sampling.begin();
        for (int i = 0; i < 10; i++) {
            free = Sampling.ROOM - 1;
            sampling.look(true);
            free = 2 * Sampling.ROOM - 1;
            sampling.look(true);
            sampling.begin();
        }
        assertThat(done).containsExactly("begun", "ended");
    }

    @Test
    void doesNotBeginOnADiskThatIsFull() {
        free = 0;
        sampling.begin();
        assertThat(done).isEmpty();
    }
}
