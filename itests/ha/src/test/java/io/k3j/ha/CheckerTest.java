package io.k3j.ha;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The checkers find what is planted and nothing else.
class CheckerTest {
    private final List<Operation> history = new ArrayList<>();
    private Watched watched;

    @BeforeEach
    void threeWritesAndTheirReads() {
        history.add(Operation.written("a", "v1", 11, 100, 200));
        history.add(Operation.read("a", "v1", 11, 210, 220));
        history.add(Operation.written("a", "v2", 12, 300, 400));
        history.add(Operation.read("a", "v2", 12, 410, 420));
        history.add(Operation.written("a", "v3", 13, 500, 600));
        history.add(Operation.read("a", "v3", 13, 610, 620));
        watched = new Watched("w1").begin(10).event(11, "a", "v1").event(12, "a", "v2").event(13, "a", "v3");
    }

    private List<String> all() {
        return Verdict.violations(List.of(watched), history);
    }

    @Test
    void findsNothingInAGoodHistory() {
        assertThat(all()).isEmpty();
    }

    @Test
    void findsALostWrite() {
        history.remove(5);
        history.add(Operation.read("a", "v2", 0, 610, 620));
        assertThat(Linearizability.violations(history)).singleElement().asString().contains("v3").contains("v2");
    }

    @Test
    void findsAStaleRead() {
        history.add(Operation.read("a", "v1", 0, 450, 460));
        assertThat(Linearizability.violations(history)).singleElement().asString().contains("v1").contains("v2");
    }

    @Test
    void findsAStaleReadByItsRevisionToo() {
        history.add(Operation.read("a", "v1", 11, 450, 460));
        assertThat(Linearizability.violations(history)).hasSize(2).last().asString().contains("revision 11");
    }

    @Test
    void findsReorderedEvents() {
        watched = new Watched("w1").begin(10).event(11, "a", "v1").event(13, "a", "v3").event(12, "a", "v2");
        assertThat(all()).singleElement().asString().startsWith("ordered: ");
    }

    @Test
    void findsADuplicatedEvent() {
        watched.event(13, "a", "v3");
        assertThat(all()).singleElement().asString().startsWith("unique: ");
    }

    @Test
    void findsAMissingEvent() {
        watched = new Watched("w1").begin(10).event(11, "a", "v1").event(13, "a", "v3");
        assertThat(all()).singleElement().asString().startsWith("reliable: ").contains("v2");
    }

    @Test
    void findsAnEventThatIsNotWhatOthersHeard() {
        watched = new Watched("w1").begin(10).event(11, "a", "v1").event(12, "a", "other").event(13, "a", "v3");
        assertThat(all()).anyMatch(v -> v.startsWith("atomic: "));
    }

    @Test
    void findsANewConnectionThatBeginsTooEarlyAndABookmarkThatWasTooHigh() {
        watched.begin(13).event(13, "a", "v3");
        assertThat(all()).anyMatch(v -> v.startsWith("resumable: "));
        watched = new Watched("w1").begin(10).event(11, "a", "v1").bookmark(12).event(12, "a", "v2").event(13, "a",
                "v3");
        assertThat(all()).singleElement().asString().startsWith("bookmarkable: ");
    }

    @Test
    void holdsAnUnknownWriteForDoneOnlyWhenSomebodyReadIt() {
        history.add(Operation.lost("a", "v4", 700));
        assertThat(all()).isEmpty();
        history.add(Operation.read("a", "v4", 0, 800, 810));
        assertThat(Linearizability.violations(history)).isEmpty();
        history.add(Operation.read("a", "v3", 0, 820, 830));
        assertThat(Linearizability.violations(history)).hasSize(1);
    }

    @Test
    void findsAValueThatWasRefused() {
        history.add(new Operation("a", Operation.Kind.WRITE, "v9", 0, 0, 700, 710, Operation.Fate.REFUSED, false));
        history.add(Operation.read("a", "v9", 0, 720, 730));
        assertThat(Linearizability.violations(history)).singleElement().asString().contains("not written");
    }

    @Test
    void takesAnAnswerThatSaysItIsOldForAnOlderPrefix() {
        history.add(new Operation("a", Operation.Kind.READ, "v1", 11, 0, 700, 710, Operation.Fate.DONE, true));
        assertThat(all()).singleElement().asString().contains("said they were old");
        history.add(new Operation("a", Operation.Kind.READ, "later", 0, 0, 700, 710, Operation.Fate.DONE, true));
        history.add(Operation.written("a", "later", 14, 800, 900));
        assertThat(Linearizability.violations(history)).singleElement().asString().contains("before it was written");
    }

    /// Registers that are changed at a random moment of each call; calls of eight clients overlap.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void findsNothingInWhatRegistersDid(long seed) {
        Random random = new Random(seed);
        List<Operation> done = new Registers(random).run(200_000, 50);
        assertThat(Linearizability.violations(done)).as("seed " + seed).isEmpty();
        assertThat(done.stream().filter(o -> o.fate() == Operation.Fate.UNKNOWN).count()).isGreaterThan(100);
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5, 6})
    void findsOneOldAnswerAmongManyGoodOnes(long seed) {
        Random random = new Random(seed);
        List<Operation> done = new ArrayList<>(new Registers(random).run(20_000, 5));
        List<Operation> writes = done.stream().filter(o -> o.write() && o.done() && o.key().equals("k0")).toList();
        Operation old = writes.get(writes.size() / 2);
        Operation later = writes.get(writes.size() / 2 + 20);
        done.add(Operation.read("k0", old.value(), 0, later.end() + 1, later.end() + 2));
        assertThat(Linearizability.violations(done)).as("seed " + seed).isNotEmpty();
    }
}
