package io.k3j.admissioncore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Action.Call;
import io.k3j.apiserverapi.Caller;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Candidate;
import io.k3j.clientapi.Query;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ActionsTest {
    private static final Key POD = new Key("default", "p");
    private final Stage stage = new Stage();
    private final List<Long> pauses = new CopyOnWriteArrayList<>();
    private final PodEviction evictions = evictions(stage.world);

    private PodEviction evictions(Listers world) {
        return new PodEviction(world, new EvictionPauses(pauses::add, () -> 1));
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private void runningPod() {
        runningPod("p");
    }

    private void runningPod(String name) {
        Struct ready = Struct.of("type", "Ready", "status", "True");
        stage.seed(Listers.PODS, Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", name, "namespace", "default", "labels", Struct.of("app", "web")), "spec",
                Struct.EMPTY, "status", Struct.of("phase", "Running", "conditions", Seq.of(ready))));
    }

    private void budget(long allowed) {
        stage.seed(Listers.BUDGETS, Struct.of("apiVersion", "policy/v1", "kind", "PodDisruptionBudget", "metadata",
                Struct.of("name", "b", "namespace", "default"), "spec",
                Struct.of("selector", Struct.of("matchLabels", Struct.of("app", "web"))), "status",
                Struct.of("observedGeneration", 9, "disruptionsAllowed", allowed, "desiredHealthy", 1,
                        "currentHealthy", 1)));
    }

    private Struct evict() {
        return evictions.perform(new Call(Caller.ANONYMOUS, POD, Struct.EMPTY, false));
    }

    @Test
    void anEvictionReducesTheBudget() {
        runningPod();
        budget(1);
        assertThat(evict().text("status")).isEqualTo("Success");
        Obj budget = stage.api.get(Listers.BUDGETS, new Key("default", "b"));
        assertThat(budget.status().whole("disruptionsAllowed", -1)).isZero();
        assertThat(budget.status().struct("disruptedPods").has("p")).isTrue();
    }

    @Test
    void anExhaustedBudgetRefusesTheEviction() {
        runningPod();
        budget(0);
        assertThatThrownBy(this::evict).isInstanceOfSatisfying(ApiFault.class, f -> {
            assertThat(f.code()).isEqualTo(429);
            assertThat(f).hasMessage("Cannot evict pod as it would violate the pod's disruption budget.");
            assertThat(f.details().seq("causes").struct(0).text("message"))
                    .isEqualTo("The disruption budget b needs 1 healthy pods and has 1 currently");
        });
        assertThat(stage.api.find(Listers.PODS, POD)).isPresent();
    }

    @Test
    void allPodsThatABudgetAllowsAreEvictedAtOnce() throws InterruptedException, ExecutionException {
        budget(20);
        List<Callable<Struct>> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Key key = new Key("default", "p" + i);
            runningPod(key.name());
            all.add(() -> evictions.perform(new Call(Caller.ANONYMOUS, key, Struct.EMPTY, false)));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Struct> one : threads.invokeAll(all)) {
                assertThat(one.get().text("status")).isEqualTo("Success");
            }
        }
        assertThat(stage.api.list(Listers.PODS, Query.ALL).items()).isEmpty();
        assertThat(stage.api.get(Listers.BUDGETS, new Key("default", "b")).status().whole("disruptionsAllowed", -1))
                .isZero();
    }

    private void othersChangeTheBudget(int times) {
        for (int i = 0; i < times; i++) {
            stage.api.refuse("update", Listers.BUDGETS, ApiFault.conflict(Listers.BUDGETS, "b", "changed"));
        }
    }

    @Test
    void anEvictionWaitsLongerAndLongerWhileOthersChangeTheBudget() {
        runningPod();
        budget(1);
        othersChangeTheBudget(19);
        assertThat(evict().text("status")).isEqualTo("Success");
        assertThat(pauses).hasSize(19).isSorted().startsWith(10_000_000L, 20_000_000L).endsWith(500_000_000L);
        assertThat(pauses.stream().mapToLong(Long::longValue).sum()).isLessThan(8_000_000_000L);
    }

    @Test
    void anEvictionThatNeverMeetsTheBudgetAloneIsToComeAgain() {
        runningPod();
        budget(1);
        othersChangeTheBudget(20);
        assertThatThrownBy(this::evict).isInstanceOfSatisfying(ApiFault.class, f -> {
            assertThat(f.code()).isEqualTo(429);
            assertThat(f.details().whole("retryAfterSeconds", 0)).isEqualTo(10);
        });
        assertThat(stage.api.find(Listers.PODS, POD)).isPresent();
    }

    /// The API client of a server to whose datastore somebody else writes before each deletion.
    private ApiClient beforeDeletion(Runnable other) {
        return (ApiClient) Proxy.newProxyInstance(ApiClient.class.getClassLoader(), new Class<?>[] {ApiClient.class},
                (proxy, method, given) -> {
                    if (method.getName().equals("delete")) {
                        other.run();
                    }
                    try {
                        return method.invoke(stage.api, given);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private void phase(String phase) {
        stage.seed(Listers.PODS, stage.api.get(Listers.PODS, POD).with(phase, "status", "phase").tree());
    }

    @Test
    void aPodThatStartedMeanwhileDoesNotPassTheBudgetBy() {
        budget(0);
        runningPod();
        phase("Pending");
        Listers world = new Listers(beforeDeletion(() -> phase("Running")));
        assertThatThrownBy(() -> evictions(world).perform(new Call(Caller.ANONYMOUS, POD, Struct.EMPTY, false)))
                .isInstanceOfSatisfying(ApiFault.class, f -> assertThat(f.code()).isEqualTo(429));
        world.stop();
        assertThat(stage.api.find(Listers.PODS, POD)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"update", "delete"})
    void aPodThatBecameReadyMeanwhileDoesNotPassTheBudgetBy(String verb) {
        runningPod();
        budget(0);
        stage.seed(Listers.PODS, stage.api.get(Listers.PODS, POD).without("status", "conditions").tree());
        stage.seed(Listers.BUDGETS, stage.api.get(Listers.BUDGETS, new Key("default", "b"))
                .with("AlwaysAllow", "spec", "unhealthyPodEvictionPolicy").tree());
        stage.api.refuse(verb, Listers.PODS, ApiFault.conflict(Listers.PODS, "p", "the object has been modified"));
        assertThatThrownBy(this::evict).isInstanceOfSatisfying(ApiFault.class,
                f -> assertThat(f.code()).isEqualTo(429));
        assertThat(stage.api.find(Listers.PODS, POD)).isPresent();
        assertThat(evict().text("status")).isEqualTo("Success");
    }

    @Test
    void aDryRunInTheDeleteOptionsEvictsNoPod() {
        runningPod();
        budget(1);
        Struct body = Struct.of("deleteOptions", Struct.of("dryRun", Seq.of("All")));
        assertThat(evictions.perform(new Call(Caller.ANONYMOUS, POD, body, false)).text("status"))
                .isEqualTo("Success");
        assertThat(stage.api.find(Listers.PODS, POD)).isPresent();
        assertThat(stage.api.get(Listers.BUDGETS, new Key("default", "b")).status().whole("disruptionsAllowed", -1))
                .isEqualTo(1);
    }

    private static Call evicting(String precondition, String value) {
        return new Call(Caller.ANONYMOUS, POD, Struct.of("deleteOptions",
                Struct.of("preconditions", Struct.of(precondition, value))), false);
    }

    private void conflicts(String precondition, String value, String what, String actual) {
        assertThatThrownBy(() -> evictions.perform(evicting(precondition, value)))
                .isInstanceOfSatisfying(ApiFault.class, f -> assertThat(f.code()).isEqualTo(409))
                .hasMessageStartingWith("Operation cannot be fulfilled on Pod \"p\": the " + what + " in the"
                        + " precondition (" + value + ") does not match the " + what + " in record (" + actual + ").");
    }

    @Test
    void aPodThatIsNotTheOneThatIsMeantIsNotMarkedAndCostsNoBudget() {
        runningPod();
        budget(1);
        Obj pod = stage.api.get(Listers.PODS, POD);
        for (String other : List.of("18446744073709551615", "abc", "", "-1", "0", "0" + pod.revision(), "1000000")) {
            conflicts("resourceVersion", other, "ResourceVersion", Long.toString(pod.revision()));
        }
        conflicts("uid", "another", "UID", pod.uid());
        conflicts("uid", "", "UID", pod.uid());
        assertThat(stage.api.get(Listers.PODS, POD)).isEqualTo(pod);
        assertThat(stage.api.get(Listers.BUDGETS, new Key("default", "b")).status().whole("disruptionsAllowed", -1))
                .isEqualTo(1);
    }

    @Test
    void thePodThatIsMeantIsEvictedThoughItsMarkMakesAnotherVersion() {
        runningPod();
        budget(1);
        String version = Long.toString(stage.api.get(Listers.PODS, POD).revision());
        assertThat(evictions.perform(evicting("resourceVersion", version)).text("status")).isEqualTo("Success");
        assertThat(stage.api.find(Listers.PODS, POD)).isEmpty();
    }

    @Test
    void aNegativeTimeToEndIsOneSecond() {
        runningPod();
        stage.seed(Listers.PODS, stage.api.get(Listers.PODS, POD).with("n", "spec", "nodeName").tree());
        Struct body = Struct.of("deleteOptions", Struct.of("gracePeriodSeconds", -30));
        evictions.perform(new Call(Caller.ANONYMOUS, POD, body, false));
        assertThat(stage.api.get(Listers.PODS, POD).metadata().whole("deletionGracePeriodSeconds", 0)).isOne();
    }

    /// The API client of a server that holds no Lease.
    private ApiClient elsewhere() {
        FakeApi refusing = FakeApi.stepped(InstantSource.system());
        refusing.refuse("update", Listers.PODS, ApiFault.unavailable("not the leader"));
        return (ApiClient) Proxy.newProxyInstance(ApiClient.class.getClassLoader(), new Class<?>[] {ApiClient.class},
                (proxy, method, given) -> method.getName().equals("leading") ? refusing
                        : method.invoke(stage.api, given));
    }

    @Test
    void onlyABindingUnderALeaseIsFencedByThatLease() {
        runningPod();
        PodBinding.Bind bind = new PodBinding.Bind(Listers.PODS, "binding", elsewhere(), _ -> Optional.empty());
        Struct binding = Struct.of("target", Struct.of("kind", "Node", "name", "n"));
        assertThatThrownBy(() -> bind.perform(new Call(Caller.ANONYMOUS, POD, binding, false,
                Candidate.SCHEDULER))).hasMessage("not the leader");
        assertThat(bind.perform(new Call(Caller.ANONYMOUS, POD, binding, false)).text("status"))
                .isEqualTo("Success");
        assertThat(stage.api.get(Listers.PODS, POD).spec().text("nodeName")).isEqualTo("n");
    }

    @Test
    void aPodThatIsKnownIsBoundWithoutAQuestionToTheDatastore() {
        runningPod();
        Obj known = stage.api.get(Listers.PODS, POD);
        stage.api.refuse("get", Listers.PODS, ApiFault.unavailable("the datastore is away"));
        assertThat(bind(known, "n").text("status")).isEqualTo("Success");
    }

    @Test
    void whatIsKnownTooLateIsLookedAtAgain() {
        runningPod();
        Obj pod = stage.api.get(Listers.PODS, POD);
        Obj gated = pod.with(Seq.of(Struct.of("name", "wait")), "spec", "schedulingGates");
        assertThat(bind(gated, "n").text("status")).as("the gate has gone meanwhile").isEqualTo("Success");
        assertThatThrownBy(() -> bind(pod, "m")).as("it has been bound meanwhile")
                .hasMessageContaining("pod p is already assigned to node \"n\"");
    }

    private Struct bind(Obj known, String node) {
        Struct binding = Struct.of("target", Struct.of("kind", "Node", "name", node));
        return new PodBinding.Bind(Listers.PODS, "binding", stage.api, _ -> Optional.of(known))
                .perform(new Call(Caller.ANONYMOUS, POD, binding, false));
    }

    private Obj nominated() {
        runningPod();
        return stage.api.get(Listers.PODS, POD).with("m", "status", "nominatedNodeName");
    }

    @Test
    void aPodThatIsBoundIsNominatedForNoNode() {
        assertThat(PodBinding.bound(nominated(), Struct.of("target", Struct.of("name", "n"))).status()
                .has("nominatedNodeName")).isFalse();
    }

    @Test
    void anotherVersionOfAPodThanTheOneThatIsMeantIsNotBound() {
        Obj pod = nominated();
        Struct binding = Struct.of("target", Struct.of("name", "n"));
        assertThatThrownBy(() -> PodBinding.bound(pod, binding.withAt("99999", "metadata", "resourceVersion")))
                .isInstanceOfSatisfying(ApiFault.class, f -> assertThat(f.code()).isEqualTo(409))
                .hasMessageContaining("Precondition failed: ResourceVersion in precondition: 99999");
        String version = Long.toString(pod.revision());
        assertThat(PodBinding.bound(pod, binding.withAt(version, "metadata", "resourceVersion")).spec()
                .text("nodeName")).isEqualTo("n");
    }

    @Test
    void aPodOfAnotherNameIsNeitherBoundNorEvicted() {
        runningPod();
        Struct body = Struct.of("metadata", Struct.of("name", "other"), "target", Struct.of("name", "n"));
        Call call = new Call(Caller.ANONYMOUS, POD, body, false);
        assertThatThrownBy(() -> new PodBinding.Bind(Listers.PODS, "binding", stage.api, _ -> Optional.empty())
                .perform(call)).hasMessage("name in URL does not match name in Binding object");
        assertThatThrownBy(() -> evictions.perform(call))
                .hasMessage("name in URL does not match name in Eviction object");
    }

    @Test
    void aPodIsBoundOnce() {
        runningPod();
        Struct binding = Struct.of("target", Struct.of("kind", "Node", "name", "n"));
        Obj bound = PodBinding.bound(stage.api.get(Listers.PODS, POD), binding);
        assertThat(bound.spec().text("nodeName")).isEqualTo("n");
        assertThat(bound.status().seq("conditions").find("type", "PodScheduled").text("status")).isEqualTo("True");
        assertThatThrownBy(() -> PodBinding.bound(bound, binding)).hasMessage("Operation cannot be fulfilled on"
                + " pods/binding \"p\": pod p is already assigned to node \"n\"");
    }
}
