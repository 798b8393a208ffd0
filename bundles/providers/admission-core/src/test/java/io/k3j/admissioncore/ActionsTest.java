package io.k3j.admissioncore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Action.Call;
import io.k3j.apiserverapi.Caller;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Candidate;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import java.lang.reflect.Proxy;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ActionsTest {
    private static final Key POD = new Key("default", "p");
    private final Stage stage = new Stage();
    private final PodEviction evictions = new PodEviction(stage.world);

    @AfterEach
    void close() {
        stage.close();
    }

    private void runningPod() {
        Struct ready = Struct.of("type", "Ready", "status", "True");
        stage.seed(Listers.PODS, Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", "p", "namespace", "default", "labels", Struct.of("app", "web")), "spec",
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
