package io.k3j.objectregistry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class KeyedSlotTest {
    private final KeyedSlot<String, Service> slot = new KeyedSlot<>(Service::key);

    /// One generation of what serves a key.
    private record Service(String key, int generation) {
    }

    private final Service old = new Service("a", 1);
    private final Service fresh = new Service("a", 2);

    @Test
    void theYoungestServesAndItsGoingRestoresTheOneBefore() {
        slot.add(old, Map.of("service.id", 1L));
        slot.add(fresh, Map.of("service.id", 2L));
        assertThat(slot.get("a")).isSameAs(fresh);
        slot.remove(fresh);
        assertThat(slot.get("a")).isSameAs(old);
        slot.remove(old);
        assertThat(slot.get("a")).isNull();
        assertThat(slot.isEmpty()).isTrue();
    }

    @Test
    void theOldOneGoesAndNobodyNotices() {
        slot.add(old, Map.of("service.id", 1L));
        slot.add(fresh, Map.of("service.id", 2L));
        slot.remove(old);
        assertThat(slot.get("a")).isSameAs(fresh);
    }

    @Test
    void aHigherRankingServes() {
        slot.add(old, Map.of("service.ranking", 1, "service.id", 1L));
        slot.add(fresh, Map.of("service.id", 2L));
        assertThat(slot.get("a")).isSameAs(old);
    }

    @Test
    void keysAreApart() {
        slot.add(old, Map.of());
        Service other = new Service("b", 1);
        slot.add(other, Map.of());
        assertThat(slot.get("a")).isSameAs(old);
        assertThat(slot.get("b")).isSameAs(other);
    }
}
