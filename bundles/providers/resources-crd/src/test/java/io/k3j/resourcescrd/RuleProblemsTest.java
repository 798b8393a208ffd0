package io.k3j.resourcescrd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Yaml;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// `x-kubernetes-validations` when a definition is written.
class RuleProblemsTest {
    private static final String AT = "spec.validation.openAPIV3Schema.properties[a]";
    private static final String RULE = AT + ".x-kubernetes-validations[0]";

    private static Struct definition(String properties) {
        return Yaml.document("""
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: tests.a.com}
                spec:
                  group: a.com
                  conversion: {strategy: None}
                  scope: Namespaced
                  names: {plural: tests, singular: test, kind: Test, listKind: TestList}
                  versions:
                  - name: v1
                    served: true
                    storage: true
                    schema: {openAPIV3Schema: {type: object, properties: %s}}
                """.formatted(properties).getBytes(StandardCharsets.UTF_8)).object();
    }

    private static List<String> problems(Struct before, Struct definition) {
        return new DefinitionProblems(before, definition, Rules.with()).all().stream().map(Object::toString).toList();
    }

    private static List<String> properties(String properties) {
        return problems(Struct.EMPTY, definition(properties));
    }

    /// One rule of an object `a` with a text `s`, a number `n` and labels `l`.
    private static List<String> rule(String rule) {
        return properties("{a: {type: object, properties: {s: {type: string}, 'n': {type: integer}, l: {type: object,"
                + " additionalProperties: {type: string}}}, x-kubernetes-validations: [" + rule + "]}}");
    }

    @Test
    void rulesOfAllKindsAreAccepted() {
        assertThat(rule("{rule: self.n > 1, message: m, reason: FieldValueForbidden, fieldPath: .n}")).isEmpty();
        assertThat(rule("{rule: self.n > oldSelf.n, messageExpression: \"'s is ' + self.s\"}")).isEmpty();
        assertThat(rule("{rule: oldSelf.hasValue(), optionalOldSelf: true, fieldPath: \".l['a.b']\"}")).isEmpty();
    }

    @Test
    void aRuleThatDoesNotCompileIsRefused() {
        assertThat(rule("{rule: self.x > 1}")).singleElement().asString().startsWith(RULE + ".rule: Invalid value:"
                + " {\"Rule\":\"self.x \\u003e 1\",\"Message\":\"\",\"MessageExpression\":\"\",\"Reason\":null,"
                + "\"FieldPath\":\"\",\"OptionalOldSelf\":null}: compilation failed: ERROR: <input>:1:5: undefined field"
                + " 'x'");
        assertThat(rule("{rule: self.n + 1}")).singleElement().asString().startsWith(RULE + ".rule: Invalid value: {")
                .endsWith("}: cel expression must evaluate to a bool");
        assertThat(rule("{rule: self.n > 1, messageExpression: self.x}")).singleElement().asString()
                .startsWith(RULE + ".messageExpression: Invalid value: {")
                .contains("}: messageExpression compilation failed: ERROR: <input>:1:5: undefined field 'x'");
        assertThat(rule("{rule: self.n > 1, messageExpression: self.n}")).singleElement().asString()
                .endsWith("}: messageExpression must evaluate to a string");
    }

    @Test
    void whatIsWrittenWronglyIsRefused() {
        assertThat(rule("{rule: ' '}")).containsExactly(RULE + ".rule: Required value: rule is not specified");
        assertThat(rule("{rule: 'true', message: ' '}")).containsExactly(
                RULE + ".message: Invalid value: \" \": must be non-empty if specified");
        assertThat(rule("{rule: 'true', message: \"a\\nb\"}")).containsExactly(
                RULE + ".message: Invalid value: \"a\\nb\": must not contain line breaks");
        assertThat(rule("{rule: \"true ||\\nfalse\"}")).containsExactly(
                RULE + ".message: Required value: message must be specified if rule contains line breaks");
        assertThat(rule("{rule: 'true', messageExpression: ' '}")).containsExactly(
                RULE + ".messageExpression: Required value: messageExpression must be non-empty if specified");
        assertThat(rule("{rule: 'true', reason: Odd}")).containsExactly(RULE + ".reason: Unsupported value: \"Odd\":"
                + " supported values: \"FieldValueDuplicate\", \"FieldValueForbidden\", \"FieldValueInvalid\","
                + " \"FieldValueRequired\"");
        for (String path : List.of("n", ".x", ".n.y", ".l[0]", ".l['a", ".s[", "..n")) {
            assertThat(rule("{rule: 'true', fieldPath: \"" + path + "\"}")).as(path).containsExactly(
                    RULE + ".fieldPath: Invalid value: \"" + path + "\": must be a valid path");
        }
    }

    @Test
    void oldSelfNeedsAValueThatCanBeFound() {
        String list = "{a: {type: array, %s items: {type: object, required: [k], properties: {k: {type: string, maxLength: 5,"
                + " x-kubernetes-validations: [{rule: self == oldSelf}]}}}}}";
        String place = AT + ".items.properties[k].x-kubernetes-validations[0].rule: Invalid value: \"self == oldSelf\":"
                + " oldSelf cannot be used on the uncorrelatable portion of the schema within " + AT;
        assertThat(properties(list.formatted(""))).containsExactly(place);
        assertThat(properties(list.formatted("x-kubernetes-list-type: atomic,"))).containsExactly(place);
        assertThat(properties(list.formatted("x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [k],")))
                .isEmpty();
        assertThat(rule("{rule: self.n > 1, optionalOldSelf: true}")).containsExactly(
                RULE + ".optionalOldSelf: Invalid value: true: may not be set if oldSelf is not used in rule");
    }

