package io.k3j.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ShuffleShardingTest {
    @Test
    void aHandIsAlwaysTheSameDistinctQueues() {
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            long hash = random.nextLong();
            int[] hand = new int[6];
            ShuffleSharding.deal(hash, hand, 7);
            assertThat(Arrays.stream(hand).distinct().filter(q -> q >= 0 && q < 7)).hasSize(6);
            int[] again = new int[6];
            ShuffleSharding.deal(hash, again, 7);
            assertThat(again).isEqualTo(hand);
        }
    }

    @Test
    void everyQueueIsDealtAsOftenAsEveryOther() {
        ShuffleSharding sharding = new ShuffleSharding(new Random(1));
        int[] dealt = new int[16];
        for (int i = 0; i < 40_000; i++) {
            int[] hand = new int[4];
            ShuffleSharding.deal(sharding.hash("schema", "user-" + i), hand, 16);
            Arrays.stream(hand).forEach(q -> dealt[q]++);
        }
        assertThat(Arrays.stream(dealt).boxed()).allSatisfy(n -> assertThat(n).isBetween(9_500, 10_500));
    }

    @Test
    void nobodyOutsideKnowsWhoseQueuesAreTheSame() {
        Set<Long> hashes = new HashSet<>();
        for (int key = 0; key < 100; key++) {
            hashes.add(new ShuffleSharding(new Random(key)).hash("schema", "user"));
        }
        assertThat(hashes).hasSize(100);
        ShuffleSharding one = new ShuffleSharding(new Random(1));
        assertThat(one.hash("ab", "c")).isNotEqualTo(one.hash("a", "bc"));
    }
}
