package io.k3j.componenthelpers;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// Taints and tolerations, required nodes, and sums over containers.
class PlacementTest {
    private static final Taint TAINT = new Taint("k", "v", "NoExecute");

    private static boolean tolerates(Object... toleration) {
        return Toleration.tolerated(Toleration.of(Seq.of(Struct.of(toleration))), TAINT);
    }

    @Test
    void tolerationsAreMatchedAsUpstreamMatchesThem() {
        assertThat(tolerates("key", "k", "value", "v", "effect", "NoExecute")).isTrue();
        assertThat(tolerates("key", "k", "operator", "Equal", "value", "v")).isTrue();
        assertThat(tolerates("key", "k", "operator", "Exists")).isTrue();
        assertThat(tolerates("operator", "Exists")).isTrue();
        assertThat(tolerates("key", "k", "value", "w")).isFalse();
        assertThat(tolerates("key", "l", "operator", "Exists")).isFalse();
        assertThat(tolerates("key", "k", "operator", "Exists", "effect", "NoSchedule")).isFalse();
        assertThat(tolerates("key", "k", "operator", "Gt", "value", "v")).isFalse();
        assertThat(Toleration.tolerated(Toleration.of(Seq.EMPTY), TAINT)).isFalse();
    }

    @Test
    void aTolerationWithoutSecondsIsForEver() {
        Seq some = Seq.of(Struct.of("key", "k"), Struct.of("key", "k", "tolerationSeconds", -3),
                Struct.of("key", "k", "tolerationSeconds", 300));
        assertThat(Toleration.of(some)).extracting(Toleration::seconds).containsExactly(OptionalLong.empty(),
                OptionalLong.of(0), OptionalLong.of(300));
    }

    private static RequiredNodeAffinity required(Struct... terms) {
        return RequiredNodeAffinity.of(Struct.EMPTY.withAt(Seq.of((Object[]) terms), "affinity", "nodeAffinity",
                "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"));
    }

    private static Seq requirement(String key, String operator, Object... values) {
        return Seq.of(Struct.of("key", key, "operator", operator, "values", Seq.of(values)));
    }

    @Test
    void oneTermAndAllLabelsMustFit() {
        RequiredNodeAffinity selector = RequiredNodeAffinity.of(Struct.of("nodeSelector", Struct.of("a", "1")));
        assertThat(selector.matches("n", Map.of("a", "1"))).isTrue();
        assertThat(selector.matches("n", Map.of("a", "2"))).isFalse();
        RequiredNodeAffinity terms = required(Struct.of("matchExpressions", requirement("zone", "In", "x")),
                Struct.of("matchFields", requirement("metadata.name", "In", "n")));
        assertThat(terms.matches("n", Map.of())).isTrue();
        assertThat(terms.matches("m", Map.of("zone", "x"))).isTrue();
        assertThat(terms.matches("m", Map.of())).isFalse();
    }

    @Test
    void anEmptyTermMatchesNoNodeAndNoTermsMatchNone() {
        assertThat(required(Struct.EMPTY).matches("n", Map.of())).isFalse();
        assertThat(required().matches("n", Map.of())).isFalse();
        assertThat(RequiredNodeAffinity.of(Struct.EMPTY).matches("n", Map.of())).isTrue();
        assertThat(RequiredNodeAffinity.NONE.everything()).isTrue();
        assertThat(required().everything()).isFalse();
    }

    private static Struct container(long amount) {
        return Struct.of("amount", amount);
    }

    @Test
    void whatStartingNeedsCountsWhenItIsMore() {
        ContainerAggregate<Long> sum = new ContainerAggregate<>(0L, Long::sum, Math::max);
        Struct sidecar = container(2).with("restartPolicy", "Always");
        assertThat(sum.of(Struct.of("containers", Seq.of(container(1), container(3))), PlacementTest::amount))
                .isEqualTo(4);
        assertThat(sum.of(Struct.of("containers", Seq.of(container(1)), "initContainers",
                Seq.of(container(4), sidecar, container(5))), PlacementTest::amount)).isEqualTo(7);
        assertThat(sum.of(Struct.of("containers", Seq.of(container(6)), "initContainers", Seq.of(sidecar)),
                PlacementTest::amount)).isEqualTo(8);
        assertThat(sum.of(Struct.EMPTY, PlacementTest::amount)).isZero();
    }

    @Test
    void eachNameHasTheContainersThatSaySomethingOfIt() {
        Struct one = Struct.of("own", Struct.of("a", 1));
        Struct both = Struct.of("own", Struct.of("a", 2, "b", 3));
        Struct spec = Struct.of("containers", Seq.of(one, both), "initContainers", Seq.of(both, Struct.EMPTY));
        assertThat(ContainerAggregate.byName(spec, container -> container.struct("own"))).containsExactly(
                Map.entry("a", Struct.of("containers", Seq.of(one, both), "initContainers", Seq.of(both))),
                Map.entry("b", Struct.of("containers", Seq.of(both), "initContainers", Seq.of(both))));
    }

    private static long amount(Struct container) {
        return container.whole("amount", 0);
    }
}
