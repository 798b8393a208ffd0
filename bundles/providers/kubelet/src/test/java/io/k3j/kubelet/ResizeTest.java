package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.Query;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// In-place resize on a node with two CPUs and 1 GiB of memory.
class ResizeTest extends PodScene {
    @Test
    void theStatusHasAllocatedAndEffectiveResources() throws Exception {
        Struct resources = amounts("100m", "64Mi");
        Obj pod = pod("p", spec(container("c").with("resources", resources)));
        until(() -> ready(pod));
        assertThat(status(pod).struct("allocatedResources")).isEqualTo(resources.struct("requests"));
        assertThat(status(pod).struct("resources")).isEqualTo(resources);
        until(() -> now(pod).status().struct("resources").equals(resources));
        assertThat(now(pod).status().struct("allocatedResources")).isEqualTo(resources.struct("requests"));
        Obj plain = pod("plain", spec(container("c")));
        until(() -> ready(plain));
        assertThat(status(plain).has("resources")).isTrue();
        assertThat(status(plain).has("allocatedResources")).isFalse();
        assertThat(now(plain).status().struct("resources").isEmpty()).isTrue();
        assertThat(now(plain).status().has("resources")).isTrue();
        assertThat(now(plain).status().has("allocatedResources")).isFalse();
    }

    @Test
    void aResizeUpdatesTheContainerAndThePodCgroup() throws Exception {
        Obj pod = started(amounts("100m", "64Mi"));
        resize(pod, amounts("200m", "128Mi"));
        until(() -> status(pod).struct("resources").equals(amounts("200m", "128Mi")));
        assertThat(status(pod).struct("allocatedResources")).isEqualTo(amounts("200m", "128Mi").struct("requests"));
        assertThat(runtime.calls).anyMatch(c -> c.startsWith("update c ") && c.contains("cpuQuota: 20000")
                && c.contains("memoryLimitInBytes: 134217728"));
        until(() -> condition(pod, "PodResizeInProgress").isEmpty());
        String json = "{\"containers\":[{\"name\":\"c\",\"resources\":"
                + "{\"limits\":{\"cpu\":\"200m\",\"memory\":\"128Mi\"},"
                + "\"requests\":{\"cpu\":\"200m\",\"memory\":\"128Mi\"}}}],\"generation\":2}";
        until(() -> event("ResizeStarted").equals("Pod resize started: " + json));
        until(() -> event("ResizeCompleted").equals("Pod resize completed: " + json));
        assertThat(Files.readString(directory.resolve("cgroup/memory" + tools.cgroups().parent(pod)
                + "/memory.limit_in_bytes"))).isEqualTo("134217728");
        assertThat(status(pod).whole("restartCount", 9)).isZero();
    }

    /// The API takes none that is larger than the Node; what the Node says may become less.
    @Test
    void aRequestAboveTheNodesCapacityIsDeferred() throws Exception {
        Obj pod = started(amounts("100m", "64Mi"));
        resize(pod, amounts("3", "64Mi"));
        until(() -> !condition(pod, "PodResizePending").isEmpty());
        Struct pending = condition(pod, "PodResizePending");
        assertThat(pending.text("reason")).isEqualTo("Deferred");
        assertThat(pending.text("message"))
                .isEqualTo("Node didn't have enough resource: cpu, requested: 3000, used: 0, capacity: 2000");
        assertThat(pending.whole("observedGeneration", 0)).isEqualTo(2);
        assertThat(status(pod).struct("resources")).isEqualTo(amounts("100m", "64Mi"));
        until(() -> event("ResizeDeferred").equals("Pod resize OutOfcpu: {\"containers\":[{\"name\":\"c\","
                + "\"resources\":"
                + "{\"limits\":{\"cpu\":\"3\",\"memory\":\"64Mi\"},\"requests\":{\"cpu\":\"3\",\"memory\":\"64Mi\"}}}],"
                + "\"generation\":2,\"error\":\"Node didn't have enough resource: cpu, requested: 3000, used: 0,"
                + " capacity: 2000\"}"));
        resize(pod, amounts("100m", "64Mi"));
        until(() -> condition(pod, "PodResizePending").isEmpty());
        assertThat(called("update")).isFalse();
    }

