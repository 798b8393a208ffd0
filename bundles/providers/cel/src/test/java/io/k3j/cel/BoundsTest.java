package io.k3j.cel;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.celapi.Cel;
import io.k3j.celapi.CelBudget;
import io.k3j.celapi.CelCompilation;
import io.k3j.celapi.CelDeclarations;
import io.k3j.celapi.CelEvaluation;
import io.k3j.celapi.CelEvaluation.Reason;
import io.k3j.celapi.CelProgram;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Whatever an expression says, it takes bounded time and memory.
@Timeout(300)
class BoundsTest {
    private static final CelDeclarations NOTHING = CelDeclarations.of(Map.of());
    private static final String TEN = "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]";

    /// A value put together with itself again and again.
    private static String doubled(String start, String step, int times) {
        String made = start;
        for (int i = 0; i < times; i++) {
            made = "optional.of(" + made + ").optMap(v" + i + ", " + step.replace("V", "v" + i) + ").value()";
        }
        return made;
    }

    private static String nested(int depth) {
        return depth == 0 ? "true" : TEN + ".all(x" + depth + ", " + nested(depth - 1) + ")";
    }

    @Test
    void aTextThatIsDoubledCostsTooMuch() {
        assertThat(Tried.literal("size(" + doubled("'" + "x".repeat(1000) + "'", "V + V", 40) + ")"))
                .isEqualTo("CALL_LIMIT: operation cancelled: actual cost limit exceeded");
    }

    @Test
    void aTextThatReplacesItselfIsTooLarge() {
        assertThat(Tried.literal("size(" + doubled("'" + "a".repeat(1000) + "'", "V.replace('', V)", 6) + ")"))
                .isEqualTo("ERROR: string too large");
    }

    @Test
    void aListThatIsDoubledTakesNoMemoryAndComparingItEnds() {
        String list = doubled("['a']", "V + V", 30);
        assertThat(Tried.literal("size(" + list + ")")).isEqualTo(String.valueOf(1 << 30));
        assertThat(Tried.literal(list + " == " + list)).startsWith("CALL_LIMIT");
        assertThat(Tried.literal(list + ".join('')")).startsWith("CALL_LIMIT");
        assertThat(Tried.literal(list + ".isSorted()")).startsWith("CALL_LIMIT");
    }

    @Test
    void aListOfTheSameListTwiceAgainAndAgainIsNotWalkedWhole() {
        String list = doubled("[1]", "[V, V]", 30);
        assertThat(Tried.literal(list + " == " + list)).startsWith("CALL_LIMIT");
    }

    @Test
    void nothingMakesTheLimitGood() {
        assertThat(Tried.literal(nested(7) + " || true")).startsWith("CALL_LIMIT");
    }

    @Test
    void severalEvaluationsShareABudget() {
        CelBudget budget = CelBudget.of(100);
        CelEvaluation last = CelEvaluation.Value.of(true);
        for (int i = 0; i < 4; i++) {
            last = Tried.program(nested(1), NOTHING).evaluate(Map.of(), budget);
        }
        assertThat(last).isEqualTo(new CelEvaluation.Failure(Reason.BUDGET,
                "validation failed due to running out of cost budget, no further validation rules will be run"));
    }

    @Test
    void anEvaluationEndsAfterTenSeconds() {
        AtomicLong clock = new AtomicLong();
        Cel slow = new CelService(() -> clock.getAndAdd(TimeUnit.SECONDS.toNanos(1)));
        CelCompilation compiled = slow.environment(NOTHING).compile(nested(5));
        CelProgram program = ((CelCompilation.Done) compiled).program();
        assertThat(program.evaluate(Map.of(), CelBudget.of(CelBudget.SHARED)))
                .isEqualTo(new CelEvaluation.Failure(Reason.INTERRUPTED, "operation interrupted"));
        assertThat(clock.get()).isBetween(TimeUnit.SECONDS.toNanos(10), TimeUnit.SECONDS.toNanos(13));
    }

    @Test
    void anEvaluationEndsWhenItsCallerSaysSo() {
        CelEvaluation ended = Tried.program(nested(5), NOTHING).evaluate(Map.of(),
                CelBudget.of(CelBudget.SHARED, () -> true));
        assertThat(ended).isEqualTo(new CelEvaluation.Failure(Reason.INTERRUPTED, "operation interrupted"));
    }

    @Test
    void anEvaluationEndsWhenItsThreadIsInterrupted() {
        Thread.currentThread().interrupt();
        assertThat(Tried.literal(nested(5))).startsWith("INTERRUPTED");
        assertThat(Thread.interrupted()).as("the flag stays").isTrue();
    }

    @Test
    void deepAndLongExpressionsAreRefused() {
        assertThat(Tried.literal("1" + "+1".repeat(5000))).contains("recursion limit exceeded");
        assertThat(Tried.literal("[".repeat(2000) + "]".repeat(2000))).startsWith("compilation failed");
    }

    @Test
    void aRegularExpressionOfManyStatesIsRefused() {
        assertThat(Tried.literal("'a'.matches('(((a{900}){900}){9' + '00})')")).startsWith("ERROR");
        assertThat(Tried.literal("'a'.matches('(a{900}){1' + '00}')")).as("Go's limit").isEqualTo(
                "ERROR: error parsing regexp: invalid repeat count: `{100}`");
        assertThat(Tried.literal("'a'.matches('(a{900}){100}')")).contains("invalid matches argument");
    }

    @Test
    void aProgramTellsHowLargeItsRegularExpressionsAre() {
        assertThat(Tried.program("'a'.matches('a{900}') || 'b'.find('(ab){10}') == ''", NOTHING).states())
                .isEqualTo(920);
        assertThat(Tried.program("'a' == 'b'", NOTHING).states()).isZero();
    }

    @Test
    void listsThatGrowAreBounded() {
        assertThat(Tried.literal("lists.range(9223372036854775807).size()")).startsWith("CALL_LIMIT");
        assertThat(Tried.literal(doubled("[1]", "[V, V]", 30) + ".flatten(40).size()")).startsWith("CALL_LIMIT");
        assertThat(Tried.literal("lists.range(999).distinct().size()")).startsWith("CALL_LIMIT");
    }
}
