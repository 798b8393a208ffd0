package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RankedTest {
    private final Ranked<Object> ranked = Ranked.lowestFirst("order");

    /// A plug-in of one bundle.
    private static final class First {
    }

    /// A plug-in of another.
    private static final class Second {
    }

    @Test
    void isCompleteAgainAfterASwapSideBySide() {
        First old = new First();
        ranked.add(old, Map.of());
        ranked.add(new Second(), Map.of());
        ranked.add(new First(), Map.of());
        ranked.remove(old);
        assertThat(ranked.complete()).isTrue();
    }

    @Test
    void isIncompleteWhileASortIsAway() {
        First old = new First();
        ranked.add(old, Map.of());
        ranked.add(new Second(), Map.of());
        ranked.remove(old);
        assertThat(ranked.complete()).isFalse();
        ranked.add(new First(), Map.of());
        assertThat(ranked.complete()).isTrue();
    }

    @Test
    void standsInOrderOfItsProperty() {
        ranked.add("later", Map.of("order", 20));
        ranked.add("first", Map.of("order", 10));
        assertThat(ranked.all().stream().map(Ranked.Entry::service).toList()).isEqualTo(List.of("first", "later"));
    }
}