    @Test
    void aRequestIsDeferredWhileOtherPodsUseTheRoom() throws Exception {
        Obj other = pod("other", spec(container("o").with("resources", amounts("1500m", "64Mi"))));
        until(() -> ready(other));
        Obj pod = started(amounts("100m", "64Mi"));
        resize(pod, amounts("1", "64Mi"));
        until(() -> condition(pod, "PodResizePending").text("reason").equals("Deferred"));
        terminate(other, 1);
        until(() -> {
            workers.wakeAll();
            return status(pod).struct("resources").equals(amounts("1", "64Mi"));
        });
    }

    @Test
    void whoIsMoreImportantGetsTheRoomThatOthersWaitedForLonger() throws Exception {
        Obj other = pod("other", spec(container("o").with("resources", amounts("1500m", "64Mi"))));
        until(() -> ready(other));
        Obj plain = pod("plain", spec(container("c").with("resources", amounts("100m", "64Mi"))));
        Obj important = pod("important", spec(container("c").with("resources", amounts("100m", "64Mi")))
                .with("priority", 5L));
        until(() -> ready(plain) && ready(important));
        resize(plain, amounts("1500m", "64Mi"));
        until(() -> condition(plain, "PodResizePending").text("reason").equals("Deferred"));
        resize(important, amounts("1500m", "64Mi"));
        until(() -> condition(important, "PodResizePending").text("reason").equals("Deferred"));
        terminate(other, 1);
        until(() -> {
            workers.wakeAll();
            return status(important).struct("resources").equals(amounts("1500m", "64Mi"));
        });
        assertThat(condition(plain, "PodResizePending").text("reason")).isEqualTo("Deferred");
        resize(important, amounts("100m", "64Mi"));
        until(() -> {
            workers.wakeAll();
            return status(plain).struct("resources").equals(amounts("1500m", "64Mi"));
        });
    }

    @Test
    void theResizePolicyMayRequireARestart() throws Exception {
        Struct policy = Struct.of("resourceName", "memory", "restartPolicy", "RestartContainer");
        Obj pod = pod("p", spec(container("c").with("resources", amounts("100m", "64Mi")).with("resizePolicy",
                Seq.of(policy))));
        until(() -> ready(pod));
        CountDownLatch end = new CountDownLatch(1);
        runtime.stubborn.put("c", end);
        resize(pod, amounts("100m", "96Mi"));
        until(() -> !condition(pod, "PodResizeInProgress").isEmpty());
        assertThat(status(pod).struct("resources")).isEqualTo(amounts("100m", "64Mi"));
        end.countDown();
        until(() -> status(pod).whole("restartCount", 0) == 1 && status(pod).struct("resources")
                .equals(amounts("100m", "96Mi")));
        assertThat(called("update")).isFalse();
        until(() -> condition(pod, "PodResizeInProgress").isEmpty());
    }

    @Test
    void aLimitIsNotLoweredBelowTheUsage() throws Exception {
        Obj pod = started(amounts("100m", "64Mi"));
        runtime.usage.add(new ContainerUsage(runtime.all().getFirst().id(), Map.of(), Instant.now(), 0, 60 << 20,
                60 << 20, 0, 0));
        resize(pod, amounts("100m", "32Mi"));
        until(() -> condition(pod, "PodResizeInProgress").text("reason").equals("Error"));
        String error = "cannot decrease memory limits: [attempting to set pod memory limit (33554432) below current"
                + " usage (62914560), attempting to set container \"c\" memory limit (33554432) below current usage"
                + " (62914560)]";
        assertThat(condition(pod, "PodResizeInProgress").text("message")).isEqualTo(error);
        until(() -> event("ResizeError").startsWith("Pod resize error: {\"containers\":[{\"name\":\"c\","));
        assertThat(event("ResizeError")).endsWith(",\"error\":\"" + error.replace("\"", "\\\"") + "\"}");
        runtime.usage.clear();
        workers.wakeAll();
        until(() -> status(pod).struct("resources").equals(amounts("100m", "32Mi")));
    }

    @Test
    void aResizeTheKernelDoesNotTakeIsAnError() throws Exception {
        Obj pod = started(amounts("100m", "64Mi"));
        Path limit = directory.resolve("cgroup/memory" + tools.cgroups().parent(pod) + "/memory.limit_in_bytes");
        Files.delete(limit);
        Files.createDirectory(limit);
        resize(pod, amounts("100m", "128Mi"));
        until(() -> condition(pod, "PodResizeInProgress").text("reason").equals("Error"));
        assertThat(condition(pod, "PodResizeInProgress").text("message")).contains("memory.limit_in_bytes");
        Files.delete(limit);
        workers.wakeAll();
        until(() -> condition(pod, "PodResizeInProgress").isEmpty());
        assertThat(limit).hasContent("134217728");
    }

