package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import org.junit.jupiter.api.Test;

class FormsTest {
    private final Kit kit = new Kit();

    @Test
    void anEventSurvivesARoundTrip() {
        Struct core = Kit.yaml("""
                apiVersion: v1
                kind: Event
                metadata: {name: e, namespace: default}
                involvedObject: {kind: Pod, name: p}
                reason: Started
                message: hello
                count: 2
                """);
        Struct newer = kit.hooks(core).converted(core, Gvk.of("events.k8s.io/v1", "Event"));
        assertThat(newer.text("note")).isEqualTo("hello");
        assertThat(newer.struct("regarding").text("name")).isEqualTo("p");
        assertThat(kit.hooks(core).converted(newer, Gvk.of("v1", "Event"))).isEqualTo(core);
    }

    @Test
    void eventsCanBeSelectedByTheirObject() {
        Obj event = Obj.of(Kit.yaml("""
                apiVersion: v1
                kind: Event
                metadata: {name: e, namespace: default}
                involvedObject: {kind: Pod, name: p}
                """));
        assertThat(kit.hooks(event.tree()).field(event.gvk(), event, "involvedObject.name")).contains("p");
        assertThat(kit.hooks(event.tree()).field(event.gvk(), event, "spec.nodeName")).isEmpty();
    }

    @Test
    void eventsV1HaveTheirReporterAsSource() {
        Obj event = Obj.of(Kit.yaml("""
                apiVersion: v1
                kind: Event
                metadata: {name: e, namespace: default}
                source: {}
                reportingComponent: test-controller
                """));
        assertThat(kit.hooks(event.tree()).field(event.gvk(), event, "source")).contains("test-controller");
        assertThat(kit.hooks(event.tree()).field(event.gvk(), event, "reportingController"))
                .contains("test-controller");
    }

    @Test
    void sizesAreCountedInBytes() {
        String wide = "\u20ac".repeat(400_000);
        assertThat(kit.createProblems("{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: default},"
                + " data: {a: " + wide + "}}")).singleElement().asString().contains("Too long");
        assertThat(kit.createProblems("{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: default,"
                + " annotations: {a: " + wide.substring(0, 100_000) + "}}}")).singleElement().asString()
                .contains("Too long");
    }

    @Test
    void anAutoscalingV1ScalerKeepsItsTarget() {
        Struct old = Kit.yaml("""
                apiVersion: autoscaling/v1
                kind: HorizontalPodAutoscaler
                metadata: {name: h, namespace: default}
                spec: {maxReplicas: 3, scaleTargetRef: {kind: Deployment, name: d}, targetCPUUtilizationPercentage: 55}
                """);
        Struct stored = kit.hooks(old).converted(old, Gvk.of("autoscaling/v2", "HorizontalPodAutoscaler"));
        assertThat(stored.struct("spec").seq("metrics").struct(0).struct("resource").struct("target")
                .whole("averageUtilization", 0)).isEqualTo(55);
        Struct again = kit.hooks(old).converted(stored, Gvk.of("autoscaling/v1", "HorizontalPodAutoscaler"));
        assertThat(again.struct("spec").whole("targetCPUUtilizationPercentage", 0)).isEqualTo(55);
    }

    @Test
    void stringDataEndsUpInData() {
        Struct secret = kit.defaulted("""
                apiVersion: v1
                kind: Secret
                metadata: {name: s, namespace: default}
                stringData: {a: b}
                """);
        assertThat(secret.has("stringData")).isFalse();
        assertThat(secret.struct("data").text("a")).isEqualTo("Yg==");
        assertThat(secret.text("type")).isEqualTo("Opaque");
    }

    @Test
    void aDeletedNamespaceIsTerminatingAndANewOneHasItsFinalizer() {
        Struct namespace = kit.created("""
                apiVersion: v1
                kind: Namespace
                metadata: {name: space}
                """);
        assertThat(namespace.struct("spec").seq("finalizers").texts()).containsExactly("kubernetes");
        assertThat(namespace.struct("status").text("phase")).isEqualTo("Active");
        assertThat(namespace.struct("metadata").struct("labels").text("kubernetes.io/metadata.name"))
                .isEqualTo("space");
    }
}
