package io.k3j.metricsserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Key;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FiguresTest {
    private static final Key POD = new Key("n", "p");
    private static final long SECOND = 1_000_000_000L;
    private final Map<Key, String> placed = new HashMap<>(Map.of(POD, "a"));
    private final Figures figures = new Figures((pod, node) -> node.equals(placed.get(pod)) ? "uid-" + node : "",
            15_000);

    private static NodeSample sample(long at, long cpuSeconds) {
        Point point = new Point(1_000, at, cpuSeconds * SECOND, 100);
        return new NodeSample(point, Map.of(POD, Map.of("c", point)));
    }

    @Test
    void tellsNothingBeforeTheSecondLook() {
        figures.store("a", sample(100_000, 10));
        assertThat(figures.ready()).isFalse();
        assertThat(figures.pod(POD, "uid-a")).isEmpty();
    }

    @Test
    void tellsTheDifferenceOfTwoLooks() {
        figures.store("a", sample(100_000, 10));
        figures.store("a", sample(110_000, 15));
        Usage.Amount half = new Usage.Amount(SECOND / 2, 100, 110_000, 10_000);
        assertThat(figures.node("a")).contains(half);
        assertThat(figures.pod(POD, "uid-a")).isEqualTo(Map.of("c", half));
        assertThat(figures.ready()).isTrue();
    }

    @Test
    void keepsTheDifferenceWhenTheKubeletSaysTheSameAgain() {
        figures.store("a", sample(100_000, 10));
        figures.store("a", sample(110_000, 15));
        figures.store("a", sample(110_000, 15));
        assertThat(figures.node("a")).map(Usage.Amount::windowMillis).contains(10_000L);
    }

    @Test
    void countsAYoungContainerFromItsStart() {
        Point young = new Point(100_000, 112_000, 6 * SECOND, 100);
        figures.store("a", new NodeSample(null, Map.of(POD, Map.of("c", young))));
        assertThat(figures.pod(POD, "uid-a"))
                .isEqualTo(Map.of("c", new Usage.Amount(SECOND / 2, 100, 112_000, 12_000)));
    }

    @Test
    void beginsAnewWithAContainerThatWasStartedAgain() {
        figures.store("a", sample(100_000, 10));
        figures.store("a", new NodeSample(null,
                Map.of(POD, Map.of("c", new Point(105_000, 110_000, SECOND, 100)))));
        assertThat(figures.pod(POD, "uid-a")).isEmpty();
    }

    @Test
    void showsNothingOfACounterThatWentBack() {
        figures.store("a", sample(100_000, 10));
        figures.store("a", sample(110_000, 5));
        assertThat(figures.node("a")).isEmpty();
        assertThat(figures.pod(POD, "uid-a")).isEmpty();
    }

    @Test
    void doesNotBelieveANodeAboutPodsOfAnother() {
        figures.store("a", sample(100_000, 10));
        figures.store("b", sample(100_000, 10));
        figures.store("b", sample(110_000, 10_000));
        figures.store("a", sample(110_000, 15));
        assertThat(figures.pod(POD, "uid-a").get("c")).extracting(Usage.Amount::cpuNanos).isEqualTo(SECOND / 2);
        assertThat(figures.containerPoints()).isEqualTo(1);
    }

    @Test
    void doesNotShowFiguresOfAPodThatHadTheNameBefore() {
        figures.store("a", sample(100_000, 10));
        figures.store("a", sample(110_000, 15));
        placed.put(POD, "b");
        assertThat(figures.pod(POD, "uid-b")).isEmpty();
        figures.store("b", sample(110_000, 1));
        figures.store("b", sample(120_000, 2));
        figures.store("a", sample(120_000, 16));
        assertThat(figures.pod(POD, "uid-b").get("c")).extracting(Usage.Amount::cpuNanos).isEqualTo(SECOND / 10);
    }

    @Test
    void aSilentNodeCostsOnlyItsOwnRows() {
        placed.put(new Key("n", "q"), "b");
        for (long at : new long[] {100_000, 110_000}) {
            Point point = new Point(1_000, at, at, 100);
            figures.store("a", sample(at, at / 1_000));
            figures.store("b", new NodeSample(point, Map.of(new Key("n", "q"), Map.of("c", point))));
        }
        figures.silent("a");
        assertThat(figures.node("a")).isEmpty();
        assertThat(figures.pod(POD, "uid-a")).isEmpty();
        assertThat(figures.node("b")).isPresent();
        assertThat(figures.pod(new Key("n", "q"), "uid-b")).isNotEmpty();
        figures.store("a", sample(120_000, 120));
        assertThat(figures.node("a")).as("it answers again").isPresent();
    }

    @Test
    void forgetsNodesThatAreNoMoreWithTheirPods() {
        figures.store("a", sample(100_000, 10));
        figures.keep(Set.of());
        assertThat(figures.containerPoints()).isZero();
        figures.store("a", sample(110_000, 15));
        assertThat(figures.node("a")).isEmpty();
    }

    @Test
    void forgetsPodsThatTheNodeDoesNotSpeakOf() {
        figures.store("a", sample(100_000, 10));
        figures.store("a", new NodeSample(new Point(0, 110_000, 1, 1), Map.of()));
        assertThat(figures.containerPoints()).isZero();
    }
}
