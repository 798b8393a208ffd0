package io.k3j.cel;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.celapi.CelBudget;
import io.k3j.celapi.CelCompilation;
import io.k3j.celapi.CelEnvironment;
import io.k3j.celapi.CelProgram;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// An evaluation costs no more than was estimated, but for what upstream is known to estimate too low.
class EstimateBoundsTest {
    private static final String LONGEST = "ab1.".repeat(5);
    private static final Struct SCHEMA = Struct.of("type", "object", "properties",
            Struct.of("t", Ruled.schema("string", 20L), "l", Struct.of("type", "array", "maxItems", 6L, "items",
                    Ruled.schema("string", 20L)), "n", Ruled.schema("integer", null), "m",
                    Struct.of("type", "object", "maxProperties", 2L, "additionalProperties",
                            Ruled.schema("string", 20L))));
    private static final Struct VALUE = Struct.of("t", LONGEST, "l", Seq.copyOf(Collections.nCopies(6, LONGEST)), "n",
            5L, "m", Struct.of(LONGEST, LONGEST, "b", LONGEST));
    private static final List<String> TEXTS = List.of("self.t", "x", "'ab1.ab1.ab1'", "TEXT + TEXT",
            "TEXT.lowerAscii()",
            "TEXT.replace('a', 'bc')", "TEXT.substring(1)", "(BOOL ? TEXT : TEXT)", "TEXT.trim()", "self.l[1]",
            "string(NUMBER)");
    private static final List<String> LISTS = List.of("self.l", "[TEXT, TEXT]", "self.l.map(x, TEXT)",
            "self.l.filter(x, BOOL)", "TEXT.split('.')", "LIST + LIST", "LIST.slice(0, 2)");
    private static final List<String> NUMBERS = List.of("3", "size(TEXT)", "size(LIST)", "NUMBER + NUMBER",
            "TEXT.indexOf('b')", "self.l.map(x, size(TEXT)).sum()");
    private static final List<String> BOOLS = List.of("true", "TEXT == TEXT", "TEXT != TEXT", "TEXT < TEXT",
            "TEXT.contains(TEXT)", "TEXT.matches('[a-z]+1')", "BOOL && BOOL", "BOOL || BOOL", "!(BOOL)",
            "self.l.all(x, BOOL)", "self.l.exists(x, BOOL)", "self.l.exists_one(x, BOOL)", "TEXT in LIST",
            "NUMBER > NUMBER", "LIST == LIST", "isIP(TEXT)", "self.l.isSorted()", "sets.contains(LIST, LIST)",
            "TEXT.find('[0-9]') == TEXT", "has(self.t)", "isQuantity(TEXT)", "dyn(TEXT) == TEXT");
    private final Random random = new Random(7);

    /// Fills in the kinds, down to a depth.
    private String grown(String form, int depth, boolean within) {
        StringBuilder b = new StringBuilder();
        int at = 0;
        while (at < form.length()) {
            String kind = kind(form, at);
            if (kind == null) {
                b.append(form.charAt(at++));
            } else {
                boolean inside = within || form.lastIndexOf("(x, ", at) >= 0;
                b.append("(").append(grown(chosen(kind, depth, inside), depth - 1, inside)).append(")");
                at += kind.length();
            }
        }
        return b.toString();
    }

    private static String kind(String form, int at) {
        return List.of("TEXT", "LIST", "NUMBER", "BOOL").stream().filter(k -> form.startsWith(k, at)).findFirst()
                .orElse(null);
    }

    private String chosen(String kind, int depth, boolean within) {
        List<String> forms = switch (kind) {
            case "TEXT" -> TEXTS;
            case "LIST" -> LISTS;
            case "NUMBER" -> NUMBERS;
            default -> BOOLS;
        };
        String form = depth <= 0 ? forms.getFirst() : forms.get(random.nextInt(forms.size()));
        return form.equals("x") && !within ? "self.t" : form;
    }

    private static CelProgram program(CelEnvironment environment, String rule) {
        if (environment.compile(rule) instanceof CelCompilation.Done(CelProgram program)) {
            return program;
        }
        throw new AssertionError(environment.compile(rule) + " of " + rule);
    }

    private static long cost(CelProgram program) {
        CelBudget budget = CelBudget.of(CelBudget.SHARED);
        program.evaluate(Map.of("self", VALUE, "oldSelf", VALUE), budget);
        return CelBudget.SHARED - budget.left();
    }

    @Test
    void noEvaluationCostsMoreThanWasEstimated() {
        CelEnvironment environment = Tried.CEL.environment(Ruled.declared(SCHEMA));
        List<String> dearer = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            String rule = grown("BOOL", 1 + i % 4, false);
            CelProgram program = program(environment, rule);
            long cost = cost(program);
            if (cost > program.estimate().cost()) {
                dearer.add(rule + ": " + cost + " > " + program.estimate().cost());
            }
        }
        assertThat(dearer).isEmpty();
    }

    /// Upstream accepts definitions by these figures, so they are the same here.
    @Test
    void whatUpstreamEstimatesTooLowIsKnown() {
        CelEnvironment environment = Tried.CEL.environment(Ruled.declared(SCHEMA));
        String literals = Collections.nCopies(4, "'" + LONGEST + "'").toString();
        assertThat(List.of("self.n == 5", "self.t.startsWith('a')", "self.m.all(k, k.contains(k))",
                literals + ".all(x, x.contains(self.t))", "self.l.distinct().size() == 1",
                "self.l.slice(0, 2)[0].contains(self.t)").stream().map(rule -> program(environment, rule))
                .map(p -> p.estimate().cost() + " " + cost(p)).toList())
                .containsExactly("2 3", "3 4", "13 18", "35 41", "87 90", "18 23");
    }
}
