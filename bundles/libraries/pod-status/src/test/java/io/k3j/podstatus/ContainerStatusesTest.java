package io.k3j.podstatus;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.kuberuntime.PodRuntime;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.Sandbox;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ContainerStatusesTest {
    private static final Struct RUNNING = Struct.of("running", Struct.of("startedAt", "2026-01-01T00:00:00Z"));
    private final Map<String, List<Container>> containers = new HashMap<>();
    private final FixedView view = new FixedView();

    @Test
    void aPodThatTheNodeDoesNotTakeSaysWhyAndNothingElse() {
        view.rejected = true;
        view.failure = new PodStatus.Waiting("OutOfcpu", "Pod was rejected: too much");
        Obj pod = pod("Always", "c").with(Struct.of("phase", "Pending", "qosClass", "Burstable", "conditions",
                Seq.of(Struct.of("type", "PodScheduled", "status", "True"),
                        Struct.of("type", "example.com/own", "status", "True"))),
                "status");
        assertThat(status(pod)).isEqualTo(Struct.of("phase", "Failed", "qosClass", "Burstable", "startTime",
                "1970-01-01T00:00:00Z", "reason", "OutOfcpu", "message", "Pod was rejected: too much", "conditions",
                Seq.of(Struct.of("type", "example.com/own", "status", "True"))));
        assertThat(status(pod.with(status(pod), "status"))).as("it stays as it is")
                .isEqualTo(status(pod));
    }

    @Test
    void whatOthersHaveEndedStaysAsTheyToldIt() {
        Struct told = Struct.of("phase", "Failed", "reason", "NodeLost");
        assertThat(status(pod("Always", "c").with(told, "status"))).isEqualTo(told);
    }

    @Test
    void statusesAreSortedByTheNamesOfTheirContainers() {
        assertThat(status(pod("Always", "z", "a", "m")).seq("containerStatuses").structs())
                .extracting(c -> c.text("name")).containsExactly("a", "m", "z");
    }

    @Test
    void whatNeverEndedInAPodThatIsOverIsToldToHaveFailed() {
        put("a", 0, Container.State.EXITED, 3);
        view.ended = true;
        Obj pod = pod("Always", "a", "b");
        assertThat(one(pod, "b").struct("state").struct("waiting").text("reason")).isEqualTo("ContainerCreating");
        view.released = true;
        assertThat(one(pod, "b").struct("state").struct("terminated").names()).contains("startedAt", "finishedAt");
        Struct ended = one(pod, "b").struct("state").struct("terminated");
        assertThat(ended.whole("exitCode", 0)).isEqualTo(137);
        assertThat(ended.text("reason")).isEqualTo("ContainerStatusUnknown");
        assertThat(ended.text("message")).isEqualTo("The container could not be located when the pod was terminated");
        assertThat(one(pod, "a").struct("state").struct("terminated").whole("exitCode", 0)).isEqualTo(3);
        assertThat(status(pod).text("phase")).isEqualTo("Failed");
    }

    @Test
    void containersWhoseTurnNeverCameWaitForEver() {
        put("i", 0, Container.State.EXITED, 1);
        view.ended = true;
        view.released = true;
        Obj pod = pod("Never", "c").with(Seq.of(Struct.of("name", "i"), Struct.of("name", "j")), "spec",
                "initContainers");
        assertThat(one(pod, "c").struct("state").struct("waiting").text("reason")).isEqualTo("PodInitializing");
        Seq inits = status(pod).seq("initContainerStatuses");
        assertThat(inits.struct(0).struct("state").struct("terminated").whole("exitCode", 0)).isEqualTo(1);
        assertThat(inits.struct(1).struct("state").has("waiting")).isTrue();
    }

    @Test
    void aContainerThatSomebodyRemovedWaitsForItsNextStart() {
        Obj pod = told(pod("Always", "c"), Struct.of("name", "c", "state", RUNNING, "restartCount", 2, "containerID",
                "containerd://x"));
        Struct status = one(pod, "c");
        assertThat(status.struct("state").struct("waiting").text("reason")).isEqualTo("ContainerCreating");
        assertThat(status.whole("restartCount", 0)).isEqualTo(3);
        assertThat(status.struct("lastState").struct("terminated").text("message")).isEqualTo("The container could not"
                + " be located when the pod was deleted.  The container used to be Running");
        assertThat(status(pod).text("phase")).isEqualTo("Running");
        Struct again = one(told(pod, status), "c");
        assertThat(again).as("counted once").isEqualTo(status);
        put("c", 0, Container.State.RUNNING, 0);
        assertThat(one(told(pod, status), "c").whole("restartCount", 0)).isEqualTo(3);
        assertThat(one(told(pod, status), "c").struct("lastState").struct("terminated").whole("exitCode", 0))
                .isEqualTo(137);
    }

    @Test
    void oneThatIsRemovedIsNotStartedAgainInAPodThatNeverRestarts() {
        view.released = true;
        Obj pod = told(pod("Never", "c"), Struct.of("name", "c", "state", RUNNING));
        assertThat(status(pod).text("phase")).isEqualTo("Failed");
        assertThat(one(pod, "c").struct("state").struct("terminated").whole("exitCode", 0)).isEqualTo(137);
        Struct well = Struct.of("terminated", Struct.of("exitCode", 0, "reason", "Completed"));
        Obj done = told(pod, Struct.of("name", "c", "state", well));
        assertThat(status(done).text("phase")).isEqualTo("Succeeded");
        assertThat(one(done, "c").struct("state")).isEqualTo(well);
    }

    @Test
    void anInitContainerThatIsNotThereAnyMoreHasEndedWellOnceOthersBegan() {
        put("c", 0, Container.State.RUNNING, 0);
        Obj pod = pod("Always", "c").with(Seq.of(Struct.of("name", "i")), "spec", "initContainers");
        Struct status = status(pod).seq("initContainerStatuses").struct(0);
        assertThat(status.struct("state").struct("terminated").text("reason")).isEqualTo("Completed");
        assertThat(status.flag("ready")).isTrue();
    }

    @Test
    void readinessGatesAreToldOneBesideTheOther() {
        put("c", 0, Container.State.RUNNING, 0);
        Obj pod = pod("Always", "c").with(Seq.of(Struct.of("conditionType", "a"), Struct.of("conditionType", "b")),
                "spec", "readinessGates").with(
                        Struct.of("phase", "Running", "conditions", Seq.of(Struct.of("type", "b",
                                "status", "Unknown"))),
                        "status");
        Struct ready = status(pod).seq("conditions").find("type", "Ready");
        assertThat(ready.text("reason")).isEqualTo("ReadinessGatesNotReady");
        assertThat(ready.text("message")).isEqualTo("corresponding condition of pod readiness gate \"a\" does not"
                + " exist., the status of pod readiness gate \"b\" is not \"True\", but Unknown");
    }

    @Test
    void whatContainersSayIsBoundedTogether() {
        view.words = "é".repeat(4000);
        for (String name : List.of("a", "b", "c", "d")) {
            put(name, 0, Container.State.EXITED, 1);
        }
        assertThat(one(pod("Never", "a", "b", "c", "d"), "a").struct("state").struct("terminated").text("message"))
                .isEqualTo("é".repeat(1536));
    }

    @Test
    void aContainerForDebuggingIsNeitherStartedNorReady() {
        put("e", 0, Container.State.RUNNING, 0);
        Obj pod = pod("Always", "c").with(Seq.of(Struct.of("name", "e")), "spec", "ephemeralContainers");
        Struct status = status(pod).seq("ephemeralContainerStatuses").struct(0);
        assertThat(status.flag("ready")).isFalse();
        assertThat(status.has("started")).isFalse();
    }

    @Test
    void theImageAndTheUserAreToldAsTheRuntimeTellsThem() {
        Struct user = Struct.of("linux", Struct.of("uid", 0, "gid", 0, "supplementalGroups", Seq.of(10)));
        containers.put("c", List.of(new Container("id", "s", "c", 0, Container.State.RUNNING, "sha256:1", Map.of(),
                Map.of(), Container.End.NONE, Struct.of("image", "docker.io/library/busybox:1", "user", user))));
        Struct status = one(pod("Always", "c"), "c");
        assertThat(status.text("image")).isEqualTo("docker.io/library/busybox:1");
        assertThat(status.text("imageID")).isEqualTo("sha256:1");
        assertThat(status.struct("user")).isEqualTo(user);
    }

    private Struct one(Obj pod, String name) {
        return status(pod).seq("containerStatuses").find("name", name);
    }

    private Struct status(Obj pod) {
        boolean found = containers.isEmpty() && !pod.status().text("phase").equals("Running");
        return PodStatus.of(pod, new PodRuntime(found ? List.of()
                : List.of(new Sandbox("s", 0, true, Instant.EPOCH, List.of(), Map.of(), Map.of())), containers), view);
    }

    private static Obj told(Obj pod, Struct status) {
        return pod.with(Struct.of("phase", "Running", "containerStatuses", Seq.of(status)), "status");
    }

    private void put(String name, int attempt, Container.State state, int exitCode) {
        Container.End end = new Container.End(Instant.EPOCH, Instant.EPOCH, Instant.EPOCH, exitCode, "", "", "");
        containers.put(name, List.of(new Container("id-" + name, "s", name, attempt, state, "", Map.of(), Map.of(),
                end)));
    }

    private static Obj pod(String policy, String... names) {
        return Obj.of(Struct.of("metadata", Struct.of("name", "p"), "spec", Struct.of("restartPolicy", policy,
                "containers", Seq.copyOf(List.of(names).stream().map(n -> Struct.of("name", n)).toList()))));
    }
}
