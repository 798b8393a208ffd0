package io.k3j.workloadrules;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ScalerRulesTest {
    private static final String PODS = "metric: {name: m}, target: {type: AverageValue, averageValue: 1}";
    private final Kit kit = new Kit();

    record Case(String spec, List<String> expected) {
        static Case of(String spec, String... expected) {
            return new Case(spec, Arrays.asList(expected));
        }
    }

    private Struct scaler(String version, String more) {
        return kit.created("""
                apiVersion: autoscaling/%s
                kind: HorizontalPodAutoscaler
                metadata: {name: s, namespace: d}
                spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: t}, %s}
                """.formatted(version, more));
    }

    private List<String> problems(Struct before, Struct after, String subresource) {
        boolean created = before.isEmpty();
        Write write = kit.write(created ? Operation.CREATE : Operation.UPDATE, after,
                created ? Optional.empty() : Optional.of(before), subresource);
        return kit.hooks(after).problems(write, after).stream().map(FieldProblem::toString).toList();
    }

    private static Case metric(String metric, String... expected) {
        return Case.of("metrics: [{" + metric + "}]", Stream.of(expected).map(e -> "metrics[0]." + e)
                .toArray(String[]::new));
    }

    static Stream<Case> metrics() {
        String types = "supported values: \"ContainerResource\", \"External\", \"Object\", \"Pods\", \"Resource\"";
        String target = "must set either a target raw value or a target utilization";
        return Stream.of(metric("type: Pods, pods: {" + PODS + "}"),
                metric("type: Pod, pods: {" + PODS + "}", "type: Unsupported value: \"Pod\": " + types,
                        "type: Invalid value: \"Pod\": unrecognized metric source type"),
                metric("type: Pods", "pods: Required value: must populate information for the given metric source"),
                metric("type: Pods, pods: {" + PODS + "}, external: {" + PODS + "}",
                        "external: Forbidden: must populate the given metric source only"),
                metric("type: Pods, pods: {metric: {name: a/b}, target: {type: Value, value: 1}}",
                        "pods.metric.name: Invalid value: \"a/b\": may not contain '/'",
                        "pods.target.averageValue: Required value: must specify a positive target averageValue"),
                metric("type: Resource, resource: {name: cpu, target: {type: Utilization}}",
                        "resource.target.averageUtilization: Required value: " + target),
                metric("type: Resource, resource: {name: cpu, target: {type: Some, averageUtilization: 0, averageValue:"
                        + " 0}}",
                        "resource.target.type: Invalid value: \"Some\": must be either Utilization, Value, or"
                                + " AverageValue",
                        "resource.target.averageUtilization: Invalid value: 0: must be greater than 0",
                        "resource.target.averageValue: Invalid value: \"0\": must be positive",
                        "resource.target.averageValue: Forbidden: may not set both a target raw value and a target"
                                + " utilization"),
                metric("type: ContainerResource, containerResource: {target: {type: Utilization, averageUtilization:"
                        + " 1}}", "containerResource.name: Required value: must specify a resource name",
                        "containerResource.container: Required value: must specify a container"),
                metric("type: External, external: {metric: {name: m}, target: {type: Value, value: 1, averageValue:"
                        + " 1}}",
                        "external.target.value: Forbidden: may not set both a target value for metric and a per-pod"
                                + " target"),
                metric("type: Object, object: {metric: {}, describedObject: {kind: '..'}, target: {type: Value}}",
                        "object.describedObject.kind: Invalid value: \"..\": may not be '..'",
                        "object.describedObject.name: Required value",
                        "object.metric.name: Required value: must specify a metric name",
                        "object.target.averageValue: Required value: must set either a target value for metric or a"
                                + " per-pod target"));
    }

    static Stream<Case> behaviors() {
        String up = "behavior.scaleUp.";
        return Stream.of(Case.of("behavior: {scaleUp: {tolerance: 100m}}"),
                Case.of("behavior: {scaleUp: {tolerance: -1}}",
                        up + "tolerance: Invalid value: \"-1\": must be greater than or equal to 0"),
                Case.of("behavior: {scaleUp: {stabilizationWindowSeconds: 3601, selectPolicy: Some, policies: []}}",
                        up + "stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600",
                        up + "selectPolicy: Unsupported value: \"Some\": supported values: \"Disabled\", \"Max\","
                                + " \"Min\"",
                        up + "policies: Required value: must specify at least one Policy"),
                Case.of("behavior: {scaleUp: {stabilizationWindowSeconds: -1, policies: [{type: Pod, value: 0,"
                        + " periodSeconds: 1801}]}}",
                        up + "stabilizationWindowSeconds: Invalid value: -1: must be greater than or equal to zero",
                        up + "policies[0].type: Unsupported value: \"Pod\": supported values: \"Percent\", \"Pods\"",
                        up + "policies[0].value: Invalid value: 0: must be greater than zero",
                        up + "policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800"));
    }

    @ParameterizedTest
    @MethodSource({"metrics", "behaviors"})
    void eachFieldIsRefusedInUpstreamsWords(Case c) {
        assertThat(problems(Struct.EMPTY, scaler("v2", c.spec), ""))
                .containsExactlyElementsOf(c.expected.stream().map(e -> "spec." + e).toList());
    }

    @Test
    void theOlderVersionIsLookedAtAsTheNewerOne() {
        assertThat(problems(Struct.EMPTY, scaler("v1", "targetCPUUtilizationPercentage: 0"), "")).containsExactly(
                "spec.metrics[0].resource.target.averageUtilization: Invalid value: 0: must be greater than 0");
        assertThat(problems(Struct.EMPTY, scaler("v1", "targetCPUUtilizationPercentage: 5"), "")).isEmpty();
    }

    @Test
    void aTargetHasNamesThatStandInPaths() {
        Struct odd = scaler("v2", "minReplicas: 1").withAt("a/b", "spec", "scaleTargetRef", "name");
        assertThat(problems(Struct.EMPTY, odd, ""))
                .containsExactly("spec.scaleTargetRef.name: Invalid value: \"a/b\": may not contain '/'");
    }

    @Test
    void noPodsAreLeftOnlyWhereThereWereNone() {
        Struct one = scaler("v2", "metrics: [{type: External, external: {" + PODS + "}}]");
        Struct none = one.withAt(0L, "spec", "minReplicas");
        assertThat(problems(one, none, "")).containsExactly(
                "spec.minReplicas: Invalid value: 0: must be greater than or equal to 1");
        assertThat(problems(none, none.withAt(4L, "spec", "maxReplicas"), "")).isEmpty();
        Struct cpu = scaler("v2", "minReplicas: 1").struct("spec");
        assertThat(problems(none, none.withAt(cpu.seq("metrics"), "spec", "metrics"), "")).containsExactly(
                "spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to"
                        + " zero replicas");
    }

    @Test
    void whatWasThereStaysAndIsToldOf() {
        Struct odd = scaler("v2", "minReplicas: 1").withAt(Seq.of(Struct.of("type", "Pod")), "spec", "metrics");
        assertThat(problems(odd, odd.withAt(4L, "spec", "maxReplicas"), "")).isEmpty();
        assertThat(problems(odd, odd.with("status", Struct.of("currentReplicas", 1L)), "status")).isEmpty();
        assertThat(problems(odd, odd.with("status", Struct.of("currentReplicas", -1L, "desiredReplicas", -2L)),
                "status")).containsExactly(
                        "status.currentReplicas: Invalid value: -1: must be greater than or equal to 0",
                        "status.desiredReplicas: Invalid value: -2: must be greater than or equal to 0");
    }
}
