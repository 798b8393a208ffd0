package io.k3j.workloadrules;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What may change in a pod that scheduling gates hold, and in one whose time is bounded.
class GatedPodTest {
    private static final String RULE = "spec: Forbidden: pod updates may not change fields other than"
            + " `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
            + "`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds`"
            + " (allow it to be set to 1 if it was previously negative)\nchanged: spec.affinity";
    private static final String TERMS = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms";
    private static final String HOSTNAME = "topologyKey: kubernetes.io/hostname";
    private final Kit kit = new Kit();

    private List<String> problems(String before, String after) {
        Struct old = pod(before);
        Struct now = pod(after);
        Write write = kit.write(Operation.UPDATE, now, Optional.of(old), "");
        return kit.hooks(now).problems(write, kit.hooks(now).prepared(write, now)).stream()
                .map(FieldProblem::toString).toList();
    }

    private Struct pod(String spec) {
        return kit.created("""
                apiVersion: v1
                kind: Pod
                metadata: {name: p, namespace: d}
                spec: {%s, containers: [{name: c, image: i}]}
                """.formatted(spec));
    }

    private static String gated(String more) {
        return "schedulingGates: [{name: a.b/c}], " + more;
    }

    private static String required(String terms) {
        return gated("affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: ["
                + terms + "]}}}");
    }

    private static String term(String... keys) {
        return "{matchExpressions: [" + String.join(", ",
                List.of(keys).stream().map(k -> "{key: " + k + ", operator: Exists}").toList()) + "]}";
    }

    @Test
    void itsNodeSelectorMayOnlyGrow() {
        assertThat(problems(gated("nodeSelector: {a: b}"), gated("nodeSelector: {a: b, c: d}"))).isEmpty();
        assertThat(problems(gated("nodeSelector: {a: b}"), gated("nodeSelector: {c: d}"))).containsExactly(
                "spec.nodeSelector: Invalid value: {\"c\":\"d\"}: only additions to spec.nodeSelector are allowed (no"
                        + " mutations or deletions)");
    }

    @Test
    void requiredTermsOfNodesMayOnlyBecomeNarrower() {
        assertThat(problems(gated("hostname: h"), gated("hostname: h, affinity: {nodeAffinity:"
                + " {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [" + term("a") + "]}}}")))
                .isEmpty();
        assertThat(problems(required(term("a")), required(term("a", "b")))).isEmpty();
        assertThat(problems(required(term("a")), required(term("b")))).containsExactly(TERMS + "[0]: Invalid value:"
                + " {\"matchExpressions\":[{\"key\":\"b\",\"operator\":\"Exists\"}]}: only additions are allowed (no"
                + " mutations or deletions)");
        assertThat(problems(required(term("a")), required(term("a") + ", " + term("b")))).singleElement().asString()
                .startsWith(TERMS + ": Invalid value: ")
                .endsWith(": no additions/deletions to non-empty NodeSelectorTerms list are allowed");
        assertThat(problems(required("{matchExpressions: []}"), required(term("a")))).singleElement().asString()
                .endsWith("only additions are allowed (no mutations or deletions)");
    }

    @Test
    void preferredNodesMayChangeAndGo() {
        String preferred = "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1,"
                + " preference: " + term("a") + "}]}}";
        assertThat(problems(gated(preferred), gated(preferred.replace("weight: 1", "weight: 2")))).isEmpty();
        assertThat(problems(gated(preferred), "schedulingGates: [{name: a.b/c}]")).isEmpty();
    }

    @Test
    void whatItSaysOfOtherPodsStays() {
        assertThat(problems("schedulingGates: [{name: a.b/c}]",
                gated("affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{" + HOSTNAME
                        + "}]}}")))
                .containsExactly(RULE);
    }

    @Test
    void whatComesNewIsValid() {
        assertThat(problems("schedulingGates: [{name: a.b/c}]",
                required("{matchExpressions: [{key: a, operator: Foo}]}"))).containsExactly(TERMS
                        + "[0].matchExpressions[0].operator: Invalid value: \"Foo\": not a valid selector operator");
        assertThat(problems("schedulingGates: [{name: a.b/c}]", gated("nodeSelector: {'a b': c}"))).singleElement()
                .asString().startsWith("spec.nodeSelector: Invalid value: \"a b\": name part must");
    }

    @Test
    void aDeadlineIsInRangeFromTheBeginning() {
        assertThat(problems("restartPolicy: Always", "activeDeadlineSeconds: 5")).isEmpty();
        assertThat(problems("restartPolicy: Always", "activeDeadlineSeconds: -1")).containsExactly(
                "spec.activeDeadlineSeconds: Invalid value: -1: must be between 1 and 2147483647, inclusive",
                "spec.activeDeadlineSeconds: Invalid value: -1: must be between 0 and 2147483647, inclusive");
    }
}
