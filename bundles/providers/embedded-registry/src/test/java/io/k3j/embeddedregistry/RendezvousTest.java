package io.k3j.embeddedregistry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RendezvousTest {
    private static final List<String> NODES = IntStream.range(0, 100).mapToObj(i -> "node-" + i).toList();

    @Test
    void everyNodeComesToTheSameAnswer() {
        List<String> turned = NODES.reversed();
        for (String image : List.of("docker.io/library/busybox", "registry.k8s.io/pause", "")) {
            assertThat(new Rendezvous(turned).of(image)).isEqualTo(new Rendezvous(NODES).of(image))
                    .doesNotHaveDuplicates()
                    .hasSize(Rendezvous.COPIES);
        }
        assertThat(new Rendezvous(Set.of()).of("a")).isEmpty();
        assertThat(new Rendezvous(Set.of("one", "two")).of("a")).containsExactlyInAnyOrder("one", "two");
    }

    @Test
    void imagesAreSpreadEvenly() {
        Map<String, Integer> number = new HashMap<>();
        for (int i = 0; i < 10_000; i++) {
            new Rendezvous(NODES).of("docker.io/library/image-" + i).forEach(n -> number.merge(n, 1, Integer::sum));
        }
        assertThat(number).hasSize(100);
        assertThat(number.values()).allMatch(n -> n > 200 && n < 400);
    }

    @Test
    void aNodeThatGoesMovesItsOwnPartOnly() {
        List<String> fewer = new ArrayList<>(NODES);
        fewer.remove("node-7");
        for (int i = 0; i < 1_000; i++) {
            List<String> before = new ArrayList<>(new Rendezvous(NODES).of("image-" + i));
            before.remove("node-7");
            assertThat(new Rendezvous(fewer).of("image-" + i)).startsWith(before.toArray(String[]::new));
        }
    }
}
