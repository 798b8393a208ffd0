package io.k3j.controllersautoscaling;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ApiResource;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Conditions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AutoscalersTest {
    private static final Gvr METRICS = Gvr.of("metrics.k8s.io/v1beta1", "pods");
    private static final Duration PERIOD = Duration.ofSeconds(15);
    private Stage stage = stage();

    private static Stage stage(String... arguments) {
        return new Stage(d -> HorizontalPodAutoscalers.add(d, AutoscalerOptions.of(arguments)));
    }

    private static Struct cpu(long percent) {
        return Struct.of("type", "Resource", "resource", Struct.of("name", "cpu", "target",
                Struct.of("type", "Utilization", "averageUtilization", percent)));
    }

    private static Obj autoscaler(String name, Struct spec) {
        Struct.Builder all = Struct.builder().put("scaleTargetRef",
                Struct.of("apiVersion", "apps/v1", "kind", "Deployment", "name", "web")).put("minReplicas", 2)
                .put("maxReplicas", 10).put("metrics", Seq.of(cpu(50)));
        spec.forEach(all::put);
        return Stage.workload("autoscaling/v2", "HorizontalPodAutoscaler", name, all.build());
    }

    private void autoscale(Struct spec) {
        stage.api.create(HorizontalPodAutoscalers.RESOURCE, autoscaler("web", spec), WriteOptions.PLAIN);
        stage.settle();
    }

    private void deploy(long replicas) {
        stage.api.serve(new ApiResource(METRICS, "PodMetrics", true, List.of("get", "list")), false);
        stage.api.create(BuiltinResources.DEPLOYMENTS, Stage.workload("apps/v1", "Deployment", "web",
                Stage.spec("web", "i", replicas)), WriteOptions.PLAIN);
        for (int i = 0; i < replicas; i++) {
            pod("web-" + i, "Running");
        }
    }

    private void pod(String name, String phase) {
        String longAgo = stage.clock.instant().minusSeconds(3600).toString();
        Struct container = Struct.of("name", "main", "image", "i", "resources",
                Struct.of("requests", Struct.of("cpu", "100m")));
        Obj pod = Stage.workload("v1", "Pod", name, Struct.of("containers", Seq.of(container)))
                .with(Map.of("app", "web"), "metadata", "labels")
                .with(Struct.of("phase", phase, "startTime", longAgo, "conditions",
                        Seq.of(Struct.of("type", "Ready", "status", phase.equals("Running") ? "True" : "False",
                                "lastTransitionTime", longAgo))),
                        "status");
        stage.api.seed(BuiltinResources.PODS, pod);
    }

    private void uses(String pod, String cpu) {
        Obj figures = Obj.of(Struct.of("apiVersion", "metrics.k8s.io/v1beta1", "kind", "PodMetrics", "metadata",
                Struct.of("name", pod, "namespace", "default", "labels", Struct.of("app", "web")), "timestamp",
                stage.clock.instant().toString(), "window", "15s", "containers",
                Seq.of(Struct.of("name", "main", "usage", Struct.of("cpu", cpu, "memory", "10Mi")))));
        stage.api.seed(METRICS, figures);
    }

    private void allUse(int pods, String cpu) {
        for (int i = 0; i < pods; i++) {
            uses("web-" + i, cpu);
        }
    }

    private long replicas() {
        return stage.one(BuiltinResources.DEPLOYMENTS, "web").spec().whole("replicas", -1);
    }

    private Struct status() {
        return stage.one(HorizontalPodAutoscalers.RESOURCE, "web").status();
    }

    private String condition(String type) {
        Struct c = Conditions.find(status().seq("conditions"), type).orElse(Struct.EMPTY);
        return c.text("status") + " " + c.text("reason") + ": " + c.text("message");
    }

    @Test
    void aTargetThatHasChangedMeanwhileIsReadAndScaledAgain() {
        deploy(3);
        allUse(3, "80m");
        stage.api.refuse("update", BuiltinResources.DEPLOYMENTS, new ApiFault(409, "Conflict", "it has been changed",
                Struct.EMPTY));
        autoscale(Struct.EMPTY);
        assertThat(replicas()).isEqualTo(5);
        assertThat(condition("AbleToScale")).startsWith("True");
        assertThat(stage.events()).noneMatch(e -> e.startsWith("FailedRescale"));
    }

    @Test
    void looksAsOftenAndScalesAsEagerlyAsArgumentsSay() {
        stage = stage("horizontal-pod-autoscaler-sync-period=5s", "horizontal-pod-autoscaler-tolerance=0.7",
                "horizontal-pod-autoscaler-downscale-stabilization=0");
        deploy(3);
        allUse(3, "80m");
        autoscale(Struct.EMPTY);
        assertThat(replicas()).as("within the tolerance").isEqualTo(3);
        allUse(3, "10m");
        stage.pass(Duration.ofSeconds(5));
        assertThat(replicas()).as("after five seconds, without stabilization").isEqualTo(2);
    }

    @Test
    void scalesUpAsTheUseOfItsPodsAsksAndSaysSo() {
        deploy(2);
        allUse(2, "80m");
        autoscale(Struct.EMPTY);
        assertThat(replicas()).isEqualTo(4);
        assertThat(stage.events()).containsExactly(
                "SuccessfulRescale: New size: 4; reason: cpu resource utilization (percentage of request) above "
                        + "target");
        assertThat(condition("AbleToScale"))
                .isEqualTo("True SucceededRescale: the HPA controller was able to update the target scale to 4");
        assertThat(condition("ScalingActive")).isEqualTo("True ValidMetricFound: the HPA was able to successfully "
                + "calculate a replica count from cpu resource utilization (percentage of request)");
        assertThat(condition("ScalingLimited"))
                .isEqualTo("False DesiredWithinRange: the desired count is within the acceptable range");
        assertThat(status().seq("currentMetrics").struct(0)).isEqualTo(Struct.of("type", "Resource", "resource",
                Struct.of("name", "cpu", "current", Struct.of("averageUtilization", 80, "averageValue", "80m"))));
        assertThat(status().whole("desiredReplicas", 0)).isEqualTo(4);
        assertThat(status().has("lastScaleTime")).isTrue();
    }

    @Test
    void whatIsNearItsTargetStays() {
        deploy(2);
        allUse(2, "54m");
        autoscale(Struct.EMPTY);
        assertThat(replicas()).isEqualTo(2);
        assertThat(condition("AbleToScale"))
                .isEqualTo("True ReadyForNewScale: recommended size matches current size");
    }

    @Test
    void scalesDownOnlyAfterFiveMinutesOfLowUse() {
        deploy(4);
        allUse(4, "10m");
        autoscale(Struct.EMPTY);
        for (int i = 0; i < 19; i++) {
            stage.pass(PERIOD);
        }
        assertThat(replicas()).isEqualTo(4);
        assertThat(condition("AbleToScale")).startsWith("True ScaleDownStabilized: recent recommendations were higher");
        stage.pass(PERIOD);
        stage.pass(PERIOD);
        assertThat(replicas()).isEqualTo(2);
        assertThat(stage.events()).contains("SuccessfulRescale: New size: 2; reason: All metrics below target");
        assertThat(condition("ScalingLimited")).startsWith("True TooFewReplicas");
    }

    @Test
    void growsNoFasterThanTwofoldAndNoFurtherThanItsMost() {
        deploy(3);
        allUse(3, "500m");
        autoscale(Struct.EMPTY);
        assertThat(replicas()).isEqualTo(6);
        assertThat(condition("ScalingLimited"))
                .startsWith("True ScaleUpLimit: the desired replica count is increasing");
        stage.pass(PERIOD);
        assertThat(replicas()).isEqualTo(10);
        assertThat(condition("ScalingLimited")).startsWith("True TooManyReplicas");
    }

    @Test
    void behaviorSetsThePace() {
        deploy(4);
        allUse(4, "400m");
        Struct onePod = Struct.of("selectPolicy", "Max", "policies",
                Seq.of(Struct.of("type", "Pods", "value", 1, "periodSeconds", 60)));
        autoscale(Struct.of("behavior", Struct.of("scaleUp", onePod.with("stabilizationWindowSeconds", 0),
                "scaleDown", onePod.with("selectPolicy", "Disabled"))));
        assertThat(replicas()).isEqualTo(5);
        stage.pass(PERIOD);
        assertThat(replicas()).isEqualTo(5);
        assertThat(condition("ScalingLimited")).startsWith("True ScaleUpLimit");
        stage.pass(Duration.ofSeconds(46));
        assertThat(replicas()).isEqualTo(6);
        allUse(4, "1m");
        stage.pass(Duration.ofMinutes(10));
        stage.pass(PERIOD);
        assertThat(replicas()).isEqualTo(6);
        assertThat(condition("ScalingLimited")).startsWith("True ScaleDownLimit");
    }

    @Test
    void bringsWhatIsOutsideOfItsBoundsBackWithoutAskingMetrics() {
        deploy(1);
        autoscale(Struct.EMPTY);
        assertThat(replicas()).isEqualTo(2);
        assertThat(stage.events())
                .containsExactly("SuccessfulRescale: New size: 2; reason: Current number of replicas below "
                        + "Spec.MinReplicas");
    }

    @Test
    void aTargetOfNoReplicasIsLeftAlone() {
        deploy(0);
        autoscale(Struct.EMPTY);
        assertThat(replicas()).isZero();
        assertThat(condition("ScalingActive")).isEqualTo("False ScalingDisabled: scaling is disabled since the replica "
                + "count of the target is zero");
    }

    @Test
    void withoutFiguresNothingIsScaledAndTheReasonTold() {
        deploy(2);
        autoscale(Struct.EMPTY);
        assertThat(replicas()).isEqualTo(2);
        String why = "failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from "
                + "resource metrics API";
        assertThat(condition("ScalingActive")).isEqualTo(
                "False FailedGetResourceMetric: the HPA was unable to compute the replica count: " + why);
        assertThat(stage.events()).containsExactly("FailedGetResourceMetric: " + why,
                "FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: failed to get cpu "
                        + "resource metric value: " + why);
    }

    @Test
    void podsThatRequestNothingCannotBeMeasuredInPercent() {
        deploy(2);
        allUse(2, "80m");
        stage.api.seed(BuiltinResources.PODS, stage.one(BuiltinResources.PODS, "web-1")
                .with(Seq.of(Struct.of("name", "main", "image", "i")), "spec", "containers"));
        autoscale(Struct.EMPTY);
        assertThat(condition("ScalingActive"))
                .endsWith("failed to get cpu utilization: missing request for cpu in container main of Pod web-1");
    }

    @Test
    void podsWithoutFiguresDampWhatTheOthersAskFor() {
        deploy(4);
        uses("web-0", "70m");
        uses("web-1", "70m");
        uses("web-2", "70m");
        autoscale(Struct.EMPTY);
        // 140 % of three would be five; with the fourth at nothing it is 52 % of the request, near enough
        assertThat(replicas()).isEqualTo(4);
    }

    @Test
    void podsThatStartAreSetAside() {
        deploy(2);
        pod("web-2", "Pending");
        allUse(2, "100m");
        autoscale(Struct.EMPTY);
        // 200 % of two; the third counts as one that uses nothing: 66 % of three requests, 1.32 × 3
        assertThat(replicas()).isEqualTo(4);
    }

    @Test
    void aMissingTargetIsTold() {
        stage.api.create(HorizontalPodAutoscalers.RESOURCE, autoscaler("web", Struct.of("scaleTargetRef",
                Struct.of("apiVersion", "example.com/v1", "kind", "Fleet", "name", "f"))), WriteOptions.PLAIN);
        stage.settle();
        assertThat(condition("AbleToScale")).isEqualTo("False FailedGetScale: the HPA controller was unable to get the "
                + "target's current scale: no matches for kind \"Fleet\" in group \"example.com\"");
        assertThat(stage.events())
                .containsExactly("FailedGetScale: no matches for kind \"Fleet\" in group \"example.com\"");
    }

    @Test
    void scalesCustomResources() {
        Gvr fleets = Gvr.of("example.com/v1", "fleets");
        deploy(2);
        allUse(2, "100m");
        stage.api.serve(new ApiResource(fleets, "Fleet", true, List.of("get", "update")), true);
        stage.api.create(fleets, Stage.workload("example.com/v1", "Fleet", "f", Stage.spec("web", "i", 2)),
                WriteOptions.PLAIN);
        autoscale(Struct.of("scaleTargetRef", Struct.of("apiVersion", "example.com/v1", "kind", "Fleet", "name", "f")));
        assertThat(stage.api.get(fleets, new Key("default", "f")).spec().whole("replicas", 0)).isEqualTo(4);
    }

    @Test
    void autoscalersThatShareTheirPodsScaleNothing() {
        deploy(2);
        allUse(2, "54m");
        autoscale(Struct.EMPTY);
        stage.api.create(HorizontalPodAutoscalers.RESOURCE, autoscaler("other", Struct.EMPTY), WriteOptions.PLAIN);
        allUse(2, "100m");
        stage.pass(PERIOD);
        assertThat(replicas()).isEqualTo(2);
        assertThat(condition("ScalingActive")).isEqualTo("False AmbiguousSelector: pods by selector app=web are "
                + "controlled by multiple HPAs: [default/other default/web]");
    }

    @Test
    void withoutAnAdapterCustomMetricsFail() {
        deploy(2);
        autoscale(Struct.of("metrics", Seq.of(Struct.of("type", "Pods", "pods", Struct.of("metric",
                Struct.of("name", "requests"), "target", Struct.of("type", "AverageValue", "averageValue", "5"))))));
        assertThat(condition("ScalingActive")).isEqualTo("False FailedGetPodsMetric: the HPA was unable to compute the "
                + "replica count: unable to get metric requests: unable to fetch metrics from custom metrics API: no "
                + "custom metrics API (custom.metrics.k8s.io) registered");
    }

    @Test
    void looksEveryFifteenSecondsAndAtOnceWhenItsSpecChanges() {
        deploy(2);
        allUse(2, "54m");
        autoscale(Struct.EMPTY);
        allUse(2, "100m");
        stage.pass(Duration.ofSeconds(14));
        assertThat(replicas()).isEqualTo(2);
        List<Object> metrics = new ArrayList<>(List.of(cpu(10)));
        stage.api.update(HorizontalPodAutoscalers.RESOURCE,
                stage.one(HorizontalPodAutoscalers.RESOURCE, "web").with(metrics, "spec", "metrics"),
                WriteOptions.PLAIN);
        stage.settle();
        assertThat(replicas()).isEqualTo(4);
    }
}
