package io.k3j.admissionpolicies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import io.k3j.testkitbase.Waiting;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Policies that refuse, from a request's body to the store.
class ValidatingPoliciesTest {
    private static final String BIG = "validations: [{expression: 'object.data.size() < 2'}]";
    private Stage stage;

    @BeforeEach
    void open() {
        stage = new Stage();
    }

    @AfterEach
    void close() {
        stage.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "{expression: 'object.data.a == \"1\"'}|422|Invalid|failed expression: object.data.a == \\\"1\\\"",
            "{expression: 'false', message: ' no way '}|422|Invalid|no way",
            "{expression: 'false', reason: Forbidden}|403|Forbidden|failed expression: false",
            "{expression: 'false', reason: RequestEntityTooLarge}|413|RequestEntityTooLarge|failed expression: false",
            "{expression: 'false', messageExpression: '\"a is \" + object.data.a'}|422|Invalid|a is 2",
            "{expression: 'false', messageExpression: '\"x\" + object.data.b', message: instead}|422|Invalid|instead",
            "{expression: 'false', messageExpression: '\"x\\ny\"', message: instead}|422|Invalid|instead",
            "{expression: 'object.data.b == \"1\"'}|422|Invalid|expression 'object.data.b == \\\"1\\\"' resulted in"
                    + " error: no such key: b",
            "{expression: 'object.data.a ==='}|422|Invalid|compilation error: compilation failed: ERROR: <input>:1:"})
    void refuseInUpstreamsWords(String validation, int code, String reason, String said) throws Exception {
        stage.validating("p", "validations: [" + validation + "]");
        String message = "ValidatingAdmissionPolicy 'p' with binding 'p' denied request: " + said;
        assertThat(stage.create("{a: '2'}")).startsWith(code + " ").contains("\"reason\":\"" + reason + "\"",
                "\"message\":\"configmaps \\\"c\\\" is forbidden: " + message,
                "\"details\":{\"name\":\"c\",\"kind\":\"configmaps\",\"causes\":[{\"message\":\"" + message);
        assertThat(stage.server.stored(Stage.CONFIG_MAPS, new Key("default", "c"))).isEmpty();
    }

    @Test
    void passWhatHoldsAndLookAtUpdatesAndDeletions() throws Exception {
        stage.validating("p", "validations:\n- {expression: \"request.operation != 'UPDATE' || oldObject.data.a =="
                + " object.data.a\", message: a stays}\n- {expression: \"request.operation != 'DELETE' || object == null"
                + " && oldObject.data.b != 'keep'\", message: kept}");
        assertThat(stage.create("{a: '1', b: keep}")).isEqualTo("200");
        assertThat(stage.update("{a: '2'}")).startsWith("422").contains("a stays");
        assertThat(stage.server.delete(Stage.CONFIG_MAPS, new Key("default", "c"))).startsWith("422").contains("kept");
        assertThat(stage.update("{a: '1', b: go}")).isEqualTo("200");
        assertThat(stage.server.delete(Stage.CONFIG_MAPS, new Key("default", "c"))).isEqualTo("200");
    }

    @Test
    void variablesAreSeenByLaterOnesByValidationsAndMessages() throws Exception {
        stage.validating("p", "variables:\n- {name: size, expression: 'int(object.data.size)'}\n"
                + "- {name: odd, expression: 'variables.size % 2 == 1'}\n"
                + "validations: [{expression: 'variables.odd', messageExpression: 'string(variables.size) + \" is even\"'}]");
        assertThat(stage.create("{size: '3'}")).isEqualTo("200");
        assertThat(stage.update("{size: '4'}")).contains("denied request: 4 is even");
        assertThat(stage.update("{size: x}")).contains("composited variable \\\"size\\\" fails to evaluate:");
    }

    @Test
    void warnWithoutRefusing() throws Exception {
        stage.policy("Validating", "p", BIG);
        stage.bound("Validating", "p", "validationActions: [Warn, Audit]");
        assertThat(stage.create("{a: '1', b: '2'}")).isEqualTo("200");
        assertThat(stage.server.warnings()).containsExactly("Validation failed for ValidatingAdmissionPolicy 'p' with"
                + " binding 'p': failed expression: object.data.size() < 2");
    }

    @Test
    void tellTheAuditOfFailuresAndWhatTheyAnnotate() throws Exception {
        stage.policy("Validating", "p",
                "auditAnnotations:\n- {key: size, valueExpression: 'string(object.data.size())'}"
                        + "\n- {key: none, valueExpression: 'null'}\n" + BIG);
        stage.bound("Validating", "p", "validationActions: [Warn, Audit]");
        assertThat(stage.create("{a: '1', b: '2'}")).isEqualTo("200");
        assertThat(stage.server.annotations()).containsOnly(Map.entry("p/size", "2"),
                Map.entry("validation.policy.admission.k8s.io/validation_failure",
                        "[{\"message\":\"failed expression: object.data.size() < 2\",\"policy\":\"p\",\"binding\":"
                                + "\"p\",\"expressionIndex\":0,\"validationActions\":[\"Warn\",\"Audit\"]}]"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "{name: limits, namespace: other, parameterNotFoundAction: Deny}|5 is too many",
            "{name: limits, parameterNotFoundAction: Deny}|failed to configure binding: no params found for policy"
                    + " binding with `Deny` parameterNotFoundAction",
            "{name: limits, parameterNotFoundAction: Allow}|200",
            "{selector: {matchLabels: {is: limit}}, namespace: other, parameterNotFoundAction: Deny}|5 is too many",
            "{selector: {matchLabels: {is: none}}, namespace: other, parameterNotFoundAction: Allow}|200"})
    void areAppliedWithTheParametersOfTheirBinding(String ref, String answer) throws Exception {
        stage.seed("{apiVersion: v1, kind: ConfigMap, metadata: {name: limits, namespace: other, labels: {is: limit}},"
                + " data: {most: '3'}}");
        stage.policy("Validating", "p", "paramKind: {apiVersion: v1, kind: ConfigMap}\nvalidations: [{expression:"
                + " 'int(object.data.size) <= int(params.data.most)', messageExpression: 'object.data.size + \" is too many\"'}]");
        stage.bound("Validating", "p", "validationActions: [Deny]\nparamRef: " + ref);
        assertThat(stage.create("{size: '5'}")).contains(answer);
    }

    @Test
    void parametersOfAnUnknownKindRefuseEverythingTheRulesMatch() throws Exception {
        stage.policy("Validating", "p", "paramKind: {apiVersion: x.io/v1, kind: Limit}\n" + BIG);
        stage.bound("Validating", "p", "validationActions: [Deny]\nparamRef: {name: x, parameterNotFoundAction: Deny}");
        assertThat(stage.create("{}")).startsWith("422").contains("ValidatingAdmissionPolicy 'p' denied request: failed"
                + " to configure policy: failed to find resource referenced by paramKind: 'x.io/v1, Kind=Limit'");
        stage.policy("Validating", "p", "failurePolicy: Ignore\nparamKind: {apiVersion: x.io/v1, kind: Limit}\n" + BIG);
        stage.bound("Validating", "p", "validationActions: [Warn]");
        assertThat(stage.create("{}")).isEqualTo("200");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{name: a, expression: 'object.data.size() > 5'}|200",
            "{name: a, expression: 'object.metadata.name == \"c\"'}|422",
            "{name: a, expression: 'object.data.none == \"\"'}|422",
            "{name: a, expression: 'object.data.none == \"\"'}, {name: b, expression: 'false'}|200"})
    void areAskedWhereTheirMatchConditionsHold(String conditions, String answer) throws Exception {
        stage.validating("p", "matchConditions: [" + conditions + "]\n" + BIG);
        assertThat(stage.create("{a: '1', b: '2'}")).startsWith(answer);
    }

    /// With upstream's type for both sorts.
    @Test
    void matchConditionsThatDoNotHoldAreCounted() throws Exception {
        stage.validating("held", "matchConditions: [{name: a, expression: 'true'}]\n" + BIG);
        stage.validating("not", "matchConditions: [{name: a, expression: 'false'}]\n" + BIG);
        stage.validating("fails", "failurePolicy: Ignore\n"
                + "matchConditions: [{name: a, expression: 'object.none == 1'}]\n" + BIG);
        stage.mutating("changes", "matchConditions: [{name: a, expression: 'false'}]\n"
                + "mutations: [{patchType: JSONPatch, jsonPatch: {expression: '[]'}}]");
        assertThat(stage.create("{a: '1'}")).isEqualTo("200");
        String of = "{kind=\"policy\",name=\"%s\",operation=\"CREATE\",type=\"validate\"} 1\n";
        String prefix = "apiserver_admission_match_condition_";
        assertThat(stage.parts.metrics().getLast().text()).contains(
                prefix + "evaluation_errors_total" + of.formatted("fails"),
                prefix + "evaluation_seconds_count" + of.formatted("not"),
                prefix + "evaluation_seconds_count" + of.formatted("fails"),
                prefix + "evaluation_seconds_count" + of.formatted("changes"))
                .doesNotContain("\"held\"", prefix + "exclusions_total{");
    }

    @Test
    void failuresAreIgnoredWhereThePolicySaysSo() throws Exception {
        stage.validating("p", "failurePolicy: Ignore\nvalidations: [{expression: 'object.data.none == \"\"'},"
                + " {expression: 'object.data.a != \"2\"'}]");
        assertThat(stage.create("{a: '1'}")).isEqualTo("200");
        assertThat(stage.update("{a: '2'}")).startsWith("422");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"namespaceSelector: {matchLabels: {team: a}}|true",
            "namespaceSelector: {matchLabels: {team: b}}|false", "objectSelector: {matchLabels: {x: 'y'}}|true",
            "objectSelector: {matchLabels: {x: z}}|false",
            "excludeResourceRules: [{operations: ['*'], apiGroups: [''], apiVersions: [v1], resources: [configmaps],"
                    + " resourceNames: [c]}]|false",
            "excludeResourceRules: [{operations: ['*'], apiGroups: [''], apiVersions: [v1], resources: [configmaps],"
                    + " resourceNames: [d]}]|true",
            "resourceRules: [{operations: ['*'], apiGroups: [''], apiVersions: [v1], resources: [configmaps],"
                    + " resourceNames: [d]}]|false",
            "resourceRules: [{operations: [UPDATE], apiGroups: [''], apiVersions: [v1], resources: [configmaps]}]"
                    + "|false"})
    void areAskedWhereTheirBindingMatches(String resources, boolean asked) throws Exception {
        stage.policy("Validating", "p", "validations: [{expression: 'false'}]");
        stage.bound("Validating", "p", "validationActions: [Deny]\nmatchResources: {" + resources + "}");
        assertThat(stage.create("default", "{x: 'y'}", "{}")).startsWith(asked ? "422" : "200");
    }

    @Test
    void seeTheNamespaceTheRequestAndWhatItsAuthorMayDo() throws Exception {
        stage.validating("p", "validations:\n- expression: \"namespaceObject.metadata.labels.team == 'a'\"\n"
                + "- expression: \"request.resource.resource == 'configmaps' && request.namespace == 'default'"
                + " && request.name == 'c' && request.userInfo.username == 'system:anonymous' && !request.dryRun\"\n"
                + "- expression: \"authorizer.group('').resource('configmaps').namespace('default').check('get').allowed()\"\n"
                + "- expression: \"authorizer.requestResource.check('get').allowed()\"\n"
                + "- expression: \"!authorizer.requestResource.check('delete').allowed()\"");
        assertThat(stage.create("{}")).isEqualTo("200");
        stage.namespace("other", "{team: b}");
        assertThat(stage.create("other", "{}", "{}")).contains("namespaceObject.metadata.labels.team");
    }

    @Test
    void anExpressionThatCostsTooMuchFailsThePolicy() throws Exception {
        stage.validating("p",
                "validations: [{expression: \"['a','b','c','d','e','f','g','h','i','j'].all(a, ['a','b','c',"
                        + "'d','e','f','g','h','i','j'].all(b, ['a','b','c','d','e','f','g','h','i','j'].all(c, ['a','b','c','d',"
                        + "'e','f','g','h','i','j'].all(d, ['a','b','c','d','e','f','g','h','i','j'].all(e, a + b + c + d + e !="
                        + " '')))))\"}]");
        assertThat(stage.create("{}")).startsWith("422").contains("resulted in error: operation cancelled: actual cost"
                + " limit exceeded");
    }

    @Test
    void theFirstByNameIsToldAndAllWarn() throws Exception {
        stage.validating("b", "validations: [{expression: 'false', message: second}]");
        stage.validating("a", "validations: [{expression: 'false', message: first}]");
        stage.policy("Validating", "w", "validations: [{expression: 'false', message: warned}]");
        stage.bound("Validating", "w", "validationActions: [Warn]");
        assertThat(stage.create("{}")).contains("denied request: first").doesNotContain("second");
        assertThat(stage.server.warnings()).singleElement().asString().endsWith("warned");
        assertThat(stage.parts.metrics().getFirst().text()).contains(
                "apiserver_validating_admission_policy_check_total{enforcement_action=\"deny\",error_type=\"no_error\","
                        + "policy=\"a\",policy_binding=\"a\"} 1");
    }

    @Test
    void changesCountAtOnceAndWithoutBindingNothingDoes() throws Exception {
        stage.policy("Validating", "p", "validations: [{expression: 'false'}]");
        assertThat(stage.create("{}")).isEqualTo("200");
        stage.bound("Validating", "p", "validationActions: [Deny]");
        assertThat(stage.update("{a: '1'}")).startsWith("422");
        stage.api.vanish(Gvr.of("admissionregistration.k8s.io/v1", "validatingadmissionpolicybindings"), Key.of("p"));
        Waiting.until("the binding has gone", () -> stage.parts.validating.all().isEmpty());
        assertThat(stage.update("{a: '1'}")).isEqualTo("200");
    }

    @Test
    void whileThereIsNoEngineNothingPassesThatOneIsAskedOf() throws Exception {
        stage.validating("p", BIG);
        stage.cel = null;
        assertThat(stage.create("{}")).startsWith("503").contains("io.k3j.cel");
        assertThat(stage.validatingPlugin().handles(stage.write(Operation.CREATE, stage.kind("services")))).isFalse();
    }

    @Test
    void anEquivalentKindIsShownAsTheRulesHaveIt() throws Exception {
        stage.validating("p", "matchConstraints: {resourceRules: [{operations: ['*'], apiGroups: [autoscaling],"
                + " apiVersions: [v2], resources: [horizontalpodautoscalers]}]}\nvalidations: [{expression:"
                + " \"object.apiVersion != 'autoscaling/v2' || request.kind.version != 'v2' || request.requestKind.version"
                + " != 'v1'\", message: seen}]");
        assertThat(stage.send("POST", "/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers",
                "{apiVersion: autoscaling/v1, kind: HorizontalPodAutoscaler, metadata: {name: h, namespace: default},"
                        + " spec: {maxReplicas: 3, scaleTargetRef: {kind: Deployment, name: d}}}"))
                .contains("seen");
    }

    @ParameterizedTest
    @CsvSource({"admissionregistration.k8s.io,ValidatingAdmissionPolicy,false",
            "admissionregistration.k8s.io,MutatingAdmissionPolicyBinding,false",
            "admissionregistration.k8s.io,ValidatingWebhookConfiguration,false",
            "authorization.k8s.io,SubjectAccessReview,false", "authentication.k8s.io,TokenReview,false",
            "apps,Deployment,true"})
    void areNeverAskedOfWhatWouldRemoveThem(String group, String kind, boolean handled) throws Exception {
        stage.validating("p", "matchConstraints: {resourceRules: [{operations: ['*'], apiGroups: ['*'], apiVersions:"
                + " ['*'], resources: ['*/*']}]}\nvalidations: [{expression: 'false'}]");
        ResourceKind plain = stage.kind("configmaps");
        ResourceKind other = new ResourceKind(new Gvr(group, "v1", "x"), new Gvk(group, "v1", kind), plain.names(),
                false, Set.of(), List.of(), plain.storage(), plain.shape(), List.of(), plain.strategy());
        assertThat(stage.validatingPlugin().handles(stage.write(Operation.CREATE, other))).isEqualTo(handled);
    }

    @Test
    void beforeThePoliciesAreReadNothingPasses() {
        try (FakeApi silent = FakeApi.stepped(InstantSource.system());
                AdmissionPolicies.Parts parts = new AdmissionPolicies.Parts(silent, () -> stage.cel, List::of,
                        List::of, System::nanoTime)) {
            Admission early = parts.plugins().get(ValidatingPolicies.PLACE);
            assertThat(early.handles(stage.write(Operation.CREATE, stage.kind("configmaps")))).isTrue();
            assertThatThrownBy(() -> early.validate(stage.write(Operation.CREATE, stage.kind("configmaps")),
                    Struct.EMPTY)).isInstanceOfSatisfying(ApiFault.class, f -> assertThat(f.code()).isEqualTo(503));
        }
    }
}
