package io.k3j.embeddedregistry;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkit.ManualClock;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HolderTableTest {
    private static final String IMAGE = "docker.io/library/busybox";
    private final ManualClock clock = new ManualClock();
    private final HolderTable table = new HolderTable(clock);

    private static Set<String> references(int from, int number) {
        return IntStream.range(from, from + number).mapToObj(i -> "t" + i).collect(Collectors.toSet());
    }

    @Test
    void whatANodeTellsReplacesWhatItToldBefore() {
        assertThat(table.tell("a", IMAGE, Set.of("1", "sha256:1"))).isTrue();
        assertThat(table.tell("b", IMAGE, Set.of("1"))).isTrue();
        assertThat(table.holders(IMAGE, "1")).containsExactly("b", "a");
        assertThat(table.holders(IMAGE, HolderTable.ANY)).containsExactly("b", "a");
        table.tell("a", IMAGE, Set.of("2"));
        assertThat(table.holders(IMAGE, "1")).containsExactly("b");
        assertThat(table.holders(IMAGE, "sha256:1")).isEmpty();
        assertThat(table.tell("a", IMAGE, Set.of())).isTrue();
        table.tell("b", IMAGE, Set.of());
        assertThat(table.holders(IMAGE, HolderTable.ANY)).isEmpty();
        assertThat(table.size()).isZero();
    }

    @Test
    void whatIsNotToldAgainIsForgotten() {
        table.tell("a", IMAGE, Set.of("1"));
        clock.advance(HolderTable.KEPT.minus(Duration.ofSeconds(1)));
        table.tell("b", IMAGE, Set.of("1"));
        assertThat(table.holders(IMAGE, "1")).containsExactly("b", "a");
        clock.advance(Duration.ofSeconds(2));
        assertThat(table.holders(IMAGE, "1")).containsExactly("b");
        table.sweep(Set.of("a", "b"));
        assertThat(table.size()).isEqualTo(2);
        table.sweep(Set.of("a"));
        assertThat(table.size()).as("b shares no more").isZero();
    }

    @Test
    void oneNodeFillsItsPartOnly() {
        for (int i = 0; i < 10_000; i++) {
            table.tell("hostile", "image-" + i, references(0, 9));
        }
        assertThat(table.size()).isLessThanOrEqualTo(HolderTable.MOST_OF_NODE).isGreaterThan(3_000);
        assertThat(table.tell("hostile", "more", references(0, 9))).isFalse();
        assertThat(table.tell("other", IMAGE, Set.of("1"))).isTrue();
        assertThat(table.tell("hostile", "image-0", Set.of())).as("taking back is always possible").isTrue();
    }

    @Test
    void allNodesTogetherAreBounded() {
        for (int n = 0; n < 50; n++) {
            for (int i = 0; i < 40; i++) {
                table.tell("node-" + n, "image-" + i, references(n * 100, 90));
            }
        }
        assertThat(table.size()).isLessThanOrEqualTo(HolderTable.MOST).isGreaterThan(HolderTable.MOST - 100);
    }

    @Test
    void ofManyHoldersThoseThatToldLastAreKnown() {
        for (int i = 0; i < 1_000; i++) {
            table.tell("node-" + i, IMAGE, Set.of("1"));
        }
        assertThat(table.holders(IMAGE, "1")).hasSize(HolderTable.MOST_HOLDERS).startsWith("node-999", "node-998");
        table.sweep(Set.of("node-999"));
        assertThat(table.holders(IMAGE, "1")).containsExactly("node-999");
        assertThat(table.size()).as("whoever was pushed out counts no more").isEqualTo(2);
    }
}
