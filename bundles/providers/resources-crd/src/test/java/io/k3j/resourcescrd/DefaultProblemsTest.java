package io.k3j.resourcescrd;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Yaml;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Default values when a definition is written.
class DefaultProblemsTest {
    private static List<String> properties(RuleProblems rules, String properties) {
        Struct schema = Yaml.document(("{type: object, properties: " + properties + "}")
                .getBytes(StandardCharsets.UTF_8)).object();
        return rules.check(schema, "schema", true, true).stream().map(Object::toString).toList();
    }

    private static List<String> properties(String properties) {
        return properties(new RuleProblems(new Schemas(), Rules.NONE), properties);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{a: {type: integer, default: 3, minimum: 3}}", "{a: {type: string, default: null}}",
            "{a: {type: string, nullable: true, default: null}}", "{a: {type: array, items: {type: object, properties:"
                    + " {b: {type: boolean, default: false}}}, default: [{b: true}, {}]}}",
            "{a: {type: object, default: {}, properties: {b: {type: string, default: x}}}}",
            "{a: {type: object, x-kubernetes-preserve-unknown-fields: true, default: {b: 1}}}",
            "{a: {x-kubernetes-int-or-string: true, default: 25%}}"})
    void takesWhatTheSchemaTakes(String properties) {
        assertThat(properties(properties)).isEmpty();
    }

    @Test
    void refusesWhatTheSchemaRefuses() {
        assertThat(properties("{a: {type: integer, default: x}}")).singleElement().asString()
                .startsWith("schema.properties[a].default: Invalid value: \"string\":")
                .endsWith("in body must be of type integer: \"string\"");
        assertThat(properties("{a: {type: string, enum: [x, y], default: z}}")).singleElement().asString()
                .startsWith("schema.properties[a].default: Unsupported value: \"z\"");
        assertThat(properties("{a: {type: object, required: [b], default: {}, properties: {b: {type: string}}}}"))
                .containsExactly("schema.properties[a].default.b: Required value");
        assertThat(properties("{a: {type: array, items: {type: integer}, default: [1, x]}}")).singleElement()
                .asString().startsWith("schema.properties[a].default[1]: Invalid value: \"string\":");
    }

    @Test
    void looksIntoItemsAndObjectsWithinTheObject() {
        assertThat(properties("{a: {type: array, items: {type: object, properties: {b: {type: string, maxLength: 1,"
                + " default: xx}}}}}")).singleElement().asString()
                .startsWith("schema.properties[a].items.properties[b].default: ");
        assertThat(properties("{a: {type: object, x-kubernetes-embedded-resource: true, properties: {metadata: {type:"
                + " object, properties: {name: {type: string, maxLength: 1, default: xx}}}, b: {type: string,"
                + " maxLength: 1, default: xx}}}}")).singleElement().asString()
                .startsWith("schema.properties[a].properties[b].default: ");
    }

    @Test
    void refusesFieldsThatWouldBePruned() {
        assertThat(properties("{a: {type: object, default: {b: x, c: 1}, properties: {b: {type: string}}}}"))
                .singleElement().asString().startsWith("schema.properties[a].default: Invalid value: ")
                .endsWith(": must not have unknown fields");
    }

    @Test
    void refusesWhatARuleRefuses() {
        String rules = ", x-kubernetes-validations: [{rule: 'self > 1', message: too few}]";
        assertThat(properties(Rules.with(), "{a: {type: integer, default: 2" + rules + "}}")).isEmpty();
        assertThat(properties(Rules.with(), "{a: {type: integer, default: 1" + rules + "}}"))
                .containsExactly("schema.properties[a].default: Invalid value: 1: too few");
        assertThat(properties(Rules.with(), "{a: {type: object, default: {b: 1}, properties: {b: {type: integer" + rules
                + "}}}}")).containsExactly("schema.properties[a].default.b: Invalid value: 1: too few");
    }

    @Test
    void comparesWithItselfWhereARuleAsksForTheValueBefore() {
        assertThat(properties(Rules.with(), "{a: {type: integer, default: 1, x-kubernetes-validations: [{rule: 'self !="
                + " oldSelf', message: must change}]}}"))
                .containsExactly("schema.properties[a].default: Invalid value: 1: must change");
    }

    @Test
    void comparesWithNothingAsWell() {
        assertThat(properties(Rules.with(), "{a: {type: integer, default: 1, x-kubernetes-validations: [{rule:"
                + " 'oldSelf.hasValue()', optionalOldSelf: true, message: not at first}]}}"))
                .containsExactly("schema.properties[a].default: Invalid value: 1: not at first");
    }
}
