package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Admission policies and their bindings; messages are upstream's.
class AdmissionPolicyRulesTest {
    private static final String VALIDATING = """
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicy
            metadata: {name: x}
            spec:
              matchConstraints: {resourceRules: [{operations: [CREATE], apiGroups: [apps], apiVersions: [v1],
                resources: [deployments]}]}
              validations: [{expression: object.spec.replicas > 1}]
            """;
    private static final String MUTATING = VALIDATING.replace("kind: Validating", "kind: Mutating").replace(
            "validations: [{expression: object.spec.replicas > 1}]", "reinvocationPolicy: Never\n"
                    + "  mutations: [{patchType: JSONPatch, jsonPatch: {expression: '[JSONPatch{}]'}}]");
    private static final String BINDING = """
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicyBinding
            metadata: {name: x}
            spec:
              policyName: x
              paramRef: {name: p, parameterNotFoundAction: Deny}
              validationActions: [Deny]
            """;
    private final Kit kit = Kit.withCel();

    private void told(String valid, String what, String instead, String told) {
        String broken = valid.replace(what, instead);
        assertThat(broken).isNotEqualTo(valid);
        assertThat(kit.createProblems(valid)).isEmpty();
        assertThat(kit.createProblems(broken)).anyMatch(p -> p.startsWith("spec." + told));
    }

    static Stream<Arguments> aPolicyIsRefusedForWhatCannotBeRows() {
        return Stream.of(
                Arguments.of("matchConstraints", "failurePolicy: Maybe\n  matchConstraints",
                        "failurePolicy: Unsupported value: \"Maybe\": supported values: \"Fail\", \"Ignore\""),
                Arguments.of("matchConstraints: {", "matchConstraints: {matchPolicy: Maybe, ",
                        "matchConstraints.matchPolicy: Unsupported"),
                Arguments.of("[CREATE]", "[READ]",
                        "matchConstraints.resourceRules[0].operations[0]: Unsupported value: \"READ\""),
                Arguments.of("[deployments]", "[deployments], resourceNames: [a, a]",
                        "matchConstraints.resourceRules[0].resourceNames[1]: Duplicate value: \"a\""),
                Arguments.of("validations", "paramKind: {apiVersion: a/b/c, kind: X}\n  validations",
                        "paramKind.apiVersion: Invalid value: \"a/b/c\": unexpected GroupVersion string: a/b/c"),
                Arguments.of("validations", "paramKind: {apiVersion: v1}\n  validations",
                        "paramKind.kind: Required value"),
                Arguments.of("validations", "paramKind: {apiVersion: v1, kind: a_b}\n  validations",
                        "paramKind.kind: Invalid value: \"a_b\": may have mixed case, but should otherwise match: "),
                Arguments.of("validations", "matchConditions: [{name: a, expression: '...'}]\n  validations",
                        "matchConditions[0].expression: Invalid value: \"...\": compilation failed: ERROR: <input>:1:"),
                Arguments.of("validations",
                        "matchConditions: [{name: a, expression: 'true'}, {name: a, expression: 'true'}]\n  validations",
                        "matchConditions[1].name: Duplicate value: \"a\""),
                Arguments.of("validations", "matchConditions: [{name: a, expression: '1'}]\n  validations",
                        "matchConditions[0].expression: Invalid value: \"1\": must evaluate to bool"),
                Arguments.of("validations", "variables: [{name: if, expression: '1'}]\n  validations",
                        "variables[0].name: Invalid value: \"if\": name is not a valid CEL identifier"),
                Arguments.of("validations",
                        "variables: [{name: a, expression: 'variables.b'}, {name: b, expression: '1'}]\n  validations",
                        "variables[0].expression: Invalid value: \"variables.b\": compilation failed:"),
                Arguments.of("[{expression: object.spec.replicas > 1}]", "[]",
                        "validations: Required value: validations or auditAnnotations must contain at least one item"),
                Arguments.of("object.spec.replicas > 1", "' '",
                        "validations[0].expression: Required value: expression is not specified"),
                Arguments.of("object.spec.replicas > 1", "request.none",
                        "validations[0].expression: Invalid value: \"request.none\": compilation failed:"),
                Arguments.of("object.spec.replicas > 1", "params.a",
                        "validations[0].expression: Invalid value: \"params.a\": compilation failed:"),
                Arguments.of("replicas > 1", "replicas > 1, reason: Gone",
                        "validations[0].reason: Unsupported value: \"Gone\""),
                Arguments.of("replicas > 1", "replicas > 1, message: \"a\\nb\"",
                        "validations[0].message: Invalid value: \"a\\nb\": message must not contain line breaks"),
                Arguments.of("replicas > 1", "replicas > 1, messageExpression: '1'",
                        "validations[0].messageExpression: Invalid value: \"1\": must evaluate to string"),
                Arguments.of("replicas > 1",
                        "replicas > 1, messageExpression: \"string(authorizer.path('/').check('get').allowed())\"",
                        "validations[0].messageExpression: Invalid value:"),
                Arguments.of("validations", "auditAnnotations: [{key: a, valueExpression: '1'}]\n  validations",
                        "auditAnnotations[0].valueExpression: Invalid value: \"1\": must evaluate to "),
                Arguments.of("validations", "auditAnnotations: [{key: a/b, valueExpression: \"''\"}]\n  validations",
                        "auditAnnotations[0].key: Invalid value: \"x/a/b\""));
    }

