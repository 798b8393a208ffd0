package io.k3j.resourcescrd;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.codec.Yaml;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Keywords, lists and maps of schemas; messages are upstream's.
class SchemaKeywordsTest {
    private static final String AT = "schema.properties[a].";
    private static final String MAP = "type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: ";

    private static Struct yaml(String text) {
        return Yaml.document(text.getBytes(StandardCharsets.UTF_8)).object();
    }

    private static List<String> problems(Struct before, String schema) {
        Problems problems = Problems.none();
        new SchemaKeywords(before).check(yaml(schema), problems.at("schema"));
        return problems.found().stream().map(FieldProblem::toString).toList();
    }

    /// Of an object with one property.
    private static List<String> property(String schema) {
        return problems(Struct.EMPTY, "{type: object, properties: {a: {" + schema + "}}}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"type: string, maxLength: 5", "type: object, additionalProperties: false",
            "type: object, additionalProperties: true, properties: {b: {type: string}}",
            "type: object, x-kubernetes-map-type: atomic, additionalProperties: {type: string}",
            "type: array, x-kubernetes-list-type: set, items: {type: string}",
            "type: array, x-kubernetes-list-type: set, items: {type: object, x-kubernetes-map-type: atomic}",
            MAP + "[k], items: {type: object, required: [k], properties: {k: {type: string}}}",
            MAP + "[k], items: {type: object, properties: {k: {type: string, default: x}}}",
            "x-kubernetes-embedded-resource: true, type: object, properties: {metadata: {type: object, properties:"
                    + " {name: {type: string, default: x}}}}"})
    void takesWhatCanBeMerged(String schema) {
        assertThat(property(schema)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
            "type: text|type: Unsupported value: \"text\": supported values: \"array\", \"boolean\", \"integer\","
                    + " \"number\", \"object\", \"string\"",
            "type: string, $ref: '#/x'|$ref: Forbidden: $ref is not supported",
            "type: object, patternProperties: {x: {type: string}}|patternProperties: Forbidden: patternProperties is"
                    + " not supported",
            "type: string, not: {id: x}|not.id: Forbidden: id is not supported",
            "type: string, anyOf: [{}, {uniqueItems: true}]|anyOf[1].uniqueItems: Forbidden: uniqueItems cannot be set"
                    + " to true since the runtime complexity becomes quadratic",
            "type: array, items: [{type: string}]|items: Forbidden: items must be a schema object and not an array",
            "type: object, additionalProperties: {type: string}, properties: {b: {type: string}}|additionalProperties:"
                    + " Forbidden: additionalProperties and properties are mutual exclusive",
            "type: object, additionalProperties: false, properties: {b: {type: string}}|additionalProperties:"
                    + " Forbidden: additionalProperties and properties are mutual exclusive",
            "x-kubernetes-preserve-unknown-fields: false|x-kubernetes-preserve-unknown-fields: Invalid value: false:"
                    + " must be true or undefined",
            "x-kubernetes-map-type: atomic|type: Required value: must be object if x-kubernetes-map-type is specified",
            "type: array, x-kubernetes-map-type: atomic|type: Invalid value: \"array\": must be object if"
                    + " x-kubernetes-map-type is specified",
            "type: object, x-kubernetes-map-type: set|x-kubernetes-map-type: Unsupported value: \"set\": supported"
                    + " values: \"atomic\", \"granular\"",
            "x-kubernetes-list-type: atomic|type: Required value: must be array if x-kubernetes-list-type is specified",
            "type: object, x-kubernetes-list-type: atomic|type: Invalid value: \"object\": must be array if"
                    + " x-kubernetes-list-type is specified",
            "type: array, x-kubernetes-list-type: bag|x-kubernetes-list-type: Unsupported value: \"bag\": supported"
                    + " values: \"atomic\", \"set\", \"map\"",
            "type: array, x-kubernetes-list-map-keys: [k]|x-kubernetes-list-type: Required value: must be map if"
                    + " x-kubernetes-list-map-keys is non-empty",
            "type: array, x-kubernetes-list-type: set, x-kubernetes-list-map-keys: [k]|x-kubernetes-list-type: Invalid"
                    + " value: \"set\": must be map if x-kubernetes-list-map-keys is non-empty",
            "type: array, x-kubernetes-list-type: set, items: {type: object}|items.x-kubernetes-map-type: Invalid"
                    + " value: null: must be atomic as item of a list with x-kubernetes-list-type=set",
            "type: array, x-kubernetes-list-type: set, items: {type: array, x-kubernetes-list-type: set, items: {type:"
                    + " string}}|items.x-kubernetes-list-type: Invalid value: \"set\": must be atomic as item of a list"
                    + " with x-kubernetes-list-type=set",
            "type: array, x-kubernetes-list-type: set, items: {type: string, nullable: true}|items.nullable: Forbidden:"
                    + " cannot be nullable when x-kubernetes-list-type is set"})
    void refusesInUpstreamsWords(String schema, String told) {
        assertThat(property(schema)).containsExactly(AT + told);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
            "[], items: {type: object}|x-kubernetes-list-map-keys: Required value: must not be empty if"
                    + " x-kubernetes-list-type is map",
            "[k]|items: Required value: must have a schema if x-kubernetes-list-type is map",
            "[k], items: {type: string}|items.type: Invalid value: \"string\": must be object if parent array's"
                    + " x-kubernetes-list-type is map",
            "[k], items: {type: object}|x-kubernetes-list-map-keys: Invalid value: [\"k\"]: entries must all be names"
                    + " of item properties",
            "[k, k], items: {type: object, required: [k], properties: {k: {type: string}}}|x-kubernetes-list-map-keys:"
                    + " Invalid value: [\"k\",\"k\"]: must not contain duplicate entries",
            "[k], items: {type: object, required: [k], properties: {k: {type: array, items: {type: string}}}}|"
                    + "items.properties[k].type: Invalid value: \"object\": must be a scalar type if parent array's"
                    + " x-kubernetes-list-type is map",
            "[k], items: {type: object, properties: {k: {type: string}}}|items.properties[k].default: Required value:"
                    + " this property is in x-kubernetes-list-map-keys, so it must have a default or be a required"
                    + " property",
            "[k], items: {type: object, required: [k], properties: {k: {type: string, nullable: true}}}|"
                    + "items.properties[k].nullable: Forbidden: this property is in x-kubernetes-list-map-keys, so it"
                    + " cannot be nullable"})
    void keysTellElementsApart(String list, String told) {
        assertThat(property(MAP + list)).containsExactly(AT + told);
    }

    @Test
    void nullIsNoType() {
        assertThat(property("type: 'null'")).satisfiesExactly(
                p -> assertThat(p).startsWith(AT + "type: Unsupported value: \"null\""),
                p -> assertThat(p).isEqualTo(AT
                        + "type: Forbidden: type cannot be set to null, use nullable as an alternative"));
    }

    @Test
    void nothingIsFilledInWhereAnObjectIsNamed() {
        assertThat(problems(Struct.EMPTY, "{type: object, properties: {kind: {type: string, default: A}, metadata:"
                + " {type:"
                + " object, default: {}, properties: {name: {type: string, default: x}}, additionalProperties: {type:"
                + " object, default: {}}}}}")).contains(
                        "schema.properties[kind].default: Forbidden: must not be set in top-level kind",
                        "schema.properties[metadata].default: Forbidden: must not be set in top-level metadata",
                        "schema.properties[metadata].properties[name].default: Forbidden: must not be set in top-level"
                                + " metadata",
                        "schema.properties[metadata].additionalProperties.default: Forbidden: must not be set inside"
                                + " additionalProperties applying to object metadata");
        assertThat(property("type: object, x-kubernetes-embedded-resource: true, properties: {metadata: {type: object,"
                + " properties: {b: {type: object, x-kubernetes-embedded-resource: true,"
                + " x-kubernetes-preserve-unknown-fields: true}}}}")).containsExactly(
                        AT + "properties[metadata].properties[b].x-kubernetes-embedded-resource: Forbidden: must not be"
                                + " used inside of resource meta");
    }

    /// Rules that are younger than the API are not followed where they never were.
    @ParameterizedTest
    @ValueSource(strings = {"type: any", "type: array, x-kubernetes-list-type: set, items: {type: object}",
            "type: array, x-kubernetes-list-type: set, items: {type: string, nullable: true}",
            MAP + "[k], items: {type: object, properties: {k: {type: string}}}"})
    void whatIsStoredAgainstAYoungerRuleMayStay(String list) {
        String schema = "{type: object, properties: {a: {" + list + "}}}";
        Struct before = Struct.of("versions",
                Seq.of(Struct.of("schema", Struct.of("openAPIV3Schema", yaml(schema)))));
        assertThat(problems(Struct.EMPTY, schema)).hasSize(1);
        assertThat(problems(before, schema)).isEmpty();
    }
}
