package io.k3j.kubelettopology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Choices on a machine of two NUMA nodes with four CPUs and two devices each.
class TopologyPolicyTest {
    private static final long FIRST = 1;
    private static final long SECOND = 2;
    private static final long BOTH = 3;

    private static List<Long> units(int first, int second) {
        return Stream.concat(Collections.nCopies(first, FIRST).stream(), Collections.nCopies(second, SECOND).stream())
                .toList();
    }

    private static NumaSupply cpus(int request, int first, int second) {
        return new NumaSupply(request, units(4, 4), units(first, second));
    }

    private static NumaSupply devices(int request, int first, int second) {
        return new NumaSupply(request, units(2, 2), units(first, second));
    }

    private static TopologyHint merge(TopologyPolicy policy, NumaSupply... supplies) {
        return policy.merge(List.of(supplies), BOTH, NumaDistances.EQUAL);
    }

    @Test
    void everythingComesFromOneNodeWhereItCan() {
        for (TopologyPolicy policy : List.of(TopologyPolicy.BEST_EFFORT, TopologyPolicy.RESTRICTED,
                TopologyPolicy.SINGLE_NUMA_NODE)) {
            TopologyHint hint = merge(policy, cpus(2, 4, 4), devices(1, 0, 2));
            assertThat(hint).as("%s", policy).isEqualTo(new TopologyHint(SECOND, true));
            assertThat(policy.admits(hint)).isTrue();
        }
    }

    @Test
    void whatNoNodeHasAloneIsTakenFromBoth() {
        TopologyHint best = merge(TopologyPolicy.BEST_EFFORT, cpus(2, 4, 1), devices(1, 0, 2));
        assertThat(best.preferred()).isFalse();
        assertThat(TopologyPolicy.BEST_EFFORT.admits(best)).isTrue();
        assertThat(TopologyPolicy.RESTRICTED.admits(merge(TopologyPolicy.RESTRICTED, cpus(2, 4, 1), devices(1, 0, 2))))
                .isFalse();
        assertThat(TopologyPolicy.SINGLE_NUMA_NODE
                .admits(merge(TopologyPolicy.SINGLE_NUMA_NODE, cpus(2, 4, 1), devices(1, 0, 2)))).isFalse();
    }

    @Test
    void whatNeedsBothIsAsGoodAsCanBeForRestrictedAndNotForOneNode() {
        TopologyHint hint = merge(TopologyPolicy.RESTRICTED, cpus(6, 4, 4));
        assertThat(hint).isEqualTo(new TopologyHint(BOTH, true));
        assertThat(TopologyPolicy.SINGLE_NUMA_NODE.admits(merge(TopologyPolicy.SINGLE_NUMA_NODE, cpus(6, 4, 4))))
                .isFalse();
        assertThat(TopologyPolicy.RESTRICTED.admits(merge(TopologyPolicy.RESTRICTED, cpus(3, 2, 2))))
                .as("an empty machine could have done better").isFalse();
    }

    @Test
    void whoAsksForNothingNearNodesBeginsAnywhere() {
        assertThat(merge(TopologyPolicy.SINGLE_NUMA_NODE)).isEqualTo(new TopologyHint(BOTH, true));
        assertThat(merge(TopologyPolicy.NONE, cpus(2, 1, 1))).isEqualTo(new TopologyHint(BOTH, true));
    }

    @Test
    void ofAsManyNodesTheClosestAreTaken() {
        List<Long> free = List.of(1L, 2L, 4L, 8L);
        HintProvider twoNodes = new NumaSupply(2, free, free);
        NumaDistances distances = NumaDistances
                .parse(Map.of(0, "10 21 21 31\n", 1, "21 10 31 11\n", 2, "21 31 10 21\n", 3, "31 11 21 10\n"));
        assertThat(TopologyPolicy.RESTRICTED.merge(List.of(twoNodes), 15, NumaDistances.EQUAL))
                .isEqualTo(new TopologyHint(3, true));
        assertThat(TopologyPolicy.RESTRICTED.merge(List.of(twoNodes), 15, distances)).as("nodes 1 and 3")
                .isEqualTo(new TopologyHint(10, true));
        HintProvider one = new NumaSupply(1, free, free);
        assertThat(TopologyPolicy.RESTRICTED.merge(List.of(one), 15, distances)).as("one is better than two close ones")
                .isEqualTo(new TopologyHint(1, true));
        assertThatThrownBy(() -> NumaDistances.parse(Map.of(0, "10 21", 1, "21")))
                .hasMessage("NUMA node 1 says how far 1 nodes are; there are 2");
    }

    @Test
    void policiesHaveUpstreamsNames() {
        assertThat(TopologyPolicy.of("single-numa-node")).isEqualTo(TopologyPolicy.SINGLE_NUMA_NODE);
        assertThatThrownBy(() -> TopologyPolicy.of("numa")).hasMessage(
                "unknown policy: \"numa\"; write none, best-effort, restricted, single-numa-node");
    }
}
