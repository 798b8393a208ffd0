package io.k3j.features;

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
        free++;
        sampling.look(true);
        assertThat(done).containsExactly("begun", "ended", "begun");
    }

    @Test
    void doesNotBeginOnADiskThatIsFull() {
        free = 0;
        sampling.begin();
        assertThat(done).isEmpty();
    }
}
