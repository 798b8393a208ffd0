package io.k3j.helmcontroller;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ApiResource;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import io.k3j.testkit.FakeApi;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ChartReconcilerTest {
    private static final Gvr BINDINGS = Gvr.of("rbac.authorization.k8s.io/v1", "clusterrolebindings");
    private static final Key WEB = new Key("default", "web");
    private static final List<String> VERBS = List.of("create", "delete", "get", "list", "patch", "update", "watch");
    private @Nullable ScriptedHelm scripted;
    private final Stage stage = new Stage(this::set);
    private final ScriptedHelm helm = Objects.requireNonNull(scripted);

    private void set(ControllerContext desk) {
        FakeApi api = (FakeApi) desk.api();
        api.serve(new ApiResource(HelmKinds.CHARTS, "HelmChart", true, VERBS), true);
        api.serve(new ApiResource(HelmKinds.CONFIGS, "HelmChartConfig", true, VERBS), false);
        api.serve(new ApiResource(BINDINGS, "ClusterRoleBinding", false, VERBS), false);
        ScriptedHelm made = new ScriptedHelm(api);
        scripted = made;
        ChartReconciler.add(desk, new ChartOperation(made, new ChartOperation.Cluster("127.0.0.1:6443", "/ca.crt"),
                new HelmMetrics(), () -> true));
    }

    private void chart(Object... spec) {
        stage.api.seed(HelmKinds.CHARTS, Charts.chart(spec));
        stage.pass(Duration.ofSeconds(1));
    }

    private void change(Object value, String... path) {
        Obj chart = stage.one(HelmKinds.CHARTS, "web");
        stage.api.seed(HelmKinds.CHARTS, chart.with(value, path).with(chart.generation() + 1, "metadata",
                "generation"));
        stage.pass(Duration.ofSeconds(1));
    }

    private Struct condition(String type) {
        return stage.one(HelmKinds.CHARTS, "web").status().seq("conditions").find("type", type);
    }

    @Test
    void aChartIsClaimedInstalledAndSaidToBeReady() {
        chart("chart", "oci://r.example/web");
        Obj chart = stage.one(HelmKinds.CHARTS, "web");
        assertThat(helm.asked).containsExactly("install");
        assertThat(chart.annotations()).containsEntry(ChartReconciler.MANAGED_BY, "helm-controller");
        assertThat(chart.finalizers()).containsExactly("wrangler.cattle.io/on-helm-chart-remove");
        assertThat(chart.status().text("jobName")).isEqualTo("helm-install-web");
        assertThat(condition("JobCreated").text("status")).isEqualTo("True");
        assertThat(condition("Failed").text("status")).isEqualTo("False");
        assertThat(condition("Ready").text("message")).isEqualTo("revision 1 in namespace default");
        assertThat(helm.revision(1).labels().get(Releases.HASH)).hasSize(63);
    }

    @Test
    void nothingOfTheIdentityIsLeftWhenHelmHasEnded() {
        chart("chart", "oci://r.example/web");
        assertThat(stage.all(BINDINGS)).isEmpty();
        assertThat(stage.all(BuiltinResources.SERVICE_ACCOUNTS)).isEmpty();
        assertThat(stage.api.calls()).contains("system:serviceaccount:kube-system:helm-controller create"
                + " clusterrolebindings.rbac.authorization.k8s.io helm-default-web");
    }

    @Test
    void onlyAChangeIsAnUpgrade() {
        chart("chart", "oci://r.example/web");
        change("1h", "spec", "timeout");
        assertThat(helm.asked).containsExactly("install");
        change("2.0", "spec", "version");
        assertThat(helm.asked).containsExactly("install", "upgrade");
        assertThat(helm.last).containsEntry("version", "2.0").doesNotContainKey("atomic");
    }

    @Test
    void aConfigurationAndAUsedSecretAreChanges() {
        chart("chart", "oci://r.example/web");
        stage.api.seed(HelmKinds.CONFIGS, Obj.of(Struct.of("apiVersion", HelmKinds.API, "kind", "HelmChartConfig",
                "metadata", Struct.of("name", "web", "namespace", "default"), "spec", Struct.of("valuesSecrets",
                        Seq.of(Struct.of("name", "values", "keys", Seq.of("v")))))));
        stage.pass(Duration.ofSeconds(1));
        assertThat(condition("Failed").text("reason")).isEqualTo("SecretNotFound");
        assertThat(helm.asked).containsExactly("install");
        stage.api.seed(BuiltinResources.SECRETS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Secret", "metadata",
                Struct.of("name", "values", "namespace", "default"), "type", "Opaque", "data",
                Struct.of("v", Charts.base64("a: 1")))));
        stage.pass(Duration.ofSeconds(1));
        assertThat(helm.asked).containsExactly("install", "upgrade");
        assertThat(condition("Failed").text("status")).isEqualTo("False");
    }

    @Test
    void aFailedInstallationIsTriedAgainAfterAPauseByRemovingItFirst() {
        helm.failing("failed");
        chart("chart", "oci://r.example/web");
        assertThat(helm.asked).containsExactly("install");
        assertThat(condition("Failed").text("message")).isEqualTo(
                "it does not work (revision 1 is failed; next attempt in 10 s)");
        assertThat(stage.events()).anyMatch(e -> e.startsWith("InstallFailed: it does not work"));
        stage.pass(Duration.ofSeconds(11));
        assertThat(helm.asked).containsExactly("install", "uninstall", "install");
        assertThat(condition("Ready").text("status")).isEqualTo("True");
    }

    @Test
    void backOffLimitEndsTheAttemptsUntilTheChartChanges() {
        helm.failing("");
        helm.failing("");
        chart("chart", "oci://r.example/web", "backOffLimit", 1L);
        stage.pass(Duration.ofSeconds(11)).pass(Duration.ofHours(1));
        assertThat(helm.asked).hasSize(2);
        assertThat(condition("Failed").text("message")).contains("backOffLimit is reached");
        change("2.0", "spec", "version");
        assertThat(helm.asked).hasSize(3);
        assertThat(condition("Failed").text("status")).isEqualTo("False");
    }

    @Test
    void anAbortedReleaseWaitsForItsAdministrator() {
        helm.failing("failed");
        chart("chart", "oci://r.example/web", "failurePolicy", "abort");
        stage.pass(Duration.ofHours(1));
        assertThat(helm.asked).containsExactly("install");
        assertThat(condition("Failed").text("reason")).isEqualTo("Aborted");
        helm.record("deployed");
        stage.pass(Duration.ofMinutes(6));
        assertThat(helm.asked).containsExactly("install", "upgrade");
    }

    @Test
    void anUpgradeMayBeRolledBack() {
        chart("chart", "oci://r.example/web");
        change("true", "metadata", "annotations", ChartReconciler.ROLLBACK);
        change("2.0", "spec", "version");
        assertThat(helm.last).containsEntry("atomic", "true");
    }

    @Test
    void anInterruptedUpgradeIsCalledFailedAndDoneAgain() {
        helm.record("pending-upgrade");
        chart("chart", "oci://r.example/web");
        assertThat(helm.revision(1).labels()).containsEntry("status", "failed");
        assertThat(helm.asked).containsExactly("upgrade");
    }

    @Test
    void theObjectGoesWhenItsReleaseHasGone() {
        chart("chart", "oci://r.example/web");
        helm.failing("deployed");
        stage.api.delete(HelmKinds.CHARTS, WEB, DeleteOptions.PLAIN);
        stage.pass(Duration.ofSeconds(1));
        assertThat(condition("Failed").text("reason")).isEqualTo("UninstallFailed");
        stage.pass(Duration.ofSeconds(11));
        assertThat(stage.api.find(HelmKinds.CHARTS, WEB)).isEmpty();
        assertThat(helm.asked).containsExactly("install", "uninstall", "uninstall");
    }

    @Test
    void theObjectGoesThoughItsReleaseCannotBeUninstalled() {
        chart("chart", "oci://r.example/web");
        for (int i = 0; i < 5; i++) {
            helm.failing("deployed");
        }
        stage.api.delete(HelmKinds.CHARTS, WEB, DeleteOptions.PLAIN);
        for (int pause : new int[] {0, 10, 20, 40}) {
            stage.pass(Duration.ofSeconds(pause + 1));
            assertThat(stage.api.find(HelmKinds.CHARTS, WEB)).isPresent();
        }
        stage.pass(Duration.ofSeconds(81));
        assertThat(stage.api.find(HelmKinds.CHARTS, WEB)).isEmpty();
        assertThat(helm.asked).hasSize(6);
        assertThat(stage.events()).anyMatch(
                e -> e.startsWith("UninstallFailed: it does not work; what is left of release default/web stays"))
                .noneMatch(e -> e.contains("Uninstalled HelmChart"));
    }

    @Test
    void aTimeoutThatIsNoneKeepsNoObject() {
        chart("chart", "oci://r.example/web");
        change("soon", "spec", "timeout");
        stage.api.delete(HelmKinds.CHARTS, WEB, DeleteOptions.PLAIN);
        stage.pass(Duration.ofSeconds(1));
        assertThat(stage.api.find(HelmKinds.CHARTS, WEB)).isEmpty();
        assertThat(helm.last).containsEntry("timeoutSeconds", "300");
    }

    @Test
    void definitionsOfAnotherVersionGetTheFieldsTheyLack() {
        Gvr definitions = Gvr.of("apiextensions.k8s.io/v1", "customresourcedefinitions");
        stage.api.serve(new ApiResource(definitions, "CustomResourceDefinition", false, VERBS), false);
        HelmKinds.ensure(stage.api);
        Obj whole = stage.one(definitions, "helmcharts.helm.cattle.io");
        Struct version = whole.spec().seq("versions").struct(0);
        String[] fields = {"schema", "openAPIV3Schema", "properties", "spec", "properties"};
        Struct old = version.withAt(Struct.of("chart", Struct.of("type", "string"), "later", Struct.of("type",
                "string")), fields).without("additionalPrinterColumns");
        stage.api.seed(definitions, whole.with(Seq.of(old), "spec", "versions"));
        HelmKinds.ensure(stage.api);
        Struct now = stage.one(definitions, "helmcharts.helm.cattle.io").spec().seq("versions").struct(0);
        assertThat(((Struct) Objects.requireNonNull(now.at(fields))).names()).contains("values", "driver", "later");
        assertThat(now.seq("additionalPrinterColumns").size()).isEqualTo(7);
        long revision = stage.one(definitions, "helmcharts.helm.cattle.io").revision();
        HelmKinds.ensure(stage.api);
        assertThat(stage.one(definitions, "helmcharts.helm.cattle.io").revision()).isEqualTo(revision);
    }

    @Test
    void chartsOfOthersAreLeftAlone() {
        stage.api.seed(HelmKinds.CHARTS, Charts.chart("chart", "oci://r.example/web").with("rancher", "metadata",
                "annotations", ChartReconciler.MANAGED_BY));
        stage.pass(Duration.ofSeconds(1));
        assertThat(helm.asked).isEmpty();
        assertThat(stage.one(HelmKinds.CHARTS, "web").finalizers()).isEmpty();
    }

    @Test
    void whatTheChartDoesNotSayIsToldAndLookedForAgainAfterAPause() {
        chart("chart", "web");
        assertThat(helm.asked).isEmpty();
        assertThat(condition("Failed").text("reason")).isEqualTo("InvalidChart");
        assertThat(condition("Ready").text("reason")).isEqualTo("InvalidChart");
        assertThat(job().status().whole("failed", 0)).isEqualTo(1);
        stage.pass(Duration.ofSeconds(11));
        assertThat(job().status().whole("failed", 0)).isEqualTo(2);
        change("oci://r.example/web", "spec", "chart");
        assertThat(helm.asked).containsExactly("install");
        assertThat(condition("Failed").text("status")).isEqualTo("False");
    }

    private Obj job() {
        return stage.one(BuiltinResources.JOBS, "helm-install-web");
    }

    private static Struct condition(Obj job, String type) {
        return job.status().seq("conditions").find("type", type);
    }

    @Test
    void aJobWithoutPodsTellsOfTheWorkToThoseWhoWaitForIt() {
        chart("chart", "oci://r.example/web", "backOffLimit", 3L);
        assertThat(job().spec().text("managedBy")).isEqualTo("helm.k3j.io/helm-controller");
        assertThat(job().spec().whole("backoffLimit", 0)).isEqualTo(3);
        assertThat(job().labels()).containsEntry("helmcharts.helm.cattle.io/chart", "web");
        assertThat(job().controller().orElseThrow().text("kind")).isEqualTo("HelmChart");
        assertThat(condition(job(), "Complete").text("status")).isEqualTo("True");
        assertThat(condition(job(), "SuccessCriteriaMet").text("status")).isEqualTo("True");
        assertThat(job().status().whole("succeeded", 0)).isEqualTo(1);
        assertThat(job().status().whole("active", -1)).isZero();
        assertThat(job().status().texts()).containsKeys("startTime", "completionTime");
        assertThat(stage.events()).contains("Completed: Job completed",
                "ApplyJob: Applying HelmChart from latest stable version from OCI registry oci://r.example/web using"
                        + " Job default/helm-install-web");
        assertThat(condition("JobCreated").text("message"))
                .isEqualTo("Applying HelmChart using Job default/helm-install-web");
    }

    @Test
    void aJobFailsWhenAsManyAttemptsHaveFailedAsMayFail() {
        helm.failing("");
        helm.failing("");
        chart("chart", "oci://r.example/web", "backOffLimit", 1L);
        assertThat(job().status().whole("failed", 0)).isEqualTo(1);
        assertThat(job().status().seq("conditions")).isEmpty();
        stage.pass(Duration.ofSeconds(11));
        assertThat(job().status().whole("failed", 0)).isEqualTo(2);
        assertThat(condition(job(), "Failed").text("reason")).isEqualTo("BackoffLimitExceeded");
        assertThat(stage.events())
                .contains("JobFailed: Job has reached configured number of retries without succeeding");
        String before = job().uid();
        change("2.0", "spec", "version");
        assertThat(job().uid()).isNotEqualTo(before);
        assertThat(condition(job(), "Complete").text("status")).isEqualTo("True");
    }

    @Test
    void anotherConfigurationHasAnotherJobAndNothingElseHas() {
        chart("chart", "oci://r.example/web");
        String first = job().uid();
        change("1h", "spec", "timeout");
        assertThat(job().uid()).isEqualTo(first);
        change("2.0", "spec", "version");
        assertThat(job().uid()).isNotEqualTo(first);
    }

    @Test
    void whoDeletesAJobHasTheWorkDoneAgain() {
        chart("chart", "oci://r.example/web");
        stage.api.delete(BuiltinResources.JOBS, job().key(), DeleteOptions.NOW);
        stage.pass(Duration.ofSeconds(1));
        assertThat(helm.asked).containsExactly("install", "upgrade");
        assertThat(condition(job(), "Complete").text("status")).isEqualTo("True");
    }

    @Test
    void aReleaseOfBeforeThereWereJobsGetsOneWithoutBeingTouched() {
        chart("chart", "oci://r.example/web");
        stage.api.vanish(BuiltinResources.JOBS, job().key());
        change(Seq.EMPTY, "status", "conditions");
        assertThat(helm.asked).containsExactly("install");
        assertThat(condition(job(), "Complete").text("status")).isEqualTo("True");
    }

    @Test
    void aRefusedJobHoldsNothingUp() {
        stage.api.refuse("create", BuiltinResources.JOBS, ApiFault.forbidden(BuiltinResources.JOBS,
                "helm-install-web", "a webhook does not want it"));
        chart("chart", "oci://r.example/web");
        assertThat(helm.asked).containsExactly("install");
        assertThat(condition("Ready").text("status")).isEqualTo("True");
    }

    @Test
    void refusalsWithOtherWordsEachTimeAreToldOnce() {
        Obj theirs = Obj.of(Struct.of("apiVersion", "batch/v1", "kind", "Job", "metadata",
                Struct.of("name", "helm-install-web", "namespace", "default")));
        stage.api.seed(BuiltinResources.JOBS, theirs);
        chart("chart", "oci://r.example/web");
        long told = told();
        stage.api.refuse("create", BuiltinResources.JOBS, ApiFault.forbidden(BuiltinResources.JOBS,
                "helm-install-web", "webhook: connection 10.42.0.1:51234 was reset"));
        change("1h", "spec", "timeout");
        assertThat(told()).isEqualTo(told);
    }

    private long told() {
        return stage.api.calls().stream().filter(c -> c.contains("patch helmcharts")).count();
    }

    @Test
    void aJobOfAnEarlierChartOfThatNameIsReplaced() {
        chart("chart", "oci://r.example/web");
        Obj old = job().with(Seq.of(job().owners().getFirst().with("uid", "of-before")), "metadata", "ownerReferences");
        stage.api.seed(BuiltinResources.JOBS, old);
        change("2.0", "spec", "version");
        assertThat(job().uid()).isNotEqualTo(old.uid());
        assertThat(condition(job(), "Complete").text("status")).isEqualTo("True");
    }

    @Test
    void aJobOfOthersStaysAsItIs() {
        Obj theirs = Obj.of(Struct.of("apiVersion", "batch/v1", "kind", "Job", "metadata",
                Struct.of("name", "helm-install-web", "namespace", "default")));
        stage.api.seed(BuiltinResources.JOBS, theirs);
        Obj before = job();
        chart("chart", "oci://r.example/web");
        assertThat(job()).isEqualTo(before);
        assertThat(condition("Ready").text("status")).isEqualTo("True");
        assertThat(condition("JobCreated").text("status")).isEqualTo("False");
        assertThat(condition("JobCreated").text("message")).contains("already exists");
    }

    @Test
    void anUnsupportedVersionIsRefused() {
        chart("chart", "oci://r.example/web", "helmVersion", "v2");
        assertThat(helm.asked).isEmpty();
        assertThat(condition("Failed").text("reason")).isEqualTo("UnsupportedVersion");
    }
}
