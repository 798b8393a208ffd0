package io.k3j.workloadrules;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LabelKeysTest {
    private final Kit kit = new Kit();

    private Struct pod(String more) {
        return kit.created("""
                apiVersion: v1
                kind: Pod
                metadata: {name: p, namespace: d, labels: {app: a, tier: b}}
                spec: {containers: [{name: c, image: i}], %s}
                """.formatted(more));
    }

    private static Struct requirement(String key, String operator, String value) {
        return Struct.of("key", key, "operator", operator, "values", Seq.of(value));
    }

    private static String affinity(String term) {
        return "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, "
                + term + "}]}}";
    }

    private static Struct selector(Struct pod) {
        return pod.struct("spec").struct("affinity").struct("podAntiAffinity")
                .seq("requiredDuringSchedulingIgnoredDuringExecution").struct(0).struct("labelSelector");
    }

    private List<String> problems(Struct pod) {
        Write write = kit.write(Operation.CREATE, pod, Optional.empty(), "");
        assertThat(kit.hooks(pod).prepared(write, pod)).isEqualTo(pod);
        return kit.hooks(pod).problems(write, pod).stream().map(FieldProblem::toString).toList();
    }

    @Test
    void theyBecomePartOfTheSelector() {
        Struct pod = pod(affinity("labelSelector: {matchLabels: {x: v}}, matchLabelKeys: [app, other],"
                + " mismatchLabelKeys: [tier]"));
        assertThat(selector(pod)).isEqualTo(Struct.of("matchLabels", Struct.of("x", "v"), "matchExpressions",
                Seq.of(requirement("app", "In", "a"), requirement("tier", "NotIn", "b"))));
        assertThat(problems(pod)).isEmpty();
    }

    @Test
    void soTheyDoInConstraints() {
        Struct pod = pod("topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule,"
                + " labelSelector: {}, matchLabelKeys: [app]}]");
        assertThat(pod.struct("spec").seq("topologySpreadConstraints").struct(0).struct("labelSelector"))
                .isEqualTo(Struct.of("matchExpressions", Seq.of(requirement("app", "In", "a"))));
        assertThat(problems(pod)).isEmpty();
    }

    @Test
    void aKeyThatTheSelectorHasIsRefused() {
        Struct pod = pod(affinity("labelSelector: {matchLabels: {app: z}}, matchLabelKeys: [tier, app]"));
        assertThat(problems(pod)).containsExactly("spec.affinity.podAntiAffinity"
                + ".requiredDuringSchedulingIgnoredDuringExecution[0][1]: Invalid value: \"app\": exists in both"
                + " matchLabelKeys and labelSelector");
    }

    @Test
    void withoutASelectorNothingIsAdded() {
        Struct pod = pod(affinity("matchLabelKeys: [app]"));
        assertThat(selector(pod)).isEqualTo(Struct.EMPTY);
        assertThat(problems(pod)).singleElement().asString()
                .endsWith("matchLabelKeys: Forbidden: must not be specified when labelSelector is not set");
    }
}
