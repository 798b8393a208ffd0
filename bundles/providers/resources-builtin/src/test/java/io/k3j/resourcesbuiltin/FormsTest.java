package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
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

    private List<String> statusProblems(Struct namespace) {
        Write write = kit.write(Operation.UPDATE, namespace, Optional.of(namespace), "status");
        Struct ready = kit.hooks(namespace).prepared(write, namespace);
        return kit.hooks(namespace).problems(write, ready).stream().map(FieldProblem::toString).toList();
    }

    @Test
    void aNamespaceIsTerminatingWhenItIsBeingDeleted() {
        Struct active = kit.created("{apiVersion: v1, kind: Namespace, metadata: {name: space}}");
        Struct going = active.withAt("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp");
        assertThat(statusProblems(active)).isEmpty();
        assertThat(statusProblems(active.without("status"))).as("active unless it says otherwise").isEmpty();
        assertThat(statusProblems(active.withAt("Terminating", "status", "phase"))).containsExactly(
                "status.Phase: Invalid value: \"Terminating\": may only be 'Active' if `deletionTimestamp` is empty");
        assertThat(statusProblems(going.withAt("Terminating", "status", "phase"))).isEmpty();
        assertThat(statusProblems(going)).containsExactly("status.Phase: Invalid value: \"Active\": may only be"
                + " 'Terminating' if `deletionTimestamp` is not empty");
    }

    @Test
    void aFinalizerThatANamespaceHasStaysUntilSomebodyTakesItAway() {
        Struct before = kit.created("{apiVersion: v1, kind: Namespace, metadata: {name: space},"
                + " spec: {finalizers: [odd, kubernetes]}}");
        Struct after = before.withAt(Seq.of("odd", "other"), "spec", "finalizers");
        Write write = kit.write(Operation.UPDATE, after, Optional.of(before), "finalize");
        assertThat(kit.hooks(after).problems(write, before)).isEmpty();
        assertThat(kit.hooks(after).problems(write, after)).singleElement().asString()
                .startsWith("spec.finalizers[1]: Invalid value: \"other\"");
    }

    @Test
    void onlyWhoHadThemKeepsWhatNobodyReadsAnyMore() {
        String config = "{apiVersion: v1, kind: Node, metadata: {name: n}, spec: {configSource: {configMap: {name:"
                + " c}}}, status: {config: {error: x}}}";
        assertThat(kit.created(config).struct("spec").has("configSource")).isFalse();
        assertThat(kit.created(config).struct("status").has("config")).isFalse();
        assertThat(kit.updated(config, config).struct("spec").has("configSource")).isTrue();
        String slice = "{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: e, namespace: default},"
                + " addressType: IPv4, endpoints: [{addresses: [10.0.0.1], deprecatedTopology: {a: b}}]}";
        assertThat(kit.created(slice).seq("endpoints").struct(0).names()).containsExactly("addresses");
        assertThat(kit.updated(slice, slice).seq("endpoints").struct(0).has("deprecatedTopology")).isTrue();
    }
}
