package io.k3j.apimachinery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonPatchTest {
    private static final Struct OBJECT = Struct.of("a", Struct.of("b/c", 1, "list", Seq.of("x", "y")));

    private static Struct op(String op, String path, Object... more) {
        Struct s = Struct.of("op", op, "path", path);
        for (int i = 0; i < more.length; i += 2) {
            s = s.with((String) more[i], more[i + 1]);
        }
        return s;
    }

    @Test
    void addsInsertsAndAppends() {
        Struct done = JsonPatch.apply(OBJECT, Seq.of(op("add", "/a/new", "value", true),
                op("add", "/a/list/1", "value", "between"), op("add", "/a/list/-", "value", "end")));
        assertThat(done).isEqualTo(
                Struct.of("a", Struct.of("b/c", 1, "list", Seq.of("x", "between", "y", "end"), "new", true)));
    }

    @Test
    void movesAcrossEscapedNames() {
        assertThat(JsonPatch.apply(OBJECT, Seq.of(op("move", "/d", "from", "/a/b~1c"))))
                .isEqualTo(Struct.of("a", Struct.of("list", Seq.of("x", "y")), "d", 1));
    }

    @Test
    void replacesAndRemovesOnlyWhatIsThere() {
        assertThat(JsonPatch.apply(OBJECT, Seq.of(op("replace", "/a/list/0", "value", "z"), op("remove", "/a/b~1c"))))
                .isEqualTo(Struct.of("a", Struct.of("list", Seq.of("z", "y"))));
        assertThatExceptionOfType(PatchFailure.class)
                .isThrownBy(() -> JsonPatch.apply(OBJECT, Seq.of(op("remove", "/a/nothing"))))
                .withMessageContaining("/a/nothing");
    }

    /// As the library that upstream uses (evanphx/json-patch 4): fields need not be there, and lists have two ends.
    @Test
    void replacesFieldsThatAreNotThereAndCountsFromTheEnd() {
        assertThat(JsonPatch.apply(OBJECT, Seq.of(op("replace", "/a/new", "value", 1), op("remove", "/a/list/-1"),
                op("add", "/a/list/-1", "value", "z"), op("copy", "/n", "from", "/a/nothing"), op("add", "/m"))))
                .isEqualTo(Struct.of("a", Struct.of("b/c", 1, "list", Seq.of("x", "z"), "new", 1), "n", Null.NULL, "m",
                        Null.NULL));
    }

    @Test
    void refusesWhatDoesNotFitWith422() {
        for (Struct operation : List.of(op("explode", "/a"), Struct.of("op", "add"), op("add", "a", "value", 1),
                op("add", "", "value", Struct.EMPTY), op("replace", "/b/c", "value", 1),
                op("replace", "/a/list/2", "value", 1), op("move", "/b", "from", "/c"))) {
            assertThatExceptionOfType(PatchFailure.class)
                    .isThrownBy(() -> JsonPatch.apply(OBJECT, Seq.of(operation))).matches(f -> f.code() == 422);
        }
        Object[] many = new Object[10_001];
        Arrays.fill(many, op("test", "/a/b~1c", "value", 1));
        assertThatExceptionOfType(PatchFailure.class).isThrownBy(() -> JsonPatch.apply(OBJECT, Seq.of(many)))
                .withMessage("The allowed maximum operations in a JSON patch is 10000, got 10001")
                .matches(f -> f.code() == 413);
    }

    @Test
    void failsAsAWholeWhenATestFails() {
        assertThatExceptionOfType(PatchFailure.class)
                .isThrownBy(() -> JsonPatch.apply(OBJECT, Seq.of(op("test", "/a/b~1c", "value", 2))))
                .withMessageContaining("test failed");
    }

    @Test
    void mergesWithNullAsRemoval() {
        assertThat(MergePatch.apply(OBJECT, Struct.of("a", Struct.of("list", null, "n", Struct.of("x", 1, "y", null)))))
                .isEqualTo(Struct.of("a", Struct.of("b/c", 1, "n", Struct.of("x", 1))));
    }

    @Test
    void refusesCopiesThatDoubleUntilNothingHoldsThem() {
        Seq doublings = Seq.of(Struct.of("op", "add", "path", "/a", "value", "x".repeat(1000)));
        for (int i = 0; i < 40; i++) {
            doublings = doublings.plus(Struct.of("op", "add", "path", "/b", "value", Struct.EMPTY))
                    .plus(Struct.of("op", "copy", "from", "/a", "path", "/b/x"))
                    .plus(Struct.of("op", "copy", "from", "/a", "path", "/b/y"))
                    .plus(Struct.of("op", "move", "from", "/b", "path", "/a"));
        }
        Seq operations = doublings;
        assertThatThrownBy(() -> JsonPatch.apply(Struct.EMPTY, operations)).isInstanceOf(PatchFailure.class)
                .hasMessageContaining("the accumulated size increase of copy exceeds the limit 3145728");
    }

    @Test
    void refusesOperationsThatNestValuesEverDeeper() {
        Struct deep = Struct.EMPTY;
        for (int i = 1; i < 600; i++) {
            deep = Struct.of("a", deep);
        }
        Seq adds = Seq.of(op("add", "/a", "value", deep), op("add", "/a" + "/a".repeat(599), "value", deep));
        Seq moves = Seq.of(op("add", "/a", "value", deep), op("add", "/b", "value", deep),
                op("move", "/a" + "/a".repeat(599), "from", "/b"));
        for (Seq operations : List.of(adds, moves)) {
            assertThatThrownBy(() -> JsonPatch.apply(Struct.EMPTY, operations)).isInstanceOf(PatchFailure.class)
                    .hasMessageContaining("deeper than 1000 levels");
        }
    }

    @Test
    void laterOperationsDoNotChangeWhatWasCopied() {
        Seq operations = Seq.of(op("add", "/a/list/-", "value", "z"), op("copy", "/copy", "from", "/a"),
                op("remove", "/a/list/0"), op("add", "/copy/list/0", "value", "first"),
                op("test", "/a/list", "value", Seq.of("y", "z")), op("move", "/moved", "from", "/a/list"),
                op("replace", "/moved/1", "value", "last"));
        assertThat(JsonPatch.apply(OBJECT, operations)).isEqualTo(Struct.of("a", Struct.of("b/c", 1), "copy",
                Struct.of("b/c", 1, "list", Seq.of("first", "x", "y", "z")), "moved", Seq.of("y", "last")));
        assertThat(OBJECT).isEqualTo(Struct.of("a", Struct.of("b/c", 1, "list", Seq.of("x", "y"))));
    }

    /// Each operation must not copy all there is.
    @Test
    void manyOperationsOnManyValuesTakeLittleTime() {
        Struct.Builder fields = Struct.builder();
        List<Object> elements = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            fields.put("f" + i, "");
            elements.add(Struct.EMPTY);
        }
        Struct object = Struct.of("map", fields.build(), "list", Seq.copyOf(elements));
        List<Object> operations = new ArrayList<>();
        for (int i = 0; i < JsonPatch.MOST_OPERATIONS; i++) {
            operations.add(i % 2 == 0 ? op("add", "/map/n" + i, "value", "") : op("add", "/list/0", "value", ""));
        }
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long begin = threads.getCurrentThreadCpuTime();
        Struct done = JsonPatch.apply(object, Seq.copyOf(operations));
        assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - begin)).isLessThan(Duration.ofSeconds(3));
        assertThat(done.struct("map").size() + done.seq("list").size()).isEqualTo(210_000);
    }
}
