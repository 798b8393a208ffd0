package io.k3j.resourcequota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ResourceQuotaAdmissionTest {
    private static final Gvr PODS = BuiltinResources.PODS;
    private static final Gvr CONFIG_MAPS = BuiltinResources.CONFIG_MAPS;
    private static final Gvr QUOTAS = BuiltinResources.RESOURCE_QUOTAS;
    private final Kit kit = new Kit();

    @AfterEach
    void close() {
        kit.close();
    }

    private static Struct hard(Object... pairs) {
        return Struct.of("hard", Struct.of(pairs));
    }

    private static Struct podOf(String cpu, String memory) {
        return Kit.pod(Struct.of("containers",
                Seq.of(Kit.container("c", Struct.of("cpu", cpu, "memory", memory), Struct.EMPTY))));
    }

    @Test
    void whatIsCreatedIsCountedBeforeItIsStored() {
        kit.quota("q", hard("pods", "2", "requests.cpu", "1"), Struct.of("pods", "0", "requests.cpu", "0"));
        kit.creates(PODS, podOf("300m", "1Gi"));
        assertThat(kit.used("q")).isEqualTo(Struct.of("pods", "1", "requests.cpu", "300m"));
    }

    @Test
    void whatExceedsAQuotaIsRefusedInUpstreamsWords() {
        kit.quota("q", hard("pods", "5", "requests.cpu", "1", "memory", "1Gi"),
                Struct.of("pods", "1", "requests.cpu", "900m", "memory", "512Mi"));
        assertThatThrownBy(() -> kit.creates(PODS, podOf("200m", "768Mi"))).isInstanceOfSatisfying(ApiFault.class,
                f -> {
                    assertThat(f.code()).isEqualTo(403);
                    assertThat(f.reason()).isEqualTo("Forbidden");
                }).hasMessage("pods \"x\" is forbidden: exceeded quota: q, requested: memory=768Mi,requests.cpu=200m,"
                        + " used: memory=512Mi,requests.cpu=900m, limited: memory=1Gi,requests.cpu=1");
        assertThat(kit.used("q").text("pods")).isEqualTo("1");
    }

    @Test
    void aContainerMustNameTheCpuThatAQuotaLimits() {
        kit.quota("q", hard("cpu", "1", "limits.memory", "1Gi"), Struct.of("cpu", "0", "limits.memory", "0"));
        Struct pod = Kit.pod(Struct.of("containers",
                Seq.of(Kit.container("b", Struct.EMPTY, Struct.EMPTY),
                        Kit.container("a", Struct.of("cpu", "1"), Struct.EMPTY)),
                "initContainers", Seq.of(Kit.container("i", Struct.EMPTY, Struct.of("memory", "1Mi")))));
        assertThatThrownBy(() -> kit.creates(PODS, pod)).hasMessage("pods \"x\" is forbidden: failed quota: q: must"
                + " specify cpu for: b,i; limits.memory for: a,b");
    }

    @Test
    void aPodThatSaysWhatItNeedsAsAWholeNeedsNoWordOfItsContainers() {
        kit.quota("q", hard("cpu", "1"), Struct.of("cpu", "0"));
        kit.creates(PODS, Kit.pod(Struct.of("containers", Seq.of(Struct.of("name", "c")), "resources",
                Struct.of("requests", Struct.of("cpu", "700m")))));
        assertThat(kit.used("q").text("cpu")).isEqualTo("700m");
    }

    @Test
    void aQuotaThatIsNotCountedYetRefuses() {
        kit.quota("q", hard("pods", "5", "memory", "1Gi"), Struct.EMPTY);
        assertThatThrownBy(() -> kit.creates(PODS, podOf("1", "1Gi"))).hasMessage(
                "pods \"x\" is forbidden: status unknown for quota: q, resources: memory,pods");
    }

    @Test
    void aDryRunIsCheckedAndNotCounted() {
        kit.quota("q", hard("pods", "1"), Struct.of("pods", "0"));
        Write dry = kit.write(Operation.CREATE, PODS, "", null, true);
        kit.asked(dry, podOf("1", "1Gi"));
        assertThat(kit.used("q").text("pods")).isEqualTo("0");
        kit.creates(PODS, podOf("1", "1Gi"));
        assertThatThrownBy(() -> kit.asked(dry, podOf("1", "1Gi"))).hasMessageContaining("exceeded quota: q");
    }

    @Test
    void anUpdateThatGrowsCountsTheDifference() {
        kit.quota("q", hard("services", "1", "services.nodeports", "3"),
                Struct.of("services", "1", "services.nodeports", "2"));
        Gvr services = BuiltinResources.SERVICES;
        kit.updates(services, "", Kit.service("NodePort", 2), Kit.service("NodePort", 3));
        assertThat(kit.used("q")).isEqualTo(Struct.of("services", "1", "services.nodeports", "3"));
        kit.updates(services, "", Kit.service("NodePort", 3), Kit.service("ClusterIP", 3));
        assertThatThrownBy(() -> kit.updates(services, "", Kit.service("ClusterIP", 1), Kit.service("NodePort", 1)))
                .hasMessageContaining("requested: services.nodeports=1, used: services.nodeports=3");
    }

    @Test
    void aPodIsCountedWhenItIsResizedAndNotWhenItIsUpdated() {
        kit.quota("q", hard("requests.cpu", "1"), Struct.of("requests.cpu", "500m"));
        kit.updates(PODS, "", podOf("500m", "1"), podOf("5", "1"));
        kit.updates(PODS, "resize", podOf("500m", "1"), podOf("800m", "1"));
        assertThat(kit.used("q").text("requests.cpu")).isEqualTo("800m");
        assertThatThrownBy(() -> kit.updates(PODS, "resize", podOf("800m", "1"), podOf("1100m", "1")))
                .hasMessageContaining("requested: requests.cpu=300m, used: requests.cpu=800m, limited:");
    }

    @Test
    void aDeadlineMovesAPodIntoTheScopeOfAnotherQuota() {
        kit.quota("short", hard("pods", "1").with("scopes", Seq.of("Terminating")), Struct.of("pods", "0"));
        kit.quota("long", hard("pods", "5").with("scopes", Seq.of("NotTerminating")), Struct.of("pods", "2"));
        Struct plain = Kit.pod(Struct.EMPTY);
        Struct withDeadline = Kit.pod(Struct.of("activeDeadlineSeconds", 3_600L));
        kit.updates(PODS, "", plain, withDeadline);
        assertThat(kit.used("short").text("pods")).isEqualTo("1");
        assertThat(kit.used("long").text("pods")).isEqualTo("2");
        kit.updates(PODS, "", withDeadline, Kit.pod(Struct.of("activeDeadlineSeconds", 60L)));
        assertThatThrownBy(() -> kit.creates(PODS, withDeadline)).hasMessageContaining("exceeded quota: short");
        assertThatThrownBy(() -> kit.updates(PODS, "", plain, withDeadline))
                .hasMessageContaining("exceeded quota: short");
    }

    @Test
    void storageIsCountedByClassToo() {
        String gold = "gold.storageclass.storage.k8s.io/requests.storage";
        kit.quota("q", hard("requests.storage", "10Gi", gold, "3Gi"), Struct.of("requests.storage", "0", gold, "0"));
        Gvr claims = BuiltinResources.PERSISTENT_VOLUME_CLAIMS;
        kit.creates(claims, Kit.claim("2Gi"));
        assertThat(kit.used("q")).isEqualTo(Struct.of(gold, "2Gi", "requests.storage", "2Gi"));
        assertThatThrownBy(() -> kit.updates(claims, "", Kit.claim("2Gi"), Kit.claim("4Gi"))).hasMessageContaining(
                "requested: " + gold + "=2Gi, used: " + gold + "=2Gi, limited: " + gold + "=3Gi");
    }

    @Test
    void whatAClaimsStatusSaysIsCountedAndNeverRefused() {
        kit.quota("q", hard("requests.storage", "1Gi"), Struct.of("requests.storage", "1Gi"));
        kit.updates(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, "status", Kit.claim("1Gi"),
                Kit.claim("1Gi").with("status",
                        Struct.of("allocatedResources", Struct.of("storage", "2Gi"))));
        assertThat(kit.used("q").text("requests.storage")).isEqualTo("2Gi");
    }

    @Test
    void customResourcesAreCountedLikeAllOthers() {
        String name = "count/widgets.example.com";
        kit.quota("q", hard(name, "1"), Struct.of(name, "0"));
        kit.creates(Kit.CUSTOM, Struct.EMPTY);
        assertThatThrownBy(() -> kit.creates(Kit.CUSTOM, Struct.EMPTY)).hasMessage("widgets.example.com \"x\" is"
                + " forbidden: exceeded quota: q, requested: count/widgets.example.com=1, used:"
                + " count/widgets.example.com=1, limited: count/widgets.example.com=1");
    }

    @Test
    void eventsAndOtherNamespacesAreNotCounted() {
        kit.quota("q", hard("count/events", "0", "configmaps", "0"), Struct.of("count/events", "0", "configmaps", "0"));
        kit.creates(BuiltinResources.EVENTS, Struct.EMPTY);
        Write there = kit.write(Operation.CREATE, CONFIG_MAPS, "", null, false);
        kit.asked(new Write(there.operation(), there.kind(), "", new Key("other", "x"), there.before(), there.caller(),
                false, Struct.EMPTY), Struct.EMPTY);
        assertThat(kit.api.calls()).noneMatch(c -> c.contains("update"));
    }

    @Test
    void aQuotaOfSomebodyElsesRevisionIsReadAgain() {
        kit.quota("q", hard("configmaps", "2"), Struct.of("configmaps", "0"));
        kit.api.refuse("update", QUOTAS, ApiFault.conflict(QUOTAS, "q", "the object has been modified"));
        kit.creates(CONFIG_MAPS, Struct.EMPTY);
        assertThat(kit.used("q").text("configmaps")).isEqualTo("1");
    }

    /// The refusal of a read is still there when the test reads.
    private void nothingWasRead() {
        assertThatThrownBy(() -> kit.used("q")).hasMessage("nobody has to read it");
    }

    @Test
    void aLostRaceCostsOneMoreQuestion() {
        kit.quota("q", hard("configmaps", "3"), Struct.of("configmaps", "0"));
        kit.fallBehind();
        Obj quota = kit.api.get(QUOTAS, new Key("default", "q"));
        kit.api.seed(QUOTAS, quota.with("1", "status", "used", "configmaps"));
        kit.api.refuse("get", QUOTAS, ApiFault.unavailable("nobody has to read it"));
        kit.creates(CONFIG_MAPS, Struct.EMPTY);
        assertThat(kit.api.calls()).hasSize(2).allMatch(call -> call.startsWith("update resourcequotas"));
        nothingWasRead();
        assertThat(kit.used("q").text("configmaps")).isEqualTo("2");
    }

    @Test
    void whatIsGivenBackIsWrittenAndNotReadBefore() {
        kit.quota("q", hard("configmaps", "1"), Struct.of("configmaps", "0"));
        Write write = kit.creates(CONFIG_MAPS, Struct.EMPTY);
        kit.api.refuse("get", QUOTAS, ApiFault.unavailable("nobody has to read it"));
        kit.plugin.abandoned(write, Struct.EMPTY);
        assertThat(kit.api.calls()).hasSize(2);
        nothingWasRead();
        assertThat(kit.used("q").text("configmaps")).isEqualTo("0");
    }

    @Test
    void aQuotaThatIsDeletedWhileItIsCountedLimitsNobody() {
        kit.quota("q", hard("configmaps", "1"), Struct.of("configmaps", "0"));
        kit.api.vanish(QUOTAS, new Key("default", "q"));
        kit.creates(CONFIG_MAPS, Struct.EMPTY);
        kit.api.deliver();
        kit.creates(CONFIG_MAPS, Struct.EMPTY);
    }

    @Test
    void aWriteThatDoesNotHappenGivesBackWhatItTook() {
        kit.quota("q", hard("configmaps", "1"), Struct.of("configmaps", "0"));
        Write write = kit.creates(CONFIG_MAPS, Struct.EMPTY);
        kit.plugin.abandoned(write, Struct.EMPTY);
        kit.plugin.abandoned(write, Struct.EMPTY);
        assertThat(kit.used("q").text("configmaps")).isEqualTo("0");
    }

    @Test
    void aRefusedWriteGivesBackWhatItTookOfAnotherQuota() {
        kit.quota("a", hard("configmaps", "9"), Struct.of("configmaps", "0"));
        kit.quota("b", hard("configmaps", "1"), Struct.of("configmaps", "1"));
        Write write = kit.write(Operation.CREATE, CONFIG_MAPS, "", null, false);
        assertThatThrownBy(() -> kit.asked(write, Struct.EMPTY)).hasMessageContaining("exceeded quota: b");
        kit.plugin.abandoned(write, Struct.EMPTY);
        assertThat(kit.used("a").text("configmaps")).isEqualTo("0");
    }

    @Test
    void oneThatLosesARaceForASecondQuotaGivesBackWhatItTookOfTheFirst() {
        kit.quota("a", hard("configmaps", "9"), Struct.of("configmaps", "0"));
        kit.quota("b", hard("configmaps", "1"), Struct.of("configmaps", "0"));
        kit.fallBehind();
        Obj second = kit.api.get(QUOTAS, new Key("default", "b"));
        kit.api.seed(QUOTAS, second.with("1", "status", "used", "configmaps"));
        Write write = kit.write(Operation.CREATE, CONFIG_MAPS, "", null, false);
        assertThatThrownBy(() -> kit.asked(write, Struct.EMPTY)).hasMessageContaining("exceeded quota: b");
        assertThat(kit.used("a").text("configmaps")).isEqualTo("1");
        kit.plugin.abandoned(write, Struct.EMPTY);
        assertThat(kit.used("a").text("configmaps")).isEqualTo("0");
        assertThat(kit.used("b").text("configmaps")).isEqualTo("1");
    }

    /// What it took of the first one in the first round is not taken again in the second.
    @Test
    void oneThatLosesARaceForASecondQuotaAndFindsRoomTakesItsShareOfEachOnce() {
        kit.quota("a", hard("configmaps", "9"), Struct.of("configmaps", "0"));
        kit.quota("b", hard("configmaps", "9"), Struct.of("configmaps", "0"));
        kit.fallBehind();
        Obj second = kit.api.get(QUOTAS, new Key("default", "b"));
        kit.api.seed(QUOTAS, second.with("1", "status", "used", "configmaps"));
        Write write = kit.creates(CONFIG_MAPS, Struct.EMPTY);
        assertThat(kit.used("a").text("configmaps")).isEqualTo("1");
        assertThat(kit.used("b").text("configmaps")).isEqualTo("2");
        kit.plugin.abandoned(write, Struct.EMPTY);
        assertThat(kit.used("a").text("configmaps")).isEqualTo("0");
        assertThat(kit.used("b").text("configmaps")).isEqualTo("1");
    }

    @Test
    void racingCreatesNeverOverdrawAQuota() throws Exception {
        FakeApi live = FakeApi.live();
        try (Kit raced = new Kit(live);
                Kit otherServer = new Kit(live);
                ExecutorService all = Executors.newVirtualThreadPerTaskExecutor()) {
            raced.quota("q", hard("configmaps", "20"), Struct.of("configmaps", "0"));
            List<Future<Boolean>> outcomes = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                Kit server = i % 2 == 0 ? raced : otherServer;
                outcomes.add(all.submit(() -> passes(server)));
            }
            int passed = 0;
            for (Future<Boolean> outcome : outcomes) {
                passed += outcome.get() ? 1 : 0;
            }
            assertThat(raced.used("q").text("configmaps")).isEqualTo(String.valueOf(passed));
            assertThat(passed).isLessThanOrEqualTo(20).isPositive();
        }
    }

    @Test
    void racingCreatesNeverOverdrawOneOfSeveralQuotas() throws Exception {
        FakeApi live = FakeApi.live();
        try (Kit raced = new Kit(live);
                Kit otherServer = new Kit(live);
                ExecutorService all = Executors.newVirtualThreadPerTaskExecutor()) {
            raced.quota("a", hard("configmaps", "100"), Struct.of("configmaps", "0"));
            raced.quota("b", hard("count/configmaps", "10"), Struct.of("count/configmaps", "0"));
            List<Future<Boolean>> outcomes = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                Kit server = i % 2 == 0 ? raced : otherServer;
                outcomes.add(all.submit(() -> passes(server)));
            }
            int passed = 0;
            for (Future<Boolean> outcome : outcomes) {
                passed += outcome.get() ? 1 : 0;
            }
            assertThat(passed).isLessThanOrEqualTo(10).isPositive();
            assertThat(Integer.parseInt(raced.used("a").text("configmaps"))).isGreaterThanOrEqualTo(passed);
            assertThat(Integer.parseInt(raced.used("b").text("count/configmaps"))).isBetween(passed, 10);
        }
    }

    @Test
    void whatManyWritesGiveBackAtOnceIsAllGivenBack() throws Exception {
        try (Kit live = new Kit(FakeApi.live());
                ExecutorService all = Executors.newVirtualThreadPerTaskExecutor()) {
            live.quota("a", hard("configmaps", "64"), Struct.of("configmaps", "0"));
            live.quota("b", hard("count/configmaps", "64"), Struct.of("count/configmaps", "0"));
            List<Write> writes = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                writes.add(live.creates(CONFIG_MAPS, Struct.EMPTY));
            }
            assertThat(live.used("a").text("configmaps")).isEqualTo("64");
            List<Future<?>> given = new ArrayList<>();
            for (Write write : writes) {
                given.add(all.submit(() -> live.plugin.abandoned(write, Struct.EMPTY)));
            }
            for (Future<?> one : given) {
                one.get();
            }
            assertThat(live.used("a").text("configmaps")).isEqualTo("0");
            assertThat(live.used("b").text("count/configmaps")).isEqualTo("0");
        }
    }

    private static boolean passes(Kit server) {
        Write write = server.write(Operation.CREATE, CONFIG_MAPS, "", null, false);
        try {
            server.asked(write, Struct.EMPTY);
            return true;
        } catch (ApiFault refused) {
            server.plugin.abandoned(write, Struct.EMPTY);
            return false;
        }
    }
}
