package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.Query;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.kuberuntime.Labels;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Two pods of one name: the old one still ends while the next one is there.
class PodWorkersTest extends PodScene {
    @Test
    void aPodThatDoesNotFitFailsWithTheReasonAndAnEvent() throws Exception {
        Obj pod = pod("a", spec(container("c").with("resources", Struct.of("requests", Struct.of("cpu", "1000k")))));
        until(() -> now(pod).status().text("phase").equals("Failed"));
        String message = "Node didn't have enough resource: cpu, requested: 1000000000, used: 0, capacity: 2000";
        assertThat(now(pod).status().text("reason")).isEqualTo("OutOfcpu");
        assertThat(now(pod).status().text("message")).isEqualTo("Pod was rejected: " + message);
        assertThat(now(pod).status().has("containerStatuses")).isFalse();
        assertThat(metrics()).contains("kubelet_admission_rejections_total{reason=\"OutOfcpu\"} 1\n");
        until(() -> {
            tools.events().step();
            return api.list(BuiltinResources.EVENTS, Query.ALL).items().stream()
                    .anyMatch(e -> e.tree().text("reason").equals("OutOfcpu")
                            && e.tree().text("message").equals(message));
        });
        assertThat(runtime.sandboxes(Map.of())).isEmpty();
        Obj next = pod("b", spec(container("c").with("resources", Struct.of("requests", Struct.of("cpu", "2")))));
        until(() -> ready(next));
    }

    @Test
    void aPodThatWasDeletedByForceGivesItsRoomToTheNextOneWhileItEnds() throws Exception {
        Obj old = pod("a", spec(large("c")));
        until(() -> ready(old));
        CountDownLatch end = new CountDownLatch(1);
        runtime.stubborn.put("c", end);
        api.vanish(ReferencedObjects.PODS, old.key());
        until(() -> called("stop c"));
        Obj next = pod("b", spec(large("d")));
        until(() -> ready(next));
        assertThat(runtime.containers(Labels.ofPod(old.uid()))).isNotEmpty().allMatch(Container::running);
        end.countDown();
        until(() -> !workers.knows(old.uid()));
        assertThat(tools.room().shortage(next.with("e", "metadata", "uid"), Struct.EMPTY)).isPresent();
    }

    /// What asks for all of the node's CPUs, and a host port.
    private static Struct large(String name) {
        return container(name).with("resources", Struct.of("requests", Struct.of("cpu", "2"))).with("ports",
                Seq.of(Struct.of("containerPort", 80, "hostPort", 8080)));
    }

    @Test
    void noPodOfTheApiIsStatic() throws Exception {
        Obj pod = pod("a", spec(container("c").with("resources", Struct.of("requests", Struct.of("cpu", "9")))),
                Struct.of(Labels.CONFIG_SOURCE, "file"));
        until(() -> now(pod).status().text("reason").equals("OutOfcpu"));
    }

    @Test
    void aPodOutlivesAnErrorNobodyThoughtOf() throws Exception {
        runtime.brokenSandboxes.set(1);
        Obj pod = pod("a", spec(container("c")));
        until(() -> ready(pod));
    }

    @Test
    void aPodOutlivesAnErrorInItsVolumes() throws Exception {
        AtomicInteger reads = new AtomicInteger();
        reading = resource -> {
            if (resource.equals(ReferencedObjects.CLAIMS) && reads.incrementAndGet() == 1) {
                throw new NoClassDefFoundError("a class that cannot be loaded");
            }
        };
        Struct claimed = Struct.of("name", "v", "persistentVolumeClaim", Struct.of("claimName", "absent"));
        pod("a", spec(container("c").with("volumeMounts",
                Seq.of(Struct.of("name", "v", "mountPath", "/v")))).with("volumes", Seq.of(claimed)));
        until(() -> reads.get() > 1);
    }