    @ParameterizedTest
    @MethodSource("aPolicyIsRefusedForWhatCannotBeRows")
    void aPolicyIsRefusedForWhatCannotBe(String what, String instead, String told) {
        told(VALIDATING, what, instead, told);
    }

    static Stream<Arguments> aMutatingPolicyIsRefusedForWhatCannotBeRows() {
        return Stream.of(
                Arguments.of("[CREATE]", "[DELETE]",
                        "matchConstraints.resourceRules.operations: Unsupported value: \"DELETE\": supported values: \"*\", \"CONNECT\", \"CREATE\", \"UPDATE\""),
                Arguments.of("reinvocationPolicy: Never", "reinvocationPolicy: Often",
                        "reinvocationPolicy: Unsupported value: \"Often\": supported values: \"Never\", \"IfNeeded\""),
                Arguments.of("[{patchType: JSONPatch, jsonPatch: {expression: '[JSONPatch{}]'}}]", "[]",
                        "mutations: Required value: mutations must contain at least one item"),
                Arguments.of("JSONPatch, json", "ApplyConfiguration, json",
                        "mutations[0].applyConfiguration: Required value: must be specified when patchType is ApplyConfiguration"),
                Arguments.of("JSONPatch, json", "ApplyConfiguration, json",
                        "mutations[0].jsonPatch: Invalid value: \"{jsonPatch}\": must not be specified when patchType is ApplyConfiguration"),
                Arguments.of("patchType: JSONPatch", "patchType: Merge",
                        "mutations[0].patchType: Unsupported value: \"Merge\""),
                Arguments.of("'[JSONPatch{}]'", "'[1]'",
                        "mutations[0].jsonPatch.expression: Invalid value:"));
    }

    @ParameterizedTest
    @MethodSource("aMutatingPolicyIsRefusedForWhatCannotBeRows")
    void aMutatingPolicyIsRefusedForWhatCannotBe(String what, String instead, String told) {
        told(MUTATING, what, instead, told);
    }

    static Stream<Arguments> aBindingIsRefusedForWhatCannotBeRows() {
        return Stream.of(
                Arguments.of("policyName: x", "policyName: '!'",
                        "policyName: Invalid value: \"!\""),
                Arguments.of("name: p, ", "",
                        "paramRef: Required value: one of name or selector must be specified"),
                Arguments.of("name: p, ", "name: p, selector: {}, ",
                        "paramRef.name: Forbidden: name and selector are mutually exclusive"),
                Arguments.of("Action: Deny", "Action: Maybe",
                        "paramRef.parameterNotFoundAction: Unsupported value: \"Maybe\""),
                Arguments.of("[Deny]", "[]",
                        "validationActions: Required value: at least one validation action is required"),
                Arguments.of("[Deny]", "[Deny, Warn]",
                        "validationActions: Invalid value: [\"Deny\",\"Warn\"]: must not contain both Deny and Warn"),
                Arguments.of("[Deny]", "[Deny, Deny]",
                        "validationActions[1]: Duplicate value: \"Deny\""),
                Arguments.of("[Deny]", "[Tell]",
                        "validationActions[0]: Unsupported value: \"Tell\""));
    }

    @ParameterizedTest
    @MethodSource("aBindingIsRefusedForWhatCannotBeRows")
    void aBindingIsRefusedForWhatCannotBe(String what, String instead, String told) {
        told(BINDING, what, instead, told);
    }

    @Test
    void aPolicysConditionsSayWhenAndWhy() {
        Struct policy = Kit.yaml(VALIDATING).with("status", Kit.yaml("""
                typeChecking: {expressionWarnings: [{fieldRef: "spec.validations[0].expression"}]}
                conditions: [{type: Ready, status: Maybe, lastTransitionTime: "2026-01-01T00:00:00Z", reason: R}]
                """));
        Write write = kit.write(Operation.UPDATE, policy, Optional.of(policy), "status");
        assertThat(kit.hooks(policy).problems(write, policy)).map(FieldProblem::toString).containsExactly(
                "status.typeChecking.expressionWarnings[0].warning: Required value",
                "status.conditions[0].status: Unsupported value: \"Maybe\": supported values: \"False\", \"True\","
                        + " \"Unknown\"");
    }

    @Test
    void whatDoesNotCompileIsNotTakenWhileNobodyCanTell() {
        assertThatThrownBy(() -> new Kit().createProblems(VALIDATING)).isInstanceOfSatisfying(ApiFault.class,
                f -> assertThat(f.code()).isEqualTo(503));
    }

    @Test
    void matchConditionsThatAreStoredMayStay() {
        String older = VALIDATING.replace("validations",
                "matchConditions: [{name: a, expression: '...'}]\n  validations");
        assertThat(kit.updateProblems(older, older)).isEmpty();
        assertThat(kit.updateProblems(VALIDATING, older)).isNotEmpty();
    }
}
