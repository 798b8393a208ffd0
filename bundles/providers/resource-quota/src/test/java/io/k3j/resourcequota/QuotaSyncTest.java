package io.k3j.resourcequota;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apimachinery.ComponentArguments;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ApiResource;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuotaSyncTest {
    private static final Gvr QUOTAS = BuiltinResources.RESOURCE_QUOTAS;
    private final Stage stage = stage();

    private static Stage stage(String... arguments) {
        return new Stage(context -> QuotaSync.add(context,
                ComponentArguments.of("--kube-controller-manager-arg", arguments)));
    }

    private void quota(String name, Struct spec) {
        stage.api.seed(QUOTAS, Stage.workload("v1", "ResourceQuota", name, spec));
        stage.settle();
    }

    private static Struct hard(Object... pairs) {
        return Struct.of("hard", Struct.of(pairs));
    }

    private Struct used(String name) {
        return stage.one(QUOTAS, name).status().struct("used");
    }

    private void map(String name) {
        stage.api.seed(BuiltinResources.CONFIG_MAPS,
                Obj.of(Struct.of("apiVersion", "v1", "kind", "ConfigMap", "metadata",
                        Struct.of("name", name, "namespace", "default"))));
    }

    private void delete(String name) {
        stage.api.delete(BuiltinResources.CONFIG_MAPS, new Key("default", name), DeleteOptions.NOW);
    }

    /// As admission does before the object is stored.
    private void reserve(String quota, String name, String amount) {
        Obj now = stage.one(QUOTAS, quota);
        stage.api.update(QUOTAS, now.with(amount, "status", "used", name), WriteOptions.STATUS);
        stage.settle();
    }

    @Test
    void aNewQuotaSaysAtOnceWhatIsLimitedAndUsed() {
        map("a");
        quota("q", hard("configmaps", "5", "pods", "2", "requests.cpu", "1500m"));
        Struct status = stage.one(QUOTAS, "q").status();
        assertThat(status.struct("hard")).isEqualTo(Struct.of("configmaps", "5", "pods", "2", "requests.cpu", "1500m"));
        assertThat(status.struct("used")).isEqualTo(Struct.of("configmaps", "1", "pods", "0", "requests.cpu", "0"));
    }

    @Test
    void whatIsDeletedIsReleasedWithinASecond() {
        map("a");
        map("b");
        quota("q", hard("configmaps", "5"));
        delete("a");
        stage.pass(QuotaSync.PACE);
        assertThat(used("q").text("configmaps")).isEqualTo("1");
    }

    @Test
    void aReservationWhoseObjectIsOnItsWayIsNotReleasedByADeletion() {
        map("a");
        quota("q", hard("configmaps", "5"));
        reserve("q", "configmaps", "2");
        delete("a");
        stage.pass(QuotaSync.PACE);
        assertThat(used("q").text("configmaps")).isEqualTo("1");
        map("b");
        stage.pass(QuotaSync.SETTLED.plusSeconds(1));
        assertThat(used("q").text("configmaps")).isEqualTo("1");
    }

    @Test
    void aReservationThatNobodyUsesIsReleasedAfterAWhile() {
        quota("q", hard("configmaps", "5"));
        reserve("q", "configmaps", "3");
        stage.pass(QuotaSync.SETTLED.minusSeconds(1));
        assertThat(used("q").text("configmaps")).isEqualTo("3");
        stage.pass(Duration.ofSeconds(2));
        assertThat(used("q").text("configmaps")).isEqualTo("0");
    }

    @Test
    void whatNobodyReservedIsCounted() {
        quota("q", hard("configmaps", "5"));
        stage.pass(QuotaSync.PACE);
        map("a");
        map("b");
        stage.pass(QuotaSync.PACE);
        assertThat(used("q").text("configmaps")).isEqualTo("2");
    }

    @Test
    void aPodReleasesWhatItUsedWhenItHasEnded() {
        stage.api.seed(BuiltinResources.PODS, Stage.workload("v1", "Pod", "p", Struct.of("containers",
                Seq.of(Kit.container("c", Struct.of("cpu", "1"), Struct.EMPTY)))));
        quota("q", hard("pods", "5", "count/pods", "5", "requests.cpu", "4"));
        assertThat(used("q")).isEqualTo(Struct.of("count/pods", "1", "pods", "1", "requests.cpu", "1"));
        stage.end(new Key("default", "p"), "Succeeded");
        stage.pass(QuotaSync.PACE);
        assertThat(used("q")).isEqualTo(Struct.of("count/pods", "1", "pods", "0", "requests.cpu", "0"));
    }

    @Test
    void aPodThatIsLostIsCountedNoLongerThoughNothingChanges() {
        Obj pod = Stage.workload("v1", "Pod", "p", Struct.of("containers", Seq.of(Struct.of("name", "c"))));
        quota("q", hard("pods", "5"));
        stage.api.seed(BuiltinResources.PODS, pod
                .with(io.k3j.controllerkit.Times.seconds(stage.clock.instant().plusSeconds(30)), "metadata",
                        "deletionTimestamp")
                .with(30L, "metadata", "deletionGracePeriodSeconds"));
        stage.pass(QuotaSync.PACE);
        assertThat(used("q").text("pods")).isEqualTo("1");
        stage.pass(Duration.ofSeconds(62)).pass(QuotaSync.PACE);
        assertThat(used("q").text("pods")).isEqualTo("0");
    }

    @Test
    void aQuotaCountsWhatIsInItsScopesOnly() {
        stage.api.seed(BuiltinResources.PODS, Stage.workload("v1", "Pod", "p",
                Struct.of("activeDeadlineSeconds", 5L, "containers", Seq.of(Struct.of("name", "c")))));
        quota("long", hard("pods", "5").with("scopes", Seq.of("NotTerminating")));
        quota("short", hard("pods", "5").with("scopes", Seq.of("Terminating")));
        assertThat(used("long").text("pods")).isEqualTo("0");
        assertThat(used("short").text("pods")).isEqualTo("1");
    }

    @Test
    void customResourcesAreCountedAsSoonAsTheyAreServed() {
        String name = "count/widgets.example.com";
        quota("q", hard(name, "5"));
        assertThat(used("q").has(name)).isFalse();
        stage.api.serve(new ApiResource(Kit.CUSTOM, "Widget", true, List.of("list", "watch", "delete", "create")),
                false);
        stage.api.seed(Kit.CUSTOM, Stage.workload("example.com/v1", "Widget", "w", Struct.EMPTY));
        stage.pass(NamespaceUsage.LOOK_AGAIN.plusSeconds(1));
        assertThat(used("q").text(name)).isEqualTo("1");
    }

    @Test
    void itIsLookedAgainAsOftenAsAnArgumentSays() {
        String name = "count/widgets.example.com";
        Stage often = stage("resource-quota-sync-period=5s");
        often.api.seed(QUOTAS, Stage.workload("v1", "ResourceQuota", "q", hard(name, "5")));
        often.settle();
        often.api.serve(new ApiResource(Kit.CUSTOM, "Widget", true, List.of("list", "watch", "delete", "create")),
                false);
        often.api.seed(Kit.CUSTOM, Stage.workload("example.com/v1", "Widget", "w", Struct.EMPTY));
        often.pass(Duration.ofSeconds(6));
        assertThat(often.one(QUOTAS, "q").status().struct("used").text(name)).isEqualTo("1");
    }

    @Test
    void aChangedLimitIsTakenUpAndOneThatIsGoneForgotten() {
        quota("q", hard("configmaps", "5", "secrets", "3"));
        Obj now = stage.one(QUOTAS, "q");
        stage.api.seed(QUOTAS, now.with(hard("configmaps", "7"), "spec"));
        stage.pass(QuotaSync.PACE);
        assertThat(stage.one(QUOTAS, "q").status()).isEqualTo(
                Struct.of("hard", Struct.of("configmaps", "7"), "used", Struct.of("configmaps", "0")));
    }

    @Test
    void limitsThatSomebodyWroteIntoTheStatusAreResetAfterAWhile() {
        quota("q", hard("configmaps", "5"));
        Obj now = stage.one(QUOTAS, "q");
        stage.api.update(QUOTAS, now.with("9", "status", "hard", "configmaps"), WriteOptions.STATUS);
        stage.pass(Duration.ofSeconds(1));
        assertThat(stage.one(QUOTAS, "q").status().struct("hard").text("configmaps")).isEqualTo("9");
        stage.pass(NamespaceUsage.LOOK_AGAIN).pass(NamespaceUsage.LOOK_AGAIN);
        assertThat(stage.one(QUOTAS, "q").status().struct("hard").text("configmaps")).isEqualTo("5");
    }

    @Test
    void whatWasReleasedIsNotForgottenWhenSomebodyElseWasFaster() {
        map("a");
        quota("q", hard("configmaps", "5"));
        reserve("q", "configmaps", "2");
        stage.pass(QuotaSync.PACE);
        stage.api.refuse("update", QUOTAS, ApiFault.conflict(QUOTAS, "q", "modified"));
        delete("a");
        stage.pass(QuotaSync.PACE).pass(QuotaSync.PACE);
        assertThat(used("q").text("configmaps")).isEqualTo("1");
    }
}
