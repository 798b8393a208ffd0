package io.k3j.admissionpolicies;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Struct;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Policies that change what is written, from a request's body to the store.
class MutatingPoliciesTest {
    private static final String DEPLOYMENTS = "matchConstraints: {resourceRules: [{operations: [CREATE, UPDATE],"
            + " apiGroups: [apps], apiVersions: [v1], resources: [deployments]}]}\n";
    private static final String DEPLOYMENT = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d, namespace:"
            + " default}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec:"
            + " {containers: [{name: one, image: first}, {name: two, image: second}]}}}}";

    private static String applied(String expression) {
        return "mutations: [{patchType: ApplyConfiguration, applyConfiguration: {expression: '" + expression + "'}}]";
    }

    private static String patched(String expression) {
        return "mutations: [{patchType: JSONPatch, jsonPatch: {expression: '" + expression + "'}}]";
    }

    private static Struct deployment(Stage stage) {
        return stage.server.stored(Gvr.of("apps/v1", "deployments"), new Key("default", "d")).orElseThrow().tree();
    }

    @Test
    void layTheirConfigurationOverTheObject() throws Exception {
        try (Stage stage = new Stage()) {
            stage.mutating("p", DEPLOYMENTS + applied("Object{spec: Object.spec{replicas: 3, template:"
                    + " Object.spec.template{spec: Object.spec.template.spec{containers:"
                    + " [Object.spec.template.spec.containers{name: \"two\", imagePullPolicy: \"Always\"}]}}}}"));
            assertThat(stage.send("POST", "/apis/apps/v1/namespaces/default/deployments", DEPLOYMENT)).isEqualTo("200");
            Struct spec = deployment(stage).struct("spec");
            assertThat(spec.whole("replicas", 0)).isEqualTo(3);
            assertThat(spec.struct("template").struct("spec").seq("containers").structs())
                    .extracting(c -> c.text("image") + " " + c.text("imagePullPolicy"))
                    .containsExactly("first ", "second Always");
        }
    }

    @Test
    void patch() throws Exception {
        try (Stage stage = new Stage()) {
            stage.mutating("p", patched("[JSONPatch{op: \"test\", path: \"/data/a\", value: \"1\"},"
                    + " JSONPatch{op: \"add\", path: \"/metadata/labels/\" + jsonpatch.escapeKey(\"x.io/y\"), value:"
                    + " object.data.a}]"));
            assertThat(stage.create("default", "{own: label}", "{a: '1'}")).isEqualTo("200");
            assertThat(stage.stored().struct("metadata").struct("labels"))
                    .isEqualTo(Struct.of("own", "label", "x.io/y", "1"));
            assertThat(stage.update("{a: '2'}")).as("a test that fails changes nothing").isEqualTo("200");
            assertThat(stage.stored().struct("metadata").struct("labels").isEmpty()).isTrue();
        }
    }

