package io.k3j.authrbac;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Roles that aggregate roles which aggregate others, as `admin`, `edit` and `view` do.
class AggregationChainTest {
    private static Obj role(String name, String label, String aggregates, String... verbs) {
        Struct role = Struct.of("metadata", Struct.of("name", name, "labels", Struct.of(label, "true")), "rules",
                Seq.copyOf(List.of(verbs).stream().map(v -> Struct.of("verbs", Seq.of(v))).toList()));
        return Obj.of(aggregates.isEmpty() ? role
                : role.with("aggregationRule", Struct.of("clusterRoleSelectors",
                        Seq.of(Struct.of("matchLabels", Struct.of(aggregates, "true"))))));
    }

    private static List<String> verbs(List<Obj> filled, String name) {
        return filled.stream().filter(r -> r.name().equals(name)).flatMap(r -> r.tree().seq("rules").structs().stream())
                .map(r -> r.seq("verbs").get(0).toString()).toList();
    }

    @Test
    void whatIsAggregatedReachesTheLastOfAChainAtOnce() {
        List<Obj> filled = Aggregation.filled(List.of(role("admin", "none", "to-admin"),
                role("edit", "to-admin", "to-edit"), role("view", "to-edit", "to-view"),
                role("own-admin", "to-admin", "", "a"), role("own-edit", "to-edit", "", "e"),
                role("own-view", "to-view", "", "v")));
        assertThat(verbs(filled, "admin")).containsExactlyInAnyOrder("a", "e", "v");
        assertThat(verbs(filled, "edit")).containsExactlyInAnyOrder("e", "v");
        assertThat(verbs(filled, "view")).containsExactly("v");
    }

    @Test
    void whatGoesFromOneGoesFromAll() {
        List<Obj> filled = Aggregation.filled(List.of(role("admin", "none", "to-admin", "v"),
                role("edit", "to-admin", "to-edit", "v"), role("view", "to-edit", "to-view", "v")));
        assertThat(filled).hasSize(3).allMatch(r -> r.tree().seq("rules").isEmpty());
    }

    @Test
    void twoThatAggregateEachOtherEnd() {
        assertThat(Aggregation.filled(List.of(role("a", "x", "y", "1"), role("b", "y", "x", "2")))).isNotEmpty();
    }
}