    @Test
    void theNextKubeletContinuesFromTheEffectiveResources() throws Exception {
        Obj pod = started(amounts("100m", "64Mi"));
        workers.stop(STOP);
        resize(pod, amounts("200m", "64Mi"));
        workers = new PodWorkers(tools);
        workers.put(now(pod));
        until(() -> status(pod).struct("resources").equals(amounts("200m", "64Mi")));
        assertThat(called("update c")).isTrue();
    }

    @Test
    void aPodAsAWholeIsResized() throws Exception {
        Obj pod = pod("p", spec(container("c")).with("resources", amounts("100m", "64Mi")));
        until(() -> ready(pod));
        assertThat(now(pod).status().struct("resources")).isEqualTo(amounts("100m", "64Mi"));
        assertThat(now(pod).status().struct("allocatedResources"))
                .isEqualTo(amounts("100m", "64Mi").struct("requests"));
        resizePod(pod, amounts("200m", "128Mi"));
        until(() -> now(pod).status().struct("resources").equals(amounts("200m", "128Mi")));
        Path limits = directory.resolve("cgroup/memory" + tools.cgroups().parent(pod));
        assertThat(limits.resolve("memory.limit_in_bytes")).hasContent("134217728");
        assertThat(runtime.calls).as("it has no limits of its own")
                .anyMatch(c -> c.startsWith("update c ") && c.contains("memoryLimitInBytes: 134217728"));
        until(() -> condition(pod, "PodResizeInProgress").isEmpty());
        resizePod(pod, amounts("3", "128Mi"));
        until(() -> condition(pod, "PodResizePending").text("reason").equals("Deferred"));
        assertThat(now(pod).status().struct("allocatedResources"))
                .isEqualTo(amounts("200m", "128Mi").struct("requests"));
        assertThat(status(pod).whole("restartCount", 9)).isZero();
    }

    @Test
    void aPodsLimitIsNotLoweredBelowItsUsage() throws Exception {
        Obj pod = pod("p", spec(container("c")).with("resources", amounts("100m", "64Mi")));
        until(() -> ready(pod));
        runtime.usage.add(new ContainerUsage(runtime.all().getFirst().id(), Map.of(), Instant.now(), 0, 60 << 20,
                60 << 20, 0, 0));
        resizePod(pod, amounts("100m", "32Mi"));
        until(() -> condition(pod, "PodResizeInProgress").text("reason").equals("Error"));
        assertThat(condition(pod, "PodResizeInProgress").text("message"))
                .isEqualTo(
                        "cannot decrease memory limits: attempting to set pod memory limit (33554432) below current usage (62914560)");
        assertThat(now(pod).status().struct("resources")).isEqualTo(amounts("100m", "64Mi"));
        runtime.usage.clear();
        workers.wakeAll();
        until(() -> now(pod).status().struct("resources").equals(amounts("100m", "32Mi")));
    }

    private void resizePod(Obj pod, Struct resources) {
        api.seed(ReferencedObjects.PODS, next(now(pod)).with(resources, "spec", "resources"));
    }

    private static Obj next(Obj pod) {
        return pod.with(pod.generation() + 1, "metadata", "generation");
    }

    private String event(String reason) {
        while (tools.events().step()) {
            // each is written
        }
        return api.list(new Gvr("", "v1", "events"), Query.ALL).items().stream()
                .filter(e -> e.tree().text("reason").equals(reason)).map(e -> e.tree().text("message")).findFirst()
                .orElse("");
    }

    private Obj started(Struct resources) throws InterruptedException {
        Obj pod = pod("p", spec(container("c").with("resources", resources)));
        until(() -> ready(pod));
        return pod;
    }

    private void resize(Obj pod, Struct resources) {
        Obj now = next(now(pod));
        api.seed(ReferencedObjects.PODS,
                now.with(Seq.of(now.spec().seq("containers").struct(0).with("resources", resources)),
                        "spec", "containers"));
    }

    private Struct status(Obj pod) {
        return now(pod).status().seq("containerStatuses").struct(0);
    }

    private Struct condition(Obj pod, String type) {
        return now(pod).status().seq("conditions").find("type", type);
    }

    private static Struct amounts(String cpu, String memory) {
        Struct amounts = Struct.of("cpu", cpu, "memory", memory);
        return Struct.of("requests", amounts, "limits", amounts);
    }
}
