package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.kubeletoptions.KubeletOptions;
import io.k3j.kuberuntime.Labels;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class TerminationTest extends PodScene {
    private static Struct sidecar(String name) {
        return container(name).with("restartPolicy", "Always");
    }

    @Test
    void aKubeletThatStopsLeavesAPodInItsPreStopHookAsItIs() throws Exception {
        Obj pod = pod("p", spec(container("c").with("lifecycle", Struct.of("preStop",
                Struct.of("sleep", Struct.of("seconds", 3600))))));
        until(() -> ready(pod));
        CountDownLatch over = new CountDownLatch(1);
        ContainerKiller killer = new ContainerKiller(tools, over::countDown);
        killer.kill(pod, runtime.all().getFirst(), Duration.ofHours(2), "");
        closed.countDown();
        over.await();
        assertThat(called("stop")).isFalse();
        assertThat(runtime.all().getFirst().running()).isTrue();
    }

    @Test
    void allContainersAreRestartedByARuleInTheirSandboxAndWithoutHooks() throws Exception {
        Struct rules = Struct.of("action", "RestartAllContainers", "exitCodes",
                Struct.of("operator", "In", "values", Seq.of(42)));
        Struct hook = Struct.of("preStop", Struct.of("sleep", Struct.of("seconds", 3600)));
        Obj pod = pod("p", spec(container("a").with("restartPolicy", "Never").with("restartPolicyRules", Seq.of(rules)),
                container("b").with("lifecycle", hook)).with("restartPolicy", "Never"));
        until(() -> ready(pod));
        runtime.exit("a", 42);
        workers.wakeAll();
        until(() -> ready(pod) && now(pod).status().seq("containerStatuses").structs().stream()
                .allMatch(c -> c.whole("restartCount", 0) == 1));
        assertThat(called("stop b 2")).isTrue();
        assertThat(runtime.all().stream().map(c -> c.sandbox()).distinct()).hasSize(1);
        assertThat(now(pod).status().seq("conditions").find("type", "AllContainersRestarting").text("status"))
                .isEqualTo("False");
    }

    @Test
    void aPodEndsWhenItsActiveDeadlineIsOver() throws Exception {
        Obj pod = pod("p", spec(container("c")).with("activeDeadlineSeconds", 1));
        until(() -> ready(pod));
        clock.advance(Duration.ofSeconds(1));
        until(() -> now(pod).status().text("reason").equals("DeadlineExceeded"));
    }

    @Test
    void readinessIsProbedWhileAPodEnds() throws Exception {
        Struct probe = Struct.of("exec", Struct.of("command", Seq.of("readiness")), "periodSeconds", 1,
                "failureThreshold", 1);
        Obj pod = pod("p", spec(container("c").with("readinessProbe", probe)));
        runtime.stubborn.put("c", new CountDownLatch(1));
        until(() -> ready(pod));
        terminate(pod, 30);
        until(() -> called("stop c"));
        assertThat(ready(pod)).isTrue();
        runtime.commands.put("readiness", 1);
        until(() -> !ready(pod));
        runtime.commands.put("readiness", 0);
        until(() -> ready(pod));
    }

    @Test
    void sidecarsEndAfterAllOthersTheLastOneFirstInTheTimeThatIsLeft() throws Exception {
        Obj pod = pod("p", spec(container("c")).with("initContainers", Seq.of(sidecar("s"), sidecar("t"))));
        until(() -> ready(pod));
        CountDownLatch main = new CountDownLatch(1);
        CountDownLatch last = new CountDownLatch(1);
        runtime.stubborn.put("c", main);
        runtime.stubborn.put("t", last);
        terminate(pod, 5);
        until(() -> called("stop c"));
        clock.advance(Duration.ofSeconds(2));
        main.countDown();
        until(() -> called("stop t"));
        assertThat(called("stop s")).isFalse();
        last.countDown();
        until(() -> api.find(ReferencedObjects.PODS, pod.key()).isEmpty());
        List<String> stops = runtime.calls.stream().filter(c -> c.startsWith("stop ")).toList();
        assertThat(stops).containsExactly("stop c 5", "stop t 3", "stop s 3");
    }

    @Test
    void allContainersHaveTheDeadlineOfThePodHoweverLongItTakesToBegin() throws Exception {
        Obj pod = pod("p", spec(container("c")).with("initContainers", Seq.of(sidecar("s"))));
        until(() -> ready(pod));
        Thread killing = Thread.currentThread();
        runtime.looked = () -> {
            if (Thread.currentThread() == killing) {
                runtime.looked = () -> {
                };
                clock.advance(Duration.ofSeconds(2));
            }
        };
        new ContainerKiller(tools, () -> {
        }).killAll(pod, runtime.all(), Duration.ofSeconds(5));
        until(() -> called("stop s"));
        assertThat(called("stop s 3")).isTrue();
    }

    @Test
    void sidecarsAreNotWaitedForWhenTheTimeIsOver() throws Exception {
        Obj pod = pod("p", spec(container("c")).with("initContainers", Seq.of(sidecar("s"))));
        until(() -> ready(pod));
        runtime.stubborn.put("c", new CountDownLatch(1));
        terminate(pod, 1);
        until(() -> called("stop s 2"));
    }

    @Test
    void oldSandboxesGoWithTheirContainers() throws Exception {
        Obj pod = pod("p", spec(container("c")));
        until(() -> ready(pod));
        for (int i = 1; i < 5; i++) {
            String old = runtime.sandboxes(Labels.ofPod(pod.uid())).getLast().id();
            runtime.stopSandbox(old);
            until(() -> {
                clock.advance(KubeletOptions.LONGEST_BACK_OFF);
                workers.wakeAll();
                Container newest = runtime.all().getLast();
                return newest.running() && !newest.sandbox().equals(old);
            });
        }
        until(() -> {
            workers.wakeAll();
            return runtime.sandboxes(Labels.ofPod(pod.uid())).size() == 2;
        });
        assertThat(runtime.all()).extracting(Container::running).containsExactly(false, true);
    }

    @Test
    void containersThatNeverStartedGoToo() throws Exception {
        runtime.failingStarts.set(4);
        Obj pod = pod("p", spec(container("c")));
        until(() -> {
            clock.advance(KubeletOptions.LONGEST_BACK_OFF);
            workers.wakeAll();
            return ready(pod);
        });
        until(() -> {
            workers.wakeAll();
            return runtime.all().size() == 2;
        });
    }

    @Test
    void anImageThatIsAlwaysPulledIsPulledForEveryStart() throws Exception {
        Obj pod = pod("p", spec(container("c").with("imagePullPolicy", "Always")));
        until(() -> ready(pod));
        runtime.exit("c", 1);
        workers.wakeAll();
        until(() -> runtime.all().size() == 2 && runtime.all().getLast().running());
        assertThat(runtime.calls.stream().filter(c -> c.startsWith("pull"))).hasSize(2);
    }

    @Test
    void whoEndsWellBecauseItIsRestartedIsStartedAgain() throws Exception {
        Struct probe = Struct.of("exec", Struct.of("command", Seq.of("liveness")), "periodSeconds", 1,
                "initialDelaySeconds", 1,
                "failureThreshold", 1);
        Obj pod = pod("p", spec(container("c").with("livenessProbe", probe)).with("restartPolicy", "OnFailure"));
        runtime.exitCode = 0;
        until(() -> ready(pod));
        CountDownLatch healed = new CountDownLatch(1);
        runtime.stubborn.put("c", healed);
        runtime.commands.put("liveness", 1);
        until(() -> called("stop c"));
        runtime.commands.clear();
        runtime.stubborn.clear();
        healed.countDown();
        until(() -> runtime.all().size() == 2 && ready(pod));
    }

    @Test
    void aStaticPodThatReplacesAnotherWaitsForItsEnd() throws Exception {
        Obj before = fixed("one");
        runtime.stubborn.put("c", new CountDownLatch(1));
        workers.put(before);
        until(() -> called("start c"));
        workers.remove("one");
        workers.put(fixed("two"));
        assertThat(workers.knows("two")).isFalse();
        until(() -> called("stop c"));
        runtime.stubborn.remove("c").countDown();
        until(() -> runtime.containers(Labels.ofPod("two")).stream().anyMatch(Container::running));
        assertThat(runtime.containers(Labels.ofPod("one"))).isEmpty();
    }

    @Test
    void aStaticPodWhoseFileWasChangedWhileThereWasNoKubeletStartsAfterTheOldOne() throws Exception {
        runtime.stubborn.put("c", new CountDownLatch(1));
        workers.put(fixed("one"));
        until(() -> called("start c"));
        workers.stop(STOP);
        workers = new PodWorkers(tools);
        workers.putStatic(fixed("two"));
        assertThat(workers.knows("two")).isFalse();
        until(() -> called("stop c"));
        runtime.stubborn.remove("c").countDown();
        until(() -> runtime.containers(Labels.ofPod("two")).stream().anyMatch(Container::running));
        assertThat(runtime.containers(Labels.ofPod("one"))).isEmpty();
    }

    private static Obj fixed(String uid) {
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata", Struct.of("name", "fixed-n",
                "namespace", "default", "uid", uid, "annotations", Struct.of(Labels.CONFIG_SOURCE, "file")), "spec",
                spec(container("c")).with("nodeName", "n")));
    }
}
