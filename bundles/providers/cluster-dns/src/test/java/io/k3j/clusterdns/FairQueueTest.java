package io.k3j.clusterdns;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FairQueueTest {
    private final FairQueue<String, Integer> queue = new FairQueue<>(10, 6);

    @Test
    void clientsTakeTurnsHoweverMuchOneAsks() {
        for (int i = 0; i < 5; i++) {
            queue.add("loud", i);
        }
        queue.add("quiet", 100);
        queue.add("other", 200);
        List<Integer> order = new ArrayList<>();
        while (!queue.isEmpty()) {
            order.add(queue.next());
        }
        assertThat(order).containsExactly(0, 100, 200, 1, 2, 3, 4);
        assertThat(queue.next()).isNull();
    }

    @Test
    void hasABoundForOneAndForAll() {
        for (int i = 0; i < 6; i++) {
            assertThat(queue.add("loud", i)).isTrue();
        }
        assertThat(queue.add("loud", 6)).isFalse();
        for (int i = 0; i < 4; i++) {
            assertThat(queue.add("quiet", i)).isTrue();
        }
        assertThat(queue.add("late", 1)).isFalse();
    }
}
