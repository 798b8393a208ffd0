package io.k3j.resourcescrd;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.codec.Yaml;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What may stand in the versions of a definition; messages are upstream's.
class VersionProblemsTest {
    private static final String SCHEMA = "schema: {openAPIV3Schema: {type: object}}";
    private static final String TYPES = "must be one of boolean,date,integer,number,string";

    private static Struct versions(String versions) {
        return Yaml.document(("versions: [" + versions + "]").getBytes(StandardCharsets.UTF_8)).object();
    }

    private static List<String> problems(Struct before, Struct spec) {
        Problems problems = Problems.none();
        VersionProblems versions = new VersionProblems(before, spec, Rules.without());
        versions.each(problems.at("spec"));
        versions.together(problems.at("spec"));
        return problems.found().stream().map(FieldProblem::toString).toList();
    }

    private static List<String> problems(String versions) {
        return problems(Struct.EMPTY, versions(versions));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
            "deprecationWarning: x|spec.versions[0].deprecationWarning: Invalid value: \"x\": can only be set for"
                    + " deprecated versions",
            "deprecated: true, deprecationWarning: ''|spec.versions[0].deprecationWarning: Invalid value: \"\": must"
                    + " not be an empty string",
            "deprecated: true, deprecationWarning: \"\u00fc\\tx\"|spec.versions[0].deprecationWarning: Invalid value:"
                    + " \"\u00fc\\tx\": must only contain printable UTF-8 characters; non-printable character found at"
                    + " index 2",
            "additionalPrinterColumns: [{name: a, type: text, jsonPath: .a}]|spec.additionalPrinterColumns[0].type:"
                    + " Invalid value: \"text\": " + TYPES,
            "additionalPrinterColumns: [{name: a, jsonPath: .a}]|spec.additionalPrinterColumns[0].type: Required"
                    + " value: "
                    + TYPES,
            "additionalPrinterColumns: [{name: a, type: string, format: text, jsonPath: .a}]|"
                    + "spec.additionalPrinterColumns[0].format: Invalid value: \"text\": must be one of byte,date,"
                    + "date-time,double,float,int32,int64,password",
            "additionalPrinterColumns: [{name: a, type: string}]|spec.additionalPrinterColumns[0].JSONPath: Required"
                    + " value",
            "additionalPrinterColumns: [{name: a, type: string, jsonPath: spec}]|"
                    + "spec.additionalPrinterColumns[0].JSONPath: Invalid value: \"spec\": must be a simple json path"
                    + " starting with .",
            "subresources: {scale: {statusReplicasPath: .status.a}}|spec.subresources.scale.specReplicasPath: Required"
                    + " value",
            "subresources: {scale: {specReplicasPath: .spec.a, statusReplicasPath: .spec.a}}|"
                    + "spec.subresources.scale.statusReplicasPath: Invalid value: \".spec.a\": should be a json path"
                    + " under .status",
            "subresources: {scale: {specReplicasPath: spec.a, statusReplicasPath: .status.a}}|"
                    + "spec.subresources.scale.specReplicasPath: Invalid value: \"spec.a\": must be a simple json path"
                    + " starting with .",
            "subresources: {scale: {specReplicasPath: .spec.a, statusReplicasPath: .status.a, labelSelectorPath: .a}}|"
                    + "spec.subresources.scale.labelSelectorPath: Invalid value: \".a\": should be a json path under"
                    + " either .spec or .status"})
    void areRefusedInUpstreamsWords(String version, String told) {
        assertThat(problems("{name: v1, " + SCHEMA + "}")).isEmpty();
        assertThat(problems("{name: v1, " + SCHEMA + ", " + version + "}")).containsExactly(told);
    }

    /// One that cannot be followed leaves its cells empty.
    @Test
    void columnsMayHaveAnyPath() {
        for (String path : List.of(".status.conditions[-1:].type", ".spec..name", ".a[", ".")) {
            assertThat(problems("{name: v1, " + SCHEMA + ", additionalPrinterColumns: [{name: a, type: string,"
                    + " jsonPath: '" + path + "'}]}")).as(path).isEmpty();
        }
    }

    /// Until it keeps unknown fields no longer.
    @Test
    void aSchemaThatNeverWasStructuralMayStaySo() {
        Struct old = versions("{name: v1, schema: {openAPIV3Schema: {type: object, properties: {a: {}}}}}")
                .with("preserveUnknownFields", true);
        assertThat(problems(old, old)).isEmpty();
        assertThat(problems(versions("{name: v1, " + SCHEMA + "}").with("preserveUnknownFields", true), old))
                .hasSize(1);
        assertThat(problems(old, old.without("preserveUnknownFields"))).containsExactly(
                "spec.validation.openAPIV3Schema.properties[a].type: Required value: must not be empty for specified"
                        + " object fields");
    }

    private static Struct withDefault(String name, String type, String value) {
        return versions("{name: " + name + ", schema: {openAPIV3Schema: {type: object, properties: {a: {type: object,"
                + " properties: {b: {type: " + type + "}}, default: " + value + "}}}}}");
    }

    /// As upstream's `requirePrunedDefaults`: of whatever version, and of a schema that was structural.
    @Test
    void unknownFieldsOfDefaultsMayStandWhereSomeDid() {
        String told = "spec.validation.openAPIV3Schema.properties[a].default: Invalid value: {\"b\":\"x\",\"d\":2}:"
                + " must not have unknown fields";
        Struct after = withDefault("v2", "string", "{b: x, d: 2}");
        assertThat(problems(Struct.EMPTY, after)).containsExactly(told);
        assertThat(problems(withDefault("v1", "string", "{b: x}"), after)).containsExactly(told);
        assertThat(problems(withDefault("v1", "string", "{b: x, c: 1}"), after)).isEmpty();
        assertThat(problems(withDefault("v1", "''", "{b: x, c: 1}"), after)).as("not structural")
                .containsExactly(told);
        assertThat(problems(withDefault("v1", "string", "{b: x, c: 1}"), withDefault("v1", "integer", "{b: x, c: 1}")))
                .as("what else is wrong").singleElement().asString().contains("must be of type integer");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
            "type: object, nullable: true|.nullable: Forbidden: nullable cannot be true at the root",
            "type: object, $schema: x|: Invalid value: \"\": OpenAPIV3Schema 'schema' is not supported"})
    void whatAWholeObjectCannotBeIsTold(String schema, String told) {
        assertThat(problems("{name: v1, schema: {openAPIV3Schema: {" + schema + "}}}"))
                .containsExactly("spec.validation.openAPIV3Schema" + told);
    }

    /// What is said beside the properties would not be followed where the status is written on its own.
    @Test
    void besideAStatusNothingIsSaidOfTheWhole() {
        String version = "{name: v1, subresources: {status: {}}, schema: {openAPIV3Schema: {%s}}}";
        String at = "spec.validation.openAPIV3Schema";
        assertThat(problems(version.formatted("type: object, description: d, required: [a], properties: {a: {type:"
                + " string}}, x-kubernetes-validations: []"))).isEmpty();
        assertThat(problems(version.formatted("type: object, maxProperties:"
                + " 1"))).singleElement().asString().isEqualTo(at
                        + ": Invalid value: {\"type\":\"object\",\"maxProperties\":1}: only [Description Type Format Title"
                        + " Maximum"
                        + " ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems"
                        + " MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations]"
                        + " fields are allowed at the root of the schema if the status subresource is enabled");
        assertThat(problems(version.formatted("type: string"))).contains(at + ".type: Invalid value: \"string\": only"
                + " \"object\" is allowed as the type at the root of the schema if the status subresource is enabled");
    }

    @Test
    void whatVersionsDoNotHaveInCommonIsToldOfEach() {
        String column = "additionalPrinterColumns: [{name: %s, type: text, jsonPath: .a}]";
        String at = ".additionalPrinterColumns[0].type: Invalid value: \"text\": " + TYPES;
        assertThat(problems("{name: v1, " + SCHEMA + ", " + column.formatted("a") + "}, {name: V2, " + SCHEMA + ", "
                + column.formatted("b") + "}")).satisfiesExactly(
                        p -> assertThat(p).isEqualTo("spec.versions[0]" + at),
                        p -> assertThat(p).startsWith("spec.versions[1].name: Invalid value: \"V2\": a DNS-1035 label"),
                        p -> assertThat(p).isEqualTo("spec.versions[1]" + at));
    }

    @Test
    void aVersionHasASchemaUnlessItNeverHad() {
        Struct none = versions("{name: v1, served: true}, {name: v2}");
        assertThat(problems(Struct.EMPTY, none)).containsExactly(
                "spec.versions[0].schema.openAPIV3Schema: Required value",
                "spec.versions[1].schema.openAPIV3Schema: Required value");
        assertThat(problems(none, none)).containsExactly(
                "spec.versions[0].schema.openAPIV3Schema: Required value: because otherwise all fields are pruned");
        assertThat(problems(none, none.with("preserveUnknownFields", true))).isEmpty();
    }

    @Test
    void formatsThatNobodyKnowsAreWarnedOfOnce() {
        Struct spec = versions("{name: v1, schema: {openAPIV3Schema: {type: object, properties: {a: {type: string,"
                + " format:"
                + " date-time}, b: {type: string, format: k8s-short-name}, c: {type: integer, format: int16}, d: {type:"
                + " number, format: float}, e: {type: boolean, format: bit}, f: {items: {format: text}}}}}}");
        assertThat(UnknownFormats.warnings(Struct.EMPTY, spec)).containsExactlyInAnyOrder(
                "unrecognized format \"int16\"", "unrecognized format \"bit\"", "unrecognized format \"text\"");
        assertThat(UnknownFormats.warnings(spec, spec)).isEmpty();
    }
}
