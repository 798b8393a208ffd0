package io.k3j.workloadrules;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScalerFormsTest {
    private static final Gvk V1 = Gvk.of("autoscaling/v1", "HorizontalPodAutoscaler");
    private static final Gvk V2 = Gvk.of("autoscaling/v2", "HorizontalPodAutoscaler");
    private static final String PREFIX = "autoscaling.alpha.kubernetes.io/";
    private static final String FULL = """
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: {name: h, namespace: default, annotations: {mine: "1"}}
            spec:
              minReplicas: 2
              maxReplicas: 9
              scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: d}
              metrics:
              - {type: Resource, resource: {name: memory, target: {type: AverageValue, averageValue: 1Gi}}}
              - {type: ContainerResource, containerResource: {name: cpu, container: c, target: {type: Utilization, averageUtilization: 70}}}
              - {type: Pods, pods: {metric: {name: rate, selector: {matchLabels: {a: b}}}, target: {type: AverageValue, averageValue: "5"}}}
              - {type: Object, object: {describedObject: {apiVersion: v1, kind: Service, name: s}, metric: {name: hits}, target: {type: Value, value: 2k}}}
              - {type: External, external: {metric: {name: queue, selector: {matchLabels: {q: r}}}, target: {type: Value, value: "30"}}}
              - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 55}}}
              behavior:
                scaleUp:
                  stabilizationWindowSeconds: 0
                  selectPolicy: Max
                  policies:
                  - {type: Pods, value: 1, periodSeconds: 30}
                scaleDown:
                  selectPolicy: Disabled
                  policies:
                  - {type: Percent, value: 100, periodSeconds: 15}
                  tolerance: 50m
            status:
              currentReplicas: 2
              desiredReplicas: 3
              currentMetrics:
              - {type: Resource, resource: {name: cpu, current: {averageUtilization: 12, averageValue: 60m}}}
              - {type: External, external: {metric: {name: queue}, current: {value: "7"}}}
              conditions:
              - {type: AbleToScale, status: "True", reason: Fine, message: m, lastTransitionTime: "2026-01-01T00:00:00Z"}
            """;
    private final Kit kit = new Kit();

    private Struct to(Gvk version, Struct o) {
        return kit.hooks(o).converted(o, version);
    }

    private static Struct annotations(Struct o) {
        return o.struct("metadata").struct("annotations");
    }

    private static Object json(String text) {
        return Json.value(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void survivesARoundTripThroughV1() {
        Struct full = Kit.yaml(FULL);
        assertThat(to(V2, to(V1, full))).isEqualTo(full);
    }

    @Test
    void aV1WriteKeepsV2OnlyFields() {
        Struct old = to(V1, Kit.yaml(FULL));
        assertThat(to(V2, kit.hooks(old).defaulted(V1, old))).isEqualTo(Kit.yaml(FULL));
    }

    @Test
    void v1HasFieldsForCpuAndAnnotationsForTheRest() {
        Struct old = to(V1, Kit.yaml(FULL));
        assertThat(old.struct("spec").names()).containsExactlyInAnyOrder("minReplicas", "maxReplicas",
                "scaleTargetRef", "targetCPUUtilizationPercentage");
        assertThat(old.struct("spec").whole("targetCPUUtilizationPercentage", 0)).isEqualTo(55);
        assertThat(old.struct("status").whole("currentCPUUtilizationPercentage", 0)).isEqualTo(12);
        assertThat(json(annotations(old).text(PREFIX + "metrics"))).isEqualTo(
                json("""
                        [{"type":"Resource","resource":{"name":"memory","targetAverageValue":"1Gi"}},
                        {"type":"ContainerResource","containerResource":{"name":"cpu","container":"c","targetAverageUtilization":70}},
                        {"type":"Pods","pods":{"metricName":"rate","selector":{"matchLabels":{"a":"b"}},"targetAverageValue":"5"}},
                        {"type":"Object","object":{"target":{"apiVersion":"v1","kind":"Service","name":"s"},"metricName":"hits",
                        "targetValue":"2k"}},
                        {"type":"External","external":{"metricName":"queue","metricSelector":{"matchLabels":{"q":"r"}},
                        "targetValue":"30"}}]"""));
        assertThat(json(annotations(old).text(PREFIX + "behavior"))).isEqualTo(json("""
                {"ScaleUp":{"StabilizationWindowSeconds":0,"SelectPolicy":"Max",
                "Policies":[{"Type":"Pods","Value":1,"PeriodSeconds":30}],"Tolerance":null},
                "ScaleDown":{"StabilizationWindowSeconds":null,"SelectPolicy":"Disabled",
                "Policies":[{"Type":"Percent","Value":100,"PeriodSeconds":15}],"Tolerance":"50m"}}"""));
        assertThat(annotations(old).names()).containsExactlyInAnyOrder("mine", PREFIX + "metrics",
                PREFIX + "behavior", PREFIX + "current-metrics", PREFIX + "conditions");
    }

    @Test
    void anUnsetV1TargetIsDefaultedOnlyWithoutOtherMetrics() {
        Struct unset = kit.defaulted("""
                apiVersion: autoscaling/v1
                kind: HorizontalPodAutoscaler
                metadata: {name: h, namespace: default}
                spec: {maxReplicas: 3, scaleTargetRef: {kind: Deployment, name: d}}
                """);
        assertThat(unset.struct("spec").whole("targetCPUUtilizationPercentage", 0)).isEqualTo(80);
        Struct memory = kit.defaulted(
                """
                        apiVersion: autoscaling/v1
                        kind: HorizontalPodAutoscaler
                        metadata:
                          name: h
                          namespace: default
                          annotations:
                            autoscaling.alpha.kubernetes.io/metrics: '[{"type":"Resource","resource":{"name":"memory","targetAverageUtilization":60}}]'
                        spec: {maxReplicas: 3, scaleTargetRef: {kind: Deployment, name: d}}
                        """);
        assertThat(memory.struct("spec").has("targetCPUUtilizationPercentage")).isFalse();
        assertThat(to(V2, memory).struct("spec").seq("metrics").structs()).singleElement()
                .extracting(m -> m.at("resource", "target", "averageUtilization")).isEqualTo(60L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "7", "[7]", "[{\"type\":7}]", "null", "[]"})
    void unreadableAnnotationsAreDropped(String text) {
        Struct old = Kit.yaml("""
                apiVersion: autoscaling/v1
                kind: HorizontalPodAutoscaler
                metadata: {name: h, namespace: default}
                spec: {maxReplicas: 3, scaleTargetRef: {kind: Deployment, name: d}, targetCPUUtilizationPercentage: 55}
                status: {currentReplicas: 1, desiredReplicas: 1}
                """);
        Struct plain = to(V2, old);
        for (String name : new String[] {"metrics", "behavior", "current-metrics", "conditions"}) {
            old = old.withAt(text, "metadata", "annotations", PREFIX + name);
        }
        assertThat(to(V2, old)).isEqualTo(plain);
    }

    @Test
    void v2HasNoneOfTheV1Annotations() {
        Struct written = kit.defaulted(FULL.replace("mine: \"1\"", "mine: \"1\", " + PREFIX + "metrics: \"[]\""));
        assertThat(annotations(written).names()).containsExactly("mine");
    }

    @Test
    void theBehaviorIsDefaulted() {
        Struct written = kit.defaulted(FULL.replace("selectPolicy: Disabled", "stabilizationWindowSeconds: 7"));
        assertThat(written.at("spec", "behavior", "scaleDown", "selectPolicy")).isEqualTo("Max");
    }
}
