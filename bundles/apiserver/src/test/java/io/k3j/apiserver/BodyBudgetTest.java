package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserver.BodyBudget.Room;
import io.k3j.clientapi.ApiFault;
import org.junit.jupiter.api.Test;

class BodyBudgetTest {
    private static final int LARGE = Bodies.MAX_BYTES;
    private static final long WEIGHT = (long) LARGE * BodyBudget.WEIGHT;

    @Test
    void aUserWithManyLargeBodiesKeepsNobodyOut() {
        BodyBudget budget = new BodyBudget(4 * WEIGHT);
        try (Room _ = budget.take("mallory", -1, false)) {
            assertThatThrownBy(() -> budget.take("mallory", LARGE, false)).isInstanceOfSatisfying(ApiFault.class,
                    f -> assertThat(f.code()).isEqualTo(429));
            try (Room _ = budget.take("alice", LARGE, false); Room _ = budget.take("mallory", 1000, false)) {
                assertThat(budget.taken()).isEqualTo(2 * WEIGHT);
            }
        }
        assertThat(budget.taken()).isZero();
    }

    @Test
    void allTogetherTakeNoMoreThanThereIs() {
        BodyBudget budget = new BodyBudget(WEIGHT);
        try (Room _ = budget.take("alice", LARGE, false)) {
            assertThatThrownBy(() -> budget.take("admin", LARGE, true)).hasMessageContaining("Too many large requests");
        }
    }
}
