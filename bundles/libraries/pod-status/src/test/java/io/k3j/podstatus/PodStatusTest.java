package io.k3j.podstatus;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.kuberuntime.PodRuntime;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PodStatusTest {
    private final Map<String, List<Container>> containers = new HashMap<>();
    private boolean released = true;
    private boolean restarts;

    @Test
    void namesIncompleteInitContainers() {
        Obj pod = pod(Struct.of("name", "i"), Struct.of("name", "j"), Struct.of("name", "s", "restartPolicy",
                "Always"));
        assertThat(initialized(pod)).isEqualTo("containers with incomplete status: [i j s]");
        put("i", Container.State.RUNNING);
        assertThat(initialized(pod)).isEqualTo("containers with incomplete status: [i j s]");
        put("i", Container.State.EXITED);
        put("j", Container.State.EXITED);
        assertThat(initialized(pod)).isEqualTo("containers with incomplete status: [s]");
        put("s", Container.State.RUNNING);
        assertThat(initialized(pod)).isEmpty();
    }

    @Test
    void allConditionsHaveTheObservedGeneration() {
        Struct scheduled = Struct.of("type", "PodScheduled", "status", "True", "observedGeneration", 1L,
                "lastTransitionTime", "2026-01-01T00:00:00Z");
        Struct metadata = pod().tree().struct("metadata").with("generation", 2L);
        Obj pod = pod().withTree(pod().tree().with("metadata", metadata).with("status",
                Struct.of("conditions", Seq.of(scheduled))));
        Seq conditions = status(pod).seq("conditions");
        assertThat(conditions.structs()).extracting(c -> c.whole("observedGeneration", 0)).containsOnly(2L);
        assertThat(conditions.find("type", "PodScheduled").text("lastTransitionTime"))
                .isEqualTo("2026-01-01T00:00:00Z");
    }

    @Test
    void aFailedInitContainerFailsThePodUnlessItIsStartedAgain() {
        put("i", Container.State.EXITED, 42);
        Struct never = Struct.of("name", "i", "restartPolicy", "Never");
        Struct again = never.with("restartPolicyRules", Seq.of(Struct.of("action", "Restart", "exitCodes",
                Struct.of("operator", "In", "values", Seq.of(42)))));
        assertThat(status(pod(never)).text("phase")).isEqualTo("Failed");
        assertThat(status(pod(again)).text("phase")).isEqualTo("Pending");
        assertThat(status(pod(Struct.of("name", "i"))).text("phase")).isEqualTo("Pending");
        Obj failing = pod(Struct.of("name", "i")).with("Never", "spec", "restartPolicy");
        assertThat(status(failing).text("phase")).isEqualTo("Failed");
    }

    @Test
    void aPodIsDoneWhenNoneOfItsContainersIsStartedAgain() {
        put("c", Container.State.EXITED, 42);
        Struct never = Struct.of("name", "c", "restartPolicy", "Never");
        Struct again = never.with("restartPolicyRules", Seq.of(Struct.of("action", "Restart", "exitCodes",
                Struct.of("operator", "In", "values", Seq.of(42)))));
        for (String policy : List.of("Always", "OnFailure", "Never")) {
            Obj pod = pod().with(policy, "spec", "restartPolicy");
            assertThat(status(pod.with(Seq.of(never), "spec", "containers")).text("phase")).isEqualTo("Failed");
            assertThat(status(pod.with(Seq.of(again), "spec", "containers")).text("phase")).isEqualTo("Running");
        }
    }

    /// Its claims, devices and processors are others' with its end.
    @Test
    void anEndIsToldOnceNothingOfTheNodeIsThePods() {
        Obj pod = pod().with("Never", "spec", "restartPolicy").with("Running", "status", "phase");
        released = false;
        for (int code : new int[] {0, 42}) {
            put("c", Container.State.EXITED, code);
            assertThat(status(pod).text("phase")).isEqualTo("Running");
            assertThat(status(pod.with("Pending", "status", "phase")).text("phase")).isEqualTo("Running");
        }
        assertThat(status(pod.with("Succeeded", "status", "phase")).text("phase")).isEqualTo("Succeeded");
        released = true;
        assertThat(status(pod).text("phase")).isEqualTo("Failed");
    }

    @Test
    void aPodWhoseContainersAreAllRestartedSaysSoAndRunsOn() {
        Struct all = Struct.of("name", "c", "restartPolicy", "Never", "restartPolicyRules", Seq.of(Struct.of("action",
                "RestartAllContainers", "exitCodes", Struct.of("operator", "In", "values", Seq.of(42)))));
        Obj pod = pod(Struct.of("name", "i")).with("Never", "spec", "restartPolicy").with(Seq.of(all), "spec",
                "containers").with("Running", "status", "phase");
        put("i", Container.State.EXITED, 0);
        put("c", Container.State.RUNNING);
        assertThat(restarting(pod).text("status")).isEqualTo("False");
        put("c", Container.State.EXITED, 42);
        assertThat(restarting(pod).text("status")).isEqualTo("True");
        assertThat(restarting(pod).text("reason")).isEqualTo("RestartAllContainersStarted");
        assertThat(restarting(pod).text("message")).isEqualTo("container exited with restart policy rule");
        Struct status = status(pod);
        assertThat(status.text("phase")).isEqualTo("Running");
        assertThat(status.seq("conditions").find("type", "Initialized").text("status")).isEqualTo("False");
        assertThat(status.seq("containerStatuses").struct(0).struct("state").has("waiting")).isTrue();
        assertThat(status.seq("containerStatuses").struct(0).struct("lastState").struct("terminated").whole("exitCode",
                0)).isEqualTo(42);
        assertThat(status.seq("initContainerStatuses").struct(0).flag("ready")).isFalse();
        assertThat(status(pod().with("Running", "status", "phase")).seq("conditions").find("type",
                "AllContainersRestarting").isEmpty()).isTrue();
    }

    /// The API lets a container that has ended for good not run again.
    @Test
    void aContainerThatWasEndedToBeRestartedWaits() {
        Obj pod = pod().with("OnFailure", "spec", "restartPolicy").with("Running", "status", "phase");
        put("c", Container.State.EXITED, 0);
        assertThat(container(pod).struct("state").has("terminated")).isTrue();
        restarts = true;
        assertThat(container(pod).struct("state").has("waiting")).isTrue();
        assertThat(container(pod).struct("lastState").struct("terminated").whole("exitCode", 1)).isZero();
        put("c", Container.State.EXITED, 42);
        assertThat(container(pod).struct("state").has("terminated")).isTrue();
    }

    private Struct container(Obj pod) {
        return status(pod).seq("containerStatuses").struct(0);
    }

    private Struct restarting(Obj pod) {
        return status(pod).seq("conditions").find("type", "AllContainersRestarting");
    }

    private String initialized(Obj pod) {
        return status(pod).seq("conditions").find("type", "Initialized").text("message");
    }

    private Struct status(Obj pod) {
        return PodStatus.of(pod, new PodRuntime(List.of(), containers), new PodStatus.View() {
            @Override
            public Map<String, PodStatus.Waiting> waiting() {
                return Map.of();
            }

            @Override
            public boolean started(Container c) {
                return true;
            }

            @Override
            public boolean ready(Container c) {
                return true;
            }

            @Override
            public String lastWords(Container c) {
                return "";
            }

            @Override
            public ResizeStatus resources() {
                return new ResizeStatus(Map.of(), Map.of(), Map.of(), ResizeStatus.OfPod.NONE);
            }

            @Override
            public List<String> hostAddresses() {
                return List.of();
            }

            @Override
            public Instant now() {
                return Instant.EPOCH;
            }

            @Override
            public boolean restarts(Container c) {
                return restarts;
            }

            @Override
            public boolean ended() {
                return false;
            }

            @Override
            public boolean released() {
                return released;
            }

            @Override
            public PodStatus.Waiting failure() {
                return null;
            }

            @Override
            public boolean disrupted() {
                return false;
            }
        });
    }

    private void put(String name, Container.State state, int exitCode) {
        Container.End end = new Container.End(Instant.EPOCH, Instant.EPOCH, Instant.EPOCH, exitCode, "", "", "");
        containers.put(name, List.of(new Container(name, "s", name, 0, state, "", Map.of(), Map.of(), end)));
    }

    private void put(String name, Container.State state) {
        containers.put(name, List.of(new Container(name, "s", name, 0, state, "", Map.of(), Map.of(),
                Container.End.NONE)));
    }

    private static Obj pod(Struct... inits) {
        return Obj.of(Struct.of("metadata", Struct.of("name", "p"), "spec", Struct.of("initContainers",
                Seq.of((Object[]) inits), "containers", Seq.of(Struct.of("name", "c")))));
    }
}
