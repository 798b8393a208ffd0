package io.k3j.resourcescrd;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Yaml;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What rules may be estimated to cost when a definition is written, with upstream's cases.
class RuleCostsTest {
    private static final String AT = "spec.validation.openAPIV3Schema";
    private static final String HINT = " (try simplifying the rule, or adding maxItems, maxProperties, and maxLength"
            + " where arrays, maps, and strings are declared)";
    private static final String SHARE = "contributed to estimated rule cost total exceeding cost limit for entire"
            + " OpenAPIv3 schema";

    private static Struct schema(String properties) {
        return Yaml.document("type: object\nproperties: %s\n".formatted(properties).getBytes(StandardCharsets.UTF_8))
                .object();
    }

    private static List<String> problems(String properties) {
        return Rules.with().check(schema(properties), AT, true, true).stream().map(Object::toString).toList();
    }

    private static String rules(String... rules) {
        return List.of(rules).stream().map(r -> "{rule: \"" + r + "\"}")
                .collect(Collectors.joining(", ", "x-kubernetes-validations: [", "]"));
    }

    /// Where a rule of a property stands.
    private static String place(String within) {
        return AT + ".properties[" + within + ".x-kubernetes-validations[0].rule: Forbidden: ";
    }

    private static String forbidden(String place, String factor) {
        return place + "estimated rule cost exceeds budget by factor of " + factor + HINT;
    }

    @Test
    void aRuleThatMayCostTooMuchIsRefused() {
        assertThat(problems("{spec: {type: object, " + rules("self.x.all(s, s == 'x')")
                + ", properties: {x: {type: array, items: {type: string}}}}}")).isEmpty();
        assertThat(problems("{spec: {type: object, " + rules("self.x.all(s, self.x.all(t, s == t))")
                + ", properties: {x: {type: array, items: {type: string}}}}}"))
                .containsExactly(forbidden(place("spec]"), "more than 100x"),
                        place("spec]") + SHARE, AT + ": Forbidden: x-kubernetes-validations estimated rule cost total"
                                + " for entire OpenAPIv3 schema exceeds budget by factor of more than 100x" + HINT);
        assertThat(problems("{spec: {type: object, " + rules("self.x.all(s, self.x.all(t, s == t))")
                + ", properties: {x: {type: array, maxItems: 100, items: {type: string, maxLength: 20}}}}}"))
                .isEmpty();
    }

    @Test
    void allRulesTogetherMayCostTooMuch() {
        String word = rules("self.contains('keyword')");
        assertThat(problems("{list: {type: array, maxItems: 100000, items: {type: string, maxLength: 5000, " + word
                + "}}, map: {type: object, maxProperties: 1000, additionalProperties: {type: string, maxLength: 5000, "
                + word + "}}, field: {type: integer, " + rules("self > 50 && self < 100") + "}}"))
                .containsExactly(forbidden(place("list].items"), "20.0x"), place("list].items") + SHARE,
                        place("map].additionalProperties") + SHARE, AT + ": Forbidden: x-kubernetes-validations"
                                + " estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of"
                                + " 2.0x" + HINT);
    }

    @Test
    void theFourDearestRulesAreNamed() {
        assertThat(problems(repeated(15))).hasSize(5).first().asString().isEqualTo(place("l0].items") + SHARE);
        assertThat(problems(repeated(12))).isEmpty();
    }

    /// Lists whose rules cost 8 004 000 each.
    private static String repeated(int times) {
        StringBuilder b = new StringBuilder("{");
        for (int i = 0; i < times; i++) {
            b.append(i == 0 ? "" : ", ").append("l").append(i).append(": {type: array, maxItems: 4000, items: {type:"
                    + " string, maxLength: 5000, ").append(rules("self.contains('keyword')")).append("}}");
        }
        return b.append("}").toString();
    }

    @Test
    void whatIsNotLimitedIsAsOftenThereAsARequestHoldsIt() {
        String text = "{type: string, maxLength: 10, " + rules("self.contains('a')") + "}";
        assertThat(problems("{l: {type: array, items: " + text + "}}")).isEmpty();
        assertThat(problems("{l: {type: array, items: {type: string, maxLength: 20, " + rules("self.contains('a')")
                + "}}}")).isEmpty();
        assertThat(problems("{l: {type: array, items: {type: string, maxLength: 23, " + rules("self.contains('a')")
                + "}}}")).containsExactly(forbidden(place("l].items"), "1.153434x"));
        assertThat(problems("{l: {type: array, maxItems: 3, items: {type: array, items: {type: string, maxLength: 23, "
                + rules("self.contains('a')") + "}}}}")).containsExactly(forbidden(place("l].items.items"),
                        "1.153434x"));
    }

    @Test
    void aMessageExpressionHasACostOfItsOwn() {
        String sum = "self[0] + self[1] + self[2] + self[3] + self[4] + self[5] + self[6] + self[7]";
        assertThat(problems("{f: {type: array, items: {type: string}, x-kubernetes-validations: [{rule: 'true',"
                + " messageExpression: \"" + sum + "\"}]}}")).singleElement().asString()
                .startsWith(AT + ".properties[f].x-kubernetes-validations[0].messageExpression: Forbidden: estimated"
                        + " messageExpression cost exceeds budget by factor of 1.101006x");
        assertThat(problems("{f: {type: array, items: {type: string}, x-kubernetes-validations: [{rule: 'true',"
                + " messageExpression: 'string(self[0]) + string(self[1]) + string(self[2])'}]}}")).hasSize(3);
        assertThat(problems("{n: {type: integer, x-kubernetes-validations: [{rule: self > 0, messageExpression:"
                + " \"'n is ' + string(self)\"}]}}")).hasSize(3);
        assertThat(problems("{f: {type: array, maxItems: 5, items: {type: string, maxLength: 5}, "
                + rules("self.all(x, self.exists_one(y, x.lowerAscii() == y.lowerAscii()))") + "}}")).isEmpty();
    }

    @Test
    void aSchemaThatIsAsStoredIsNotRefused() {
        Struct dear = schema("{spec: {type: array, items: {type: string}, "
                + rules("self.all(x, self.all(y, x == y))") + "}}");
        Struct definition = Yaml.document("""
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: tests.a.com}
                spec:
                  group: a.com
                  conversion: {strategy: None}
                  scope: Namespaced
                  names: {plural: tests, singular: test, kind: Test, listKind: TestList}
                """.getBytes(StandardCharsets.UTF_8)).object()
                .withAt(Seq.of(Struct.of("name", "v1", "served", true, "storage", true, "schema",
                        Struct.of("openAPIV3Schema", dear))), "spec", "versions")
                .withAt(Seq.of("v1"), "status", "storedVersions");
        assertThat(new DefinitionProblems(Struct.EMPTY, definition, Rules.with()).all()).hasSize(3);
        assertThat(new DefinitionProblems(definition, definition.withAt("later", "metadata", "annotations", "a"),
                Rules.with()).all()).isEmpty();
        Seq versions = Seq.of(definition.struct("spec").seq("versions").struct(0)
                .withAt("changed", "schema", "openAPIV3Schema", "description"));
        assertThat(new DefinitionProblems(definition, definition.withAt(versions, "spec", "versions"), Rules.with())
                .all()).hasSize(3);
    }
}
