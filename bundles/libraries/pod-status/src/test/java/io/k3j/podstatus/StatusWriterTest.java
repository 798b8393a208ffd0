package io.k3j.podstatus;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.kuberuntime.Labels;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StatusWriterTest {
    private static final Set<Thread.State> SETTLED = EnumSet.of(Thread.State.WAITING, Thread.State.TERMINATED);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final FakeApi api = FakeApi.live();
    private final StatusWriter statuses = new StatusWriter(api, closed);

    @AfterEach
    void close() {
        closed.countDown();
        api.close();
    }

    @Test
    void theFinalStatusIsNotOverwrittenByAnEarlierOne() throws Exception {
        Obj pod = api.create(ReferencedObjects.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", "p", "namespace", "default"))), WriteOptions.PLAIN);
        CountDownLatch slow = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        statuses.offer(pod, newest -> {
            begun.countDown();
            await(slow);
            return Struct.of("phase", "Pending");
        });
        assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
        statuses.offer(pod, newest -> Struct.of("phase", "Running"));
        Thread last = Thread.startVirtualThread(() -> statuses.write(pod, newest -> Struct.of("phase", "Succeeded")));
        for (int i = 0; i < 6000 && !SETTLED.contains(last.getState()); i++) {
            closed.await(10, TimeUnit.MILLISECONDS);
        }
        slow.countDown();
        assertThat(last.join(Duration.ofSeconds(60))).isTrue();
        CompletableFuture<String> phase = new CompletableFuture<>();
        statuses.offer(pod, newest -> {
            Obj now = api.get(ReferencedObjects.PODS, pod.key());
            phase.complete(now.status().text("phase"));
            return now.status();
        });
        assertThat(phase.get(60, TimeUnit.SECONDS)).isEqualTo("Succeeded");
    }

    /// The API server forbids a status that would take an annotation away.
    @Test
    void aPodThatSaysItIsStaticHasAStatusAndKeepsItsAnnotations() {
        Obj pod = api.create(ReferencedObjects.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", "p", "namespace", "default", "annotations",
                        Struct.of(Labels.CONFIG_SOURCE, "file")))),
                WriteOptions.PLAIN);
        api.refuse("update", ReferencedObjects.PODS, ApiFault.forbidden(ReferencedObjects.PODS, "p", "annotations"));
        Obj copy = pod.without("metadata", "annotations", Labels.CONFIG_SOURCE);
        assertThat(statuses.write(copy, newest -> Struct.of("phase", "Running"))).isPresent();
        Obj now = api.get(ReferencedObjects.PODS, pod.key());
        assertThat(now.status().text("phase")).isEqualTo("Running");
        assertThat(now.annotations()).containsEntry(Labels.CONFIG_SOURCE, "file");
    }

    @Test
    void aStaticPodGoesOnAsItsMirrorWasToldAndNothingElseOfThatCounts() {
        Struct annotations = Struct.of(Labels.CONFIG_SOURCE, "file");
        Obj pod = Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", "p", "namespace", "default", "uid", "hash", "annotations", annotations), "spec",
                Struct.of("nodeName", "n")));
        assertThat(statuses.adopted(pod)).as("without a mirror").isEqualTo(pod);
        Struct told = Struct.of("name", "c", "containerID", "containerd://c1", "started", true, "ready", true);
        Obj mirror = api.seed(ReferencedObjects.PODS, pod.without("metadata", "uid")
                .with("hash", "metadata", "annotations", Labels.CONFIG_MIRROR)
                .with(Struct.of("phase", "Failed", "startTime", "2026-01-01T12:00:00Z", "qosClass", "Guaranteed",
                        "containerStatuses",
                        Seq.of(told.with("resources", Struct.of("limits", Struct.of("cpu", "9"))))), "status"));
        assertThat(statuses.adopted(pod).status()).isEqualTo(
                Struct.of("startTime", "2026-01-01T12:00:00Z", "containerStatuses", Seq.of(told)));
        api.refuse("list", ReferencedObjects.PODS, ApiFault.unavailable("away"));
        assertThat(statuses.adopted(pod)).isEqualTo(pod);
        api.seed(ReferencedObjects.PODS, mirror.with("other", "metadata", "annotations", Labels.CONFIG_MIRROR));
        assertThat(statuses.adopted(pod)).as("of another version").isEqualTo(pod);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