    @Test
    void volumesThatTakeLongerThanTheKubeletStartNothing() throws Exception {
        Struct claim = Struct.of("namespace", "default", "name", "d", "uid", "u-d");
        api.seed(ReferencedObjects.VOLUMES, Obj.of(Struct.of("metadata", Struct.of("name", "pv"), "spec",
                Struct.of("hostPath", Struct.of("path", directory.toString()), "claimRef", claim))));
        api.seed(ReferencedObjects.CLAIMS, Obj.of(Struct.of("metadata", claim,
                "spec", Struct.of("volumeName", "pv"), "status", Struct.of("phase", "Bound"))));
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        reading = resource -> {
            if (resource.equals(ReferencedObjects.CLAIMS)) {
                asked.countDown();
                await(answer);
            }
        };
        Struct claimed = Struct.of("name", "v", "persistentVolumeClaim", Struct.of("claimName", "d"));
        pod("a", spec(container("c").with("volumeMounts",
                Seq.of(Struct.of("name", "v", "mountPath", "/v")))).with("volumes", Seq.of(claimed)));
        until(() -> asked.getCount() == 0 && !runtime.sandboxes(Map.of()).isEmpty());
        closed.countDown();
        answer.countDown();
        workers.stop(STOP);
        assertThat(called("create")).isFalse();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aPodThatSomebodyCallsAMirrorStillEnds() throws Exception {
        Obj pod = pod("a", spec(container("c")));
        until(() -> ready(pod));
        api.seed(ReferencedObjects.PODS, now(pod).with("x", "metadata", "annotations", Labels.CONFIG_MIRROR));
        terminate(pod, 1);
        until(() -> api.find(ReferencedObjects.PODS, pod.key()).isEmpty());
    }

    @Test
    void aNameIsThatOfThePodWhichTheApiHas() throws Exception {
        replace();
        workers.remove("a");
        assertThat(workers.knows("a")).isTrue();
        assertThat(workers.find("default", "p").orElseThrow().pod().uid()).isEqualTo("b");
    }

    @Test
    void containersStartOneAfterTheOtherAlsoWhenAnImageHasToBePulled() throws Exception {
        runtime.absent.add("image:slow");
        CountDownLatch pull = new CountDownLatch(1);
        runtime.pulling = image -> {
            await(pull);
            runtime.absent.remove(image);
        };
        pod("a", spec(container("first").with("image", "image:slow"), container("second")));
        until(() -> called("pull image:slow"));
        pull.countDown();
        until(() -> called("start second"));
        assertThat(runtime.calls.stream().filter(c -> c.startsWith("start"))).containsExactly("start first",
                "start second");
    }

    @Test
    void aPodThatIsDeletedDoesNotWaitForItsHook() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        runtime.executing = command -> {
            begun.countDown();
            closed.await();
        };
        Struct hook = Struct.of("postStart", Struct.of("exec", Struct.of("command", Seq.of("wait"))));
        Obj pod = pod("a", spec(container("c").with("lifecycle", hook), container("d")));
        assertThat(begun.await(1, TimeUnit.MINUTES)).isTrue();
        terminate(pod, 5);
        until(() -> called("stop c"));
        assertThat(called("start d")).as("behind the hook").isFalse();
        assertThat(api.calls()).noneMatch(c -> c.contains("FailedPostStartHook"));
    }

    @Test
    void anotherImageIsTriedAtOnce() throws Exception {
        Obj pod = pod("a", spec(container("c")));
        for (int i = 1; i <= 2; i++) {
            int starts = i;
            until(() -> runtime.calls.stream().filter("start c"::equals).count() == starts);
            runtime.exit("c", 1);
            workers.wakeAll();
        }
        until(() -> now(pod).status().seq("containerStatuses").struct(0).struct("state").struct("waiting")
                .text("reason").equals("CrashLoopBackOff"));
        api.seed(ReferencedObjects.PODS, now(pod).with(Seq.of(container("c").with("image", "image:2")), "spec",
                "containers"));
        until(() -> runtime.calls.stream().filter("start c"::equals).count() == 3);
    }

    @Test
    void nobodyIsSentToAPodWhoseSidecarsTakeTheirTimeToEnd() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        runtime.stubborn.put("s", end);
        Obj pod = pod("a", spec(container("c")).with("restartPolicy", "Never").with("initContainers",
                Seq.of(container("s").with("restartPolicy", "Always"))));
        until(() -> ready(pod));
        runtime.exit("c", 0);
        workers.wakeAll();
        until(() -> !ready(pod));
        assertThat(now(pod).status().text("phase")).isEqualTo("Running");
        end.countDown();
        until(() -> now(pod).status().text("phase").equals("Succeeded"));
    }

    @Test
    void aPodThatStartedIsCountedOnce() throws Exception {
        Obj pod = pod("a", spec(container("c"), container("d")));
        until(() -> ready(pod));
        until(() -> metrics().contains("kubelet_pod_start_duration_seconds_count 1\n"));
        workers.wakeAll();
        until(() -> metrics().contains("kubelet_pod_worker_duration_seconds_count{operation_type=\"update\"}"));
        assertThat(metrics()).contains("kubelet_pod_worker_duration_seconds_count{operation_type=\"create\"} 1\n",
                "kubelet_pod_start_duration_seconds_count 1\n", "kubelet_started_pods_total 1\n",
                "kubelet_started_pods_errors_total 0\n",
                "kubelet_started_containers_total{container_type=\"container\"} 2\n");
    }

    private String metrics() {
        return workers.metrics().text(TreeMap::new, tools.admission().rejections());
    }

    @Test
    void aPodWhoseNameAnotherPodHasNowIsTerminated() throws Exception {
        replace();
        until(() -> called("stop c"));
    }

    private void replace() throws InterruptedException {
        Obj old = seed("a");
        until(() -> ready(old));
        runtime.stubborn.put("c", new CountDownLatch(1));
        seed("b");
        until(() -> workers.knows("b"));
    }

    private Obj seed(String uid) {
        return api.seed(ReferencedObjects.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", "p", "namespace", "default", "uid", uid, "generation", 1), "spec",
                spec(container("c")).with("nodeName", "n"), "status", Struct.of("phase", "Pending"))));
    }
}
