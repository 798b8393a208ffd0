package io.k3j.validation;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabelSelectorRulesTest {
    private static Struct selector(String operator, Object... values) {
        return Struct.of("matchExpressions",
                Seq.of(Struct.of("key", "k", "operator", operator, "values", Seq.of(values))));
    }

    private static List<String> problems(Struct selector, boolean anyValues) {
        Problems p = Problems.none();
        LabelSelectorRules.check(selector, anyValues, p.at("s"));
        return p.found().stream().map(FieldProblem::toString).toList();
    }

    @Test
    void whatIsAskedForIsAValueThatALabelMayHave() {
        assertThat(problems(selector("In", "a", ""), false)).isEmpty();
        assertThat(problems(selector("NotIn", "a", "b c"), false)).singleElement().asString()
                .startsWith("s.matchExpressions[0].values[1]: Invalid value: \"b c\": a valid label must be");
        assertThat(problems(selector("NotIn", "a", "b c"), true)).isEmpty();
        assertThat(LabelSelectorRules.oddValues(selector("In", "b c"))).isTrue();
        assertThat(LabelSelectorRules.oddValues(selector("In", "b"))).isFalse();
    }

    @Test
    void operatorsHaveTheValuesTheyNeed() {
        assertThat(problems(selector("In"), true)).containsExactly("s.matchExpressions[0].values: Required value: must"
                + " be specified when `operator` is 'In' or 'NotIn'");
        assertThat(problems(selector("Exists", "a"), true)).containsExactly("s.matchExpressions[0].values: Forbidden:"
                + " may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
        assertThat(problems(selector("Is"), true)).containsExactly(
                "s.matchExpressions[0].operator: Invalid value: \"Is\": not a valid selector operator");
    }
}
