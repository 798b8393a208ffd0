package io.k3j.resourcequota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apimachinery.Quantity;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LaneTest {
    private final Lane lane = new Lane();

    /// One that nobody evaluates.
    private QuotaDemand entered() {
        QuotaDemand demand = new QuotaDemand(null, Struct.EMPTY, null, null, Instant.EPOCH);
        lane.entered(demand);
        return demand;
    }

    @Test
    void whatAThreadLeavesUndecidedThatFailsIsRefused() {
        QuotaDemand one = entered();
        QuotaDemand other = entered();
        assertThatThrownBy(() -> lane.run(one, demands -> {
            throw new StackOverflowError();
        })).isInstanceOf(StackOverflowError.class);
        QuotaDemand later = entered();
        lane.run(other, demands -> {
            assertThat(demands).containsExactly(later);
            demands.forEach(QuotaDemand::pass);
        });
        assertThatThrownBy(other::settled).isInstanceOfSatisfying(ApiFault.class,
                refused -> assertThat(refused.code()).isEqualTo(500));
        lane.run(later, demands -> {
            throw new AssertionError("it was decided with the other one");
        });
        later.settled();
    }

    @Test
    void whatIsGivenBackMeanwhileIsHandedOnTogether() {
        Map<String, ResourceList> handed = new TreeMap<>();
        lane.returned(Map.of("q", pods(1), "r", pods(5))).returned(Map.of("q", pods(2)));
        lane.giveBack(handed::put);
        assertThat(handed).isEqualTo(Map.of("q", pods(3), "r", pods(5)));
        lane.giveBack((quota, share) -> {
            throw new AssertionError("it was handed on with the other one");
        });
    }

    private static ResourceList pods(int number) {
        return ResourceList.of("pods", Quantity.of(number));
    }
}