    @Test
    void whatHasNoTypeHasNoRules() {
        assertThat(properties("{a: {x-kubernetes-preserve-unknown-fields: true, x-kubernetes-validations:"
                + " [{rule: 'true'}]}}")).singleElement().asString()
                .startsWith(AT + ".x-kubernetes-validations: Internal error: internal error: failed to construct type");
        assertThat(properties("{a: {type: string, allOf: [{x-kubernetes-validations: [{rule: 'true'}]}]}}"))
                .containsExactly(AT + ".allOf[0].x-kubernetes-validations: Forbidden: must be empty to be structural");
    }

    @Test
    void whatWasStoredBeforeIsNotRefused() {
        Struct stored = definition("{a: {type: string, x-kubernetes-validations: [{rule: self.x}]}}");
        Struct established = stored.withAt(Seq.of("v1"), "status", "storedVersions");
        assertThat(problems(established, established.withAt("later", "metadata", "annotations", "touched"))).isEmpty();
        Struct changed = definition("{a: {type: string, x-kubernetes-validations: [{rule: self.y}]}}");
        assertThat(problems(established, changed.withAt(Seq.of("v1"), "status", "storedVersions"))).hasSize(1);
    }

    @Test
    void aFieldPathMayLeadIntoFreeFields() {
        assertThat(properties("{a: {type: object, properties: {free: {type: object, additionalProperties: true}},"
                + " x-kubernetes-validations: [{rule: 'true', fieldPath: .free.any}]}}")).isEmpty();
    }

    @Test
    void regularExpressionsOfAllRulesAreBoundedTogether() {
        String rule = "{rule: \"self.matches('" + "a{1000}".repeat(50) + "')\"}";
        assertThat(properties("{a: {type: string, maxLength: 10, x-kubernetes-validations: ["
                + String.join(", ", Collections.nCopies(12, rule)) + "]}}")).hasSize(2)
                .allMatch(p -> p.endsWith("the regular expressions of all rules of the schema are too large together"));
        assertThat(rule("{rule: \"self.s.matches('(a{900}){100}')\"}")).singleElement().asString()
                .contains("invalid matches argument");
    }

    @Test
    void compilingTakesBoundedTimeAndIsNotBegunForTooManyRules() {
        AtomicLong clock = new AtomicLong();
        RuleProblems slow = new RuleProblems(new Schemas(), Rules.engine(() -> Rules.BOUND,
                () -> clock.getAndAdd(RuleEngine.COMPILING.toNanos() / 2)));
        Struct three = definition("{a: {type: string, x-kubernetes-validations: [{rule: 'true'}, {rule: 'true'},"
                + " {rule: 'true'}]}}");
        assertThatThrownBy(() -> new DefinitionProblems(Struct.EMPTY, three, slow).all()).isInstanceOfSatisfying(
                ApiFault.class, f -> assertThat(f.code()).isEqualTo(504));
        RuleProblems never = new RuleProblems(new Schemas(), Rules.engine(() -> {
            throw new AssertionError("compiled");
        }, System::nanoTime));
        Struct many = definition("{a: {type: object, properties: {b: {type: string, x-kubernetes-validations: ["
                + String.join(", ", Collections.nCopies(3_000, "{rule: 'true'}")) + "]}, c: {type: string,"
                + " x-kubernetes-validations: [" + String.join(", ", Collections.nCopies(3_000, "{rule: 'true'}"))
                + "]}}}}");
        assertThat(new DefinitionProblems(Struct.EMPTY, many, never).all()).singleElement().asString()
                .contains("at most 5000 validation rules");
    }

    @Test
    void versionsOfDifferentSchemasAreToldApart() {
        Struct one = definition("{a: {type: string, x-kubernetes-validations: [{rule: ''}]}}");
        Struct version = one.struct("spec").seq("versions").struct(0);
        Struct other = version.with("name", "v2").with("storage", false);
        assertThat(problems(Struct.EMPTY, one.withAt(Seq.of(version, other), "spec", "versions"))).hasSize(1);
        Struct different = other.withAt("different", "schema", "openAPIV3Schema", "description");
        assertThat(problems(Struct.EMPTY, one.withAt(Seq.of(version, different), "spec", "versions")))
                .extracting(p -> p.substring(0, 23))
                .containsExactly("spec.versions[0].schema", "spec.versions[1].schema");
    }

    @Test
    void rulesAreBoundedAndWithoutTheEngineNoneIsAccepted() {
        Struct rules = Struct.of("type", "string", "x-kubernetes-validations",
                Seq.copyOf(Collections.nCopies(5_001, Struct.of("rule", "true"))));
        Struct many = definition("{}");
        many = many.withAt(Seq.of(many.struct("spec").seq("versions").struct(0).withAt(rules, "schema",
                "openAPIV3Schema", "properties", "a")), "spec", "versions");
        assertThat(problems(Struct.EMPTY, many)).singleElement().asString().contains("at most 5000 validation rules");
        Struct one = definition("{a: {type: string, x-kubernetes-validations: [{rule: 'true'}]}}");
        RuleProblems alone = new RuleProblems(new Schemas(), Rules.NONE);
        assertThatThrownBy(() -> new DefinitionProblems(Struct.EMPTY, one, alone).all()).isInstanceOf(ApiFault.class)
                .hasMessageContaining("io.k3j.cel");
    }
}
