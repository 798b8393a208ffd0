package io.k3j.admissionpolicies;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What stands in the status of ValidatingAdmissionPolicies.
class TypeCheckerTest {
    private static final String DEPLOYMENTS = "matchConstraints: {resourceRules: [{operations: [CREATE], apiGroups:"
            + " [apps], apiVersions: [v1], resources: [deployments, deployments/scale]}]}\n";

    private static List<Struct> warnings(String spec) {
        try (Stage stage = new Stage()) {
            return new TypeChecker(stage.kinds()).warnings(stage.engine, Stage.yaml(spec));
        }
    }

    @Test
    void whatFitsIsNotWarnedOf() {
        assertThat(warnings(DEPLOYMENTS + "variables: [{name: size, expression: object.spec.replicas}]\n"
                + "validations: [{expression: 'variables.size > 1 && object.metadata.name != \"\"', messageExpression:"
                + " '\"wants \" + string(object.spec.replicas)'}]")).isEmpty();
    }

    @Test
    void whatDoesNotFitIsToldForEachExpression() {
        List<Struct> warnings = warnings(DEPLOYMENTS + "validations: [{expression: \"object.spec.replicas > '1'\","
                + " messageExpression: \"'got ' + object.spec.replicas\"}, {expression: object.spec.maxRetries < 10}]");
        assertThat(warnings).extracting(w -> w.text("fieldRef")).containsExactly("spec.validations[0].expression",
                "spec.validations[0].messageExpression", "spec.validations[1].expression");
        assertThat(warnings.get(0).text("warning")).startsWith("apps/v1, Kind=Deployment: ERROR: <input>:1:")
                .contains("found no matching overload for '_>_' applied to '(int, string)'").endsWith("\n");
        assertThat(warnings.get(1).text("warning"))
                .contains("found no matching overload for '_+_' applied to '(string, int)'");
        assertThat(warnings.get(2).text("warning")).contains("undefined field 'maxRetries'");
    }

    @Test
    void rulesWithWildcardsNameNoTypes() {
        assertThat(warnings("matchConstraints: {resourceRules: [{apiGroups: ['*'], apiVersions: [v1], resources:"
                + " [deployments]}]}\nvalidations: [{expression: object.none}]")).isEmpty();
    }

    /// A thousand million combinations, of which each names a kind.
    @Test
    void whatARuleNamesOftenIsLookedForOnce() {
        String many = "%s, ".repeat(1_000);
        List<Struct> warnings = warnings("matchConstraints: {resourceRules: [{apiGroups: ["
                + many.replace("%s", "apps") + "none], apiVersions: [" + many.replace("%s", "v1")
                + "none], resources: ["
                + many.replace("%s", "deployments") + "none]}]}\nvalidations: [{expression: object.spec.none}]");
        assertThat(warnings).singleElement().satisfies(w -> assertThat(w.text("warning").strip())
                .startsWith("apps/v1, Kind=Deployment: ").containsOnlyOnce("undefined field 'none'"));
    }

    @Test
    void parametersOfAKindThatIsNotServedYetMayBeAnything() {
        assertThat(warnings(DEPLOYMENTS + "paramKind: {apiVersion: x.io/v1, kind: Limit}\n"
                + "validations: [{expression: object.spec.replicas < params.spec.most}]")).isEmpty();
        assertThat(warnings(DEPLOYMENTS + "paramKind: {apiVersion: v1, kind: ConfigMap}\n"
                + "validations: [{expression: object.spec.replicas < params.spec.most}]")).singleElement()
                .satisfies(w -> assertThat(w.text("warning")).contains("undefined field 'spec'"));
    }

    @Test
    void theStatusIsWrittenOnceForEachGeneration() {
        try (Stage stage = new Stage(); FakeApi api = FakeApi.stepped(InstantSource.system())) {
            ControllerContext context = new ControllerContext(api, TimeSource.system());
            PolicyStatus.add(context, new TypeChecker(stage.kinds()), () -> stage.engine);
            context.attach();
            api.seed(PolicyStatus.POLICIES, Obj.of(Stage.yaml("apiVersion: admissionregistration.k8s.io/v1\n"
                    + "kind: ValidatingAdmissionPolicy\nmetadata: {name: p, generation: 1}\nspec: {validations:"
                    + " [{expression: object.spec.none}], " + DEPLOYMENTS.strip() + "}")));
            settle(api, context);
            Struct status = api.get(PolicyStatus.POLICIES, Key.of("p")).status();
            assertThat(status.whole("observedGeneration", 0)).isEqualTo(1);
            assertThat(status.struct("typeChecking").seq("expressionWarnings").struct(0).text("warning"))
                    .contains("undefined field 'none'");
            assertThat(api.calls()).hasSize(1);
            context.close();
        }
    }

    private static void settle(FakeApi api, ControllerContext context) {
        boolean more = true;
        while (more) {
            more = api.deliver() | context.step();
        }
    }
}
