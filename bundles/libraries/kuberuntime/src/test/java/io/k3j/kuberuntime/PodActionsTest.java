package io.k3j.kuberuntime;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.Sandbox;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PodActionsTest {
    private final Set<String> unstarted = new HashSet<>();
    private final Set<String> killed = new HashSet<>();
    private final Map<String, String> failing = new HashMap<>();
    private final Map<String, List<Container>> containers = new HashMap<>();
    private boolean sandbox = true;

    @Test
    void makesASandboxFirst() {
        sandbox = false;
        PodActions plan = plan(pod("Always"));
        assertThat(plan.newSandbox()).isTrue();
        assertThat(plan.start()).containsExactly("a", "b");
    }

    @Test
    void runsInitContainersOneAfterTheOther() {
        Obj pod = pod("Always").with(Seq.of(Struct.of("name", "i"), Struct.of("name", "j")), "spec", "initContainers");
        assertThat(plan(pod).start()).containsExactly("i");
        put("i", Container.State.RUNNING, 0);
        assertThat(plan(pod).start()).isEmpty();
        put("i", Container.State.EXITED, 0);
        assertThat(plan(pod).start()).containsExactly("j");
        put("j", Container.State.EXITED, 0);
        assertThat(plan(pod).start()).containsExactly("a", "b");
    }

    @Test
    void triesAFailedInitContainerAgainUnlessThePodNeverRestarts() {
        put("i", Container.State.EXITED, 1);
        Struct init = Struct.of("name", "i");
        assertThat(plan(pod("OnFailure").with(Seq.of(init), "spec", "initContainers")).start()).containsExactly("i");
        assertThat(plan(pod("Never").with(Seq.of(init), "spec", "initContainers")).finished()).isTrue();
    }

    @Test
    void anInitContainersOwnPolicyWinsOverThePods() {
        put("i", Container.State.EXITED, 1);
        assertThat(plan(pod("Always").with(Seq.of(Struct.of("name", "i", "restartPolicy", "Never")), "spec",
                "initContainers")).finished()).isTrue();
        assertThat(plan(pod("Never").with(Seq.of(Struct.of("name", "i", "restartPolicy", "OnFailure")), "spec",
                "initContainers")).start()).containsExactly("i");
    }

    @Test
    void aRuleThatMatchesTheExitCodeWinsOverPolicies() {
        Struct in = ruled("In", 42);
        Struct not = ruled("NotIn", 42);
        put("a", Container.State.EXITED, 42);
        put("b", Container.State.EXITED, 42);
        assertThat(plan(pod("Never").with(Seq.of(in.with("name", "a"), not.with("name", "b")), "spec", "containers"))
                .start()).containsExactly("a");
        put("a", Container.State.EXITED, 1);
        put("b", Container.State.EXITED, 0);
        assertThat(plan(pod("Always").with(Seq.of(in.with("name", "a"), not.with("name", "b")), "spec", "containers"))
                .start()).containsExactly("b");
        containers.clear();
        put("i", Container.State.EXITED, 42);
        assertThat(plan(pod("Never").with(Seq.of(in.with("name", "i")), "spec", "initContainers")).start())
                .containsExactly("i");
    }

    /// As of an object that was stored before its policy was taken away.
    @Test
    void rulesCountBesideAPolicyOfTheContainersOwnOnly() {
        put("a", Container.State.EXITED, 42);
        put("b", Container.State.EXITED, 42);
        assertThat(plan(pod("Never").with(Seq.of(ruled("In", 42).without("restartPolicy").with("name", "a")), "spec",
                "containers")).finished()).isTrue();
    }

    @Test
    void anyRuleAndAnyOfItsCodesMatch() {
        Struct rules = Struct.of("name", "a", "restartPolicy", "Never", "restartPolicyRules",
                Seq.of(rule("In", 3, 4), rule("NotIn", 0, 1, 2, 3, 4, 5)));
        for (int code = 0; code < 8; code++) {
            put("a", Container.State.EXITED, code);
            assertThat(plan(pod("Always").with(Seq.of(rules), "spec", "containers")).start()).as("%s", code)
                    .isEqualTo(List.of(3, 4, 6, 7).contains(code) ? List.of("a") : List.of());
        }
    }

    @Test
    void whoWasKilledToBeStartedAgainIsHoweverItEnded() {
        put("a", Container.State.EXITED, 0);
        put("b", Container.State.EXITED, 0);
        killed.add("a");
        assertThat(plan(pod("OnFailure")).start()).containsExactly("a");
    }

    @Test
    void whoCanEndSoThatItIsStartedAgainIsRestartable() {
        Obj never = pod("Never");
        assertThat(RestartRules.restartable(never, Struct.of("name", "a"))).isFalse();
        assertThat(RestartRules.restartable(never, Struct.of("name", "a", "restartPolicy", "OnFailure"))).isTrue();
        assertThat(RestartRules.restartable(never, ruled("In", 1))).isTrue();
        assertThat(RestartRules.restartable(pod("Always"), Struct.of("name", "a"))).isTrue();
        assertThat(RestartRules.restartable(pod("Always"), Struct.of("restartPolicy", "Never"))).isFalse();
        assertThat(RestartRules.restartable(never, ruled("In", 1).without("restartPolicy"))).isFalse();
    }

    @Test
    void aRuleMayHaveAllContainersEndAndThePodBeginAnew() {
        Struct all = Struct.of("name", "a", "restartPolicy", "Never", "restartPolicyRules",
                Seq.of(rule("In", 42).with("action", "RestartAllContainers")));
        Obj pod = pod("Never").with(Seq.of(all, Struct.of("name", "b"), Struct.of("name", "c")), "spec", "containers")
                .with(Seq.of(Struct.of("name", "i"), Struct.of("name", "s", "restartPolicy", "Always")), "spec",
                        "initContainers")
                .with(Seq.of(Struct.of("name", "debug")), "spec", "ephemeralContainers");
        put("i", Container.State.EXITED, 0);
        put("c", Container.State.EXITED, 0);
        put("a", Container.State.EXITED, 42);
        for (String name : List.of("s", "b", "debug")) {
            put(name, Container.State.RUNNING, 0);
        }
        PodActions plan = plan(pod);
        assertThat(plan.kill()).extracting(k -> k.container().name()).containsExactlyInAnyOrder("s", "b");
        assertThat(plan.kill()).allMatch(PodActions.Kill::abrupt);
        assertThat(plan.start()).isEmpty();
        put("s", Container.State.EXITED, 137);
        put("b", Container.State.EXITED, 137);
        assertThat(plan(pod).start()).containsExactly("i");
        put("i", Container.State.EXITED, 0, 1);
        assertThat(plan(pod).start()).containsExactly("s");
        put("s", Container.State.RUNNING, 0, 1);
        assertThat(plan(pod).start()).containsExactly("a", "b", "c");
        put("a", Container.State.RUNNING, 0, 1);
        assertThat(plan(pod).start()).as("those of before, however they ended").containsExactly("b", "c");
        put("b", Container.State.EXITED, 0, 1);
        put("c", Container.State.EXITED, 0, 1);
        assertThat(plan(pod).start()).isEmpty();
        put("a", Container.State.EXITED, 42, 1);
        assertThat(plan(pod).kill()).extracting(k -> k.container().name()).containsExactly("s");
        assertThat(PodRestart.of(pod, new PodRuntime(List.of(), containers)).mark(Struct.EMPTY))
                .isEqualTo(Struct.of("annotations", Struct.of(Labels.POD_RESTARTS, "2")));
    }

    @Test
    void theFirstRuleThatMatchesSaysWhetherAllAreStartedAgain() {
        Struct all = rule("NotIn", 0).with("action", "RestartAllContainers");
        Struct container = Struct.of("name", "a", "restartPolicy", "Never", "restartPolicyRules",
                Seq.of(rule("In", 3), all));
        put("b", Container.State.RUNNING, 0);
        for (int code : List.of(0, 3, 4)) {
            put("a", Container.State.EXITED, code);
            PodActions plan = plan(pod("Never").with(Seq.of(container, Struct.of("name", "b")), "spec", "containers"));
            assertThat(plan.kill()).as("%s", code).hasSize(code == 4 ? 1 : 0);
            assertThat(plan.start()).isEqualTo(code == 3 ? List.of("a") : List.of());
        }
    }

    private static Struct ruled(String operator, int code) {
        return Struct.of("restartPolicy", "Never", "restartPolicyRules", Seq.of(rule(operator, code)));
    }

    private static Struct rule(String operator, Object... codes) {
        return Struct.of("action", "Restart", "exitCodes", Struct.of("operator", operator, "values", Seq.of(codes)));
    }

    @Test
    void waitsForASidecarToHaveStarted() {
        Obj pod = pod("Always").with(Seq.of(Struct.of("name", "s", "restartPolicy", "Always")), "spec",
                "initContainers");
        put("s", Container.State.RUNNING, 0);
        unstarted.add("s");
        assertThat(plan(pod).start()).isEmpty();
        unstarted.clear();
        assertThat(plan(pod).start()).containsExactly("a", "b");
    }

    @Test
    void aSidecarThatEndsBeforeTheOthersAreInitializedHoldsNobodyUp() {
        Obj pod = pod("Always").with(Seq.of(Struct.of("name", "s", "restartPolicy", "Always"), Struct.of("name", "i")),
                "spec", "initContainers");
        put("s", Container.State.EXITED, 1);
        assertThat(plan(pod).start()).as("i has not begun").containsExactly("s");
        put("i", Container.State.RUNNING, 0);
        assertThat(plan(pod).start()).containsExactly("s");
        put("i", Container.State.EXITED, 1);
        assertThat(plan(pod).start()).containsExactly("s", "i");
        put("i", Container.State.EXITED, 0);
        assertThat(plan(pod).start()).containsExactly("s", "a", "b");
    }

    @Test
    void endsSidecarsWhenTheOthersAreDone() {
        Obj pod = pod("Never").with(Seq.of(Struct.of("name", "s", "restartPolicy", "Always")), "spec",
                "initContainers");
        put("s", Container.State.RUNNING, 0);
        put("a", Container.State.EXITED, 0);
        put("b", Container.State.EXITED, 3);
        PodActions plan = plan(pod);
        assertThat(plan.finished()).isTrue();
        assertThat(plan.kill()).extracting(k -> k.container().name()).containsExactly("s");
    }

    @Test
    void startsWhoEndedByTheRestartPolicy() {
        put("a", Container.State.EXITED, 0);
        put("b", Container.State.EXITED, 1);
        assertThat(plan(pod("Always")).start()).containsExactly("a", "b");
        assertThat(plan(pod("OnFailure")).start()).containsExactly("b");
        assertThat(plan(pod("Never")).finished()).isTrue();
    }

    @Test
    void afterARestartOfTheNodeAPodIsInitializedAgainAndRunsWhatHasNotSucceeded() {
        Obj pod = pod("OnFailure").with(Seq.of(Struct.of("name", "i"), Struct.of("name", "s", "restartPolicy",
                "Always"), Struct.of("name", "j")), "spec", "initContainers");
        List.of("i", "j", "a").forEach(name -> before(name, 0));
        List.of("s", "b").forEach(name -> before(name, 255));
        sandbox = false;
        assertThat(plan(pod).newSandbox()).isTrue();
        assertThat(plan(pod).start()).containsExactly("i");
        sandbox = true;
        assertThat(plan(pod).start()).containsExactly("i");
        put("i", Container.State.EXITED, 0);
        assertThat(plan(pod).start()).containsExactly("s");
        put("s", Container.State.RUNNING, 0);
        assertThat(plan(pod).start()).containsExactly("j");
        put("j", Container.State.EXITED, 0);
        assertThat(plan(pod).start()).as("a has succeeded before").containsExactly("b");
        put("b", Container.State.EXITED, 0);
        assertThat(plan(pod).finished()).isTrue();
    }

    @Test
    void afterARestartOfTheNodeAPodThatIsDoneGetsNoSandbox() {
        sandbox = false;
        List.of("i", "a", "b").forEach(name -> before(name, 0));
        PodActions plan = plan(pod("OnFailure").with(Seq.of(Struct.of("name", "i")), "spec", "initContainers"));
        assertThat(plan.finished()).isTrue();
        assertThat(plan.newSandbox()).isFalse();
    }

    @Test
    void initContainersThatEndedWithTheNodeBeginAnewUnlessThePodNeverRestarts() {
        sandbox = false;
        before("i", 0);
        before("j", 255);
        Seq inits = Seq.of(Struct.of("name", "i"), Struct.of("name", "j"));
        assertThat(plan(pod("OnFailure").with(inits, "spec", "initContainers")).start()).containsExactly("i");
        assertThat(plan(pod("Always").with(inits, "spec", "initContainers")).start()).containsExactly("i");
        assertThat(plan(pod("Always").with(Seq.of(Struct.of("name", "i"), Struct.of("name", "j", "restartPolicy",
                "Never")), "spec", "initContainers")).start()).as("the pod's policy counts").containsExactly("i");
        PodActions never = plan(pod("Never").with(inits, "spec", "initContainers"));
        assertThat(never.finished()).isTrue();
        assertThat(never.newSandbox()).isFalse();
        assertThat(never.start()).isEmpty();
    }

    @Test
    void anInitContainerOfWhichTheRuntimeKnowsNothingIsKilledBeforeItIsTriedAgain() {
        put("i", Container.State.UNKNOWN, 0);
        PodActions plan = plan(pod("OnFailure").with(Seq.of(Struct.of("name", "i")), "spec", "initContainers"));
        assertThat(plan.start()).isEmpty();
        assertThat(plan.kill()).singleElement().extracting(PodActions.Kill::why)
                .isEqualTo("Init container is in \"unknown\" state, try killing it before restart");
    }

    @Test
    void othersOfWhichItKnowsNothingAreKilledToo() {
        put("s", Container.State.UNKNOWN, 0);
        put("a", Container.State.UNKNOWN, 0);
        put("b", Container.State.RUNNING, 0);
        PodActions plan = plan(pod("Always").with(Seq.of(Struct.of("name", "s", "restartPolicy", "Always")), "spec",
                "initContainers"));
        assertThat(plan.start()).isEmpty();
        assertThat(plan.kill()).extracting(PodActions.Kill::why).containsExactly(
                "Init container is in \"unknown\" state, try killing it before restart",
                "Container is in \"unknown\" state, try killing it before restart");
        put("s", Container.State.EXITED, 255);
        put("a", Container.State.EXITED, 255);
        assertThat(plan(pod("Always").with(Seq.of(Struct.of("name", "s", "restartPolicy", "Always")), "spec",
                "initContainers")).start()).containsExactly("s", "a");
    }

    @Test
    void killsWhoFailsItsProbe() {
        put("a", Container.State.RUNNING, 0);
        put("b", Container.State.RUNNING, 0);
        failing.put("b", "Container b failed liveness probe, will be restarted");
        assertThat(plan(pod("Always")).kill()).extracting(k -> k.container().name()).containsExactly("b");
    }

    /// As one that is to be run once may have done its work before the runtime lost it.
    @Test
    void whoIsNotThereAnyMoreIsStartedAgainOnlyWhereThePolicySaysSo() {
        Struct ran = Struct.of("name", "a", "state", Struct.of("running", Struct.EMPTY));
        Struct well = Struct.of("name", "b", "state", Struct.of("terminated", Struct.of("exitCode", 0)));
        Struct status = Struct.of("containerStatuses", Seq.of(ran, well));
        assertThat(plan(pod("Never").with(status, "status")).finished()).isTrue();
        assertThat(plan(pod("OnFailure").with(status, "status")).start()).contains("a");
        assertThat(plan(pod("Always").with(status, "status")).start()).containsExactly("a", "b");
        assertThat(plan(pod("Never")).start()).containsExactly("a", "b");
    }

    private PodActions plan(Obj pod) {
        Sandbox s = new Sandbox("s1", 0, sandbox, Instant.EPOCH, List.of(), Map.of(), Map.of());
        return PodActions.of(pod, new PodRuntime(List.of(s), containers), new PodActions.Health() {
            @Override
            public boolean started(Container c) {
                return !unstarted.contains(c.name());
            }

            @Override
            public String failure(Container c) {
                return failing.getOrDefault(c.name(), "");
            }

            @Override
            public boolean restarts(Container ended) {
                return killed.contains(ended.name());
            }
        });
    }

    private void put(String name, Container.State state, int exitCode) {
        put(name, state, exitCode, 0);
    }

    /// One that has ended in a sandbox of before.
    private void before(String name, int exitCode) {
        Container.End end = new Container.End(Instant.EPOCH, Instant.EPOCH, Instant.EPOCH, exitCode, "", "", "");
        containers.put(name, List.of(new Container(name, "s0", name, 0, Container.State.EXITED, "", Map.of(),
                Map.of(), end)));
    }

    private void put(String name, Container.State state, int exitCode, int podRestarts) {
        Container.End end = new Container.End(Instant.EPOCH, Instant.EPOCH, Instant.EPOCH, exitCode, "", "", "");
        containers.put(name, List.of(new Container(name, "s1", name, 0, state, "", Map.of(),
                podRestarts == 0 ? Map.of() : Map.of(Labels.POD_RESTARTS, Integer.toString(podRestarts)), end)));
    }

    private static Obj pod(String policy) {
        return Obj.of(Struct.of("metadata", Struct.of("name", "p"), "spec", Struct.of("restartPolicy", policy,
                "containers", Seq.of(Struct.of("name", "a"), Struct.of("name", "b")))));
    }
}