    @Test
    void seeParametersVariablesAndWhatOthersHaveLeft() throws Exception {
        try (Stage stage = new Stage()) {
            stage.seed("{apiVersion: v1, kind: ConfigMap, metadata: {name: more, namespace: default}, data: {b: '2'}}");
            stage.policy("Mutating", "a", "reinvocationPolicy: Never\nparamKind: {apiVersion: v1, kind: ConfigMap}\n"
                    + "variables: [{name: b, expression: 'params.data.b'}]\n"
                    + applied("Object{data: {\"b\": variables.b}}"));
            stage.bound("Mutating", "a", "paramRef: {name: more, parameterNotFoundAction: Deny}");
            stage.mutating("z", "matchConditions: [{name: has, expression: '\"b\" in object.data'}]\n"
                    + applied("Object{data: {\"c\": object.data.b + \"!\"}}"));
            assertThat(stage.create("{a: '1'}")).isEqualTo("200");
            assertThat(stage.stored().struct("data")).isEqualTo(Struct.of("a", "1", "b", "2", "c", "2!"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "Object{data: {\"b\": object.data.none}}|expression 'Object{data: {\\\"b\\\": object.data.none}}' resulted in"
                    + " error: no such key: none",
            "Object{metadata: Object.metadata{ownerReferences: []}, spec: Object.spec{x: 1}}|error applying patch: failed"
                    + " to convert patch object to typed object: .spec: field not declared in schema"})
    void refuseInUpstreamsWords(String expression, String said) throws Exception {
        try (Stage stage = new Stage()) {
            stage.mutating("p", applied(expression));
            assertThat(stage.create("{a: '1'}")).startsWith("403 ").contains("\"reason\":\"Invalid\"",
                    "\"message\":\"policy 'p' with binding 'p' denied request: " + said);
        }
        try (Stage stage = new Stage()) {
            stage.mutating("p", "failurePolicy: Ignore\n" + applied(expression));
            assertThat(stage.create("{a: '1'}")).isEqualTo("200");
        }
    }

    @Test
    void aPatchThatDoesNotFitIsRefused() throws Exception {
        try (Stage stage = new Stage()) {
            stage.mutating("p", patched("[JSONPatch{op: \"remove\", path: \"/data/none\"}]"));
            assertThat(stage.create("{a: '1'}")).startsWith("403 ").contains("\"reason\":\"Invalid\"",
                    "\"message\":\"policy 'p' with binding 'p' denied request: JSON Patch: ");
            assertThat(stage.parts.metrics().get(1).text()).contains("apiserver_mutating_admission_policy_check_total"
                    + "{error_type=\"invalid_error\",policy=\"p\",policy_binding=\"p\"} 1");
            stage.mutating("p",
                    "failurePolicy: Ignore\n" + patched("[JSONPatch{op: \"remove\", path: \"/data/none\"}]"));
            assertThat(stage.create("{a: '1'}")).isEqualTo("200");
        }
    }

    /// Whatever the failure policy says, as upstream.
    @Test
    void aPatchMayNotAddFieldsThatNobodyKnows() throws Exception {
        try (Stage stage = new Stage()) {
            stage.mutating("p", "failurePolicy: Ignore\n"
                    + patched("[JSONPatch{op: \"add\", path: \"/dara\", value: {\"b\": \"2\"}}]"));
            assertThat(stage.create("{a: '1'}")).startsWith("500 ").contains(
                    "Internal error occurred: strict decoding error: unknown field \\\"dara\\\"");
        }
    }

    @Test
    void mayNotReplaceWhatIsAtomic() throws Exception {
        try (Stage stage = new Stage()) {
            stage.mutating("p",
                    DEPLOYMENTS + applied("Object{spec: Object.spec{selector: Object.spec.selector{matchLabels:"
                            + " {\"c\": \"d\"}}}}"));
            assertThat(stage.send("POST", "/apis/apps/v1/namespaces/default/deployments", DEPLOYMENT))
                    .contains(
                            "invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: .spec.selector");
        }
    }

    @Test
    void whoWantsItIsAskedAgainBehindAChange() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (Stage stage = new Stage(new Counting(asked))) {
            String count = "variables: [{name: times, expression: '\"times\" in object.data ? int(object.data.times) : 0'}]\n"
                    + applied("Object{data: {\"times\": string(variables.times + 1)}}");
            stage.policy("Mutating", "a", "reinvocationPolicy: IfNeeded\n" + count);
            stage.bound("Mutating", "a", "{}");
            stage.mutating("b", applied("Object{data: {\"b\": \"1\"}}"));
            assertThat(stage.create("{a: '1'}")).isEqualTo("200");
            assertThat(stage.stored().struct("data")).isEqualTo(Struct.of("a", "1", "times", "2", "b", "1"));
            assertThat(asked).as("plug-ins before the policies").hasValue(2);
        }
    }

    private record Counting(AtomicInteger asked) implements Admission {
        @Override
        public String name() {
            return "Counting";
        }

        @Override
        public boolean handles(Write write) {
            return true;
        }

        @Override
        public Struct admit(Write write, Struct object) {
            asked.incrementAndGet();
            return object;
        }
    }
}
