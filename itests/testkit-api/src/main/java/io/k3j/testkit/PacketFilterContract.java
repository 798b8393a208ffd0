package io.k3j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.nodeapi.FilterRefused;
import io.k3j.nodeapi.PacketFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// What the one hand on a node's packet filter promises ([PacketFilter]). An implementation extends it and says which
/// one is tried. Makes tables of its own in the ruleset it is given, and takes them away.
public abstract class PacketFilterContract {
    private static final int APPLIED_AT_ONCE = 8;
    private static final String FAMILY = "ip";
    private static final String TABLE = "k3jcontract";
    private static final String ALL_OF_IT = """
            add table ip k3jcontract
            add chain ip k3jcontract a
            add set ip k3jcontract s { type ipv4_addr; }
            add counter ip k3jcontract c
            """;
    private static final String GONE = "delete table ip k3jcontract\n";

    /// The one that is tried, without a table `ip k3jcontract`.
    protected abstract PacketFilter filter();

    /// One that has taken its place, over the same ruleset.
    protected abstract PacketFilter successor();

    @Test
    void guarantee1ATransactionTakesPlaceAsAWholeOrNotAtAll() {
        filter().apply(ALL_OF_IT);
        assertThat(filter().objects(FAMILY, TABLE)).containsExactlyInAnyOrder("chain a", "set s", "counter c",
                "rules 0");
        assertThatThrownBy(() -> filter()
                .apply("add chain ip k3jcontract b\nadd rule ip k3jcontract nowhere accept\n"))
                .isInstanceOfSatisfying(FilterRefused.class, refusal -> assertThat(refusal.getMessage()).isNotBlank());
        assertThat(filter().objects(FAMILY, TABLE)).doesNotContain("chain b");
        filter().apply(GONE);
        assertThat(filter().objects(FAMILY, TABLE)).isEmpty();
    }

    @Test
    void guarantee2TransactionsAreCarriedOutOneAfterTheOther() throws Exception {
        filter().apply(ALL_OF_IT);
        List<Future<Boolean>> applied = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < APPLIED_AT_ONCE; i++) {
                applied.add(threads.submit(() -> {
                    filter().apply("add rule ip k3jcontract a accept\n");
                    return true;
                }));
            }
        }
        for (Future<Boolean> one : applied) {
            assertThat(one.get()).isTrue();
        }
        assertThat(filter().objects(FAMILY, TABLE)).contains("rules " + APPLIED_AT_ONCE);
        filter().apply(GONE);
    }

    @Test
    void guarantee3WhatStandsStaysForTheSuccessor() {
        filter().apply(ALL_OF_IT);
        assertThat(successor().objects(FAMILY, TABLE)).isEqualTo(filter().objects(FAMILY, TABLE));
        assertThat(successor().counters(FAMILY, TABLE)).containsOnlyKeys("c");
        successor().apply(GONE);
        assertThat(filter().objects(FAMILY, TABLE)).isEmpty();
    }

    @Test
    void guarantee4WhatIsNotThereIsEmptyAndNoFailure() {
        assertThat(filter().objects(FAMILY, "k3jnowhere")).isEmpty();
        assertThat(filter().counters(FAMILY, "k3jnowhere")).isEmpty();
    }
}
