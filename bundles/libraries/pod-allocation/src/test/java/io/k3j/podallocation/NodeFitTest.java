package io.k3j.podallocation;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.kuberuntime.Labels;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import io.k3j.testkitbase.Waiting;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A node with two CPUs, 1 GiB of memory, two pods, four of an extended resource.
class NodeFitTest {
    private static final String SELECTOR = "NodeAffinity: Predicate NodeAffinity failed: node(s) didn't match Pod's"
            + " node affinity/selector";
    private final FakeApi api = FakeApi.live();
    private final ManualClock clock = new ManualClock();
    private final NodeFit fit = new NodeFit(new CurrentNode(api, "n", clock.monotonic()),
            new NodeAllocations(2000, 1L << 30));

    @BeforeEach
    void register() {
        api.seed(ReferencedObjects.NODES, node());
    }

    @AfterEach
    void end() {
        api.close();
    }

    private static Obj node() {
        Struct allocatable = Struct.of("cpu", "2", "memory", "1Gi", "pods", "2", "ephemeral-storage", "10Gi",
                "example.com/gpu", "4");
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", "n", "labels", Struct.of("disk", "ssd")), "status",
                Struct.of("allocatable", allocatable)));
    }

    private static Obj pod(String uid, Struct requests) {
        Struct container = Struct.of("name", "c", "resources", Struct.of("requests", requests));
        return Obj.of(Struct.of("metadata", Struct.of("name", uid, "uid", uid), "spec",
                Struct.of("containers", Seq.of(container))));
    }

    private static Obj pod(String uid) {
        return pod(uid, Struct.EMPTY);
    }

    private String refusal(Obj pod) {
        return fit.refusal(pod).map(w -> w.reason() + ": " + w.message()).orElse("");
    }

    @ParameterizedTest
    @CsvSource({"cpu, 1500m, 1500, 1500, 2000", "memory, 600Mi, 629145600, 629145600, 1073741824",
            "ephemeral-storage, 6Gi, 6442450944, 6442450944, 10737418240", "example.com/gpu, 3, 3, 3, 4"})
    void aPodThatAsksForMoreThanIsLeftIsRefused(String what, String amount, long asked, long used, long most) {
        assertThat(refusal(pod("a", Struct.of(what, amount)))).isEmpty();
        assertThat(refusal(pod("a", Struct.of(what, amount)))).isEmpty();
        assertThat(refusal(pod("b", Struct.of(what, amount)))).isEqualTo("OutOf" + what + ": Node didn't have enough"
                + " resource: " + what + ", requested: " + asked + ", used: " + used + ", capacity: " + most);
    }

    @Test
    void whatThisNodeDoesNotCountIsNotRefusedForItsSake() {
        assertThat(refusal(pod("a", Struct.of("example.com/license", "1")))).isEmpty();
        assertThat(refusal(pod("b", Struct.of("hugepages-2Mi", "2Mi")))).startsWith("OutOfhugepages-2Mi: ");
    }

    @Test
    void podsAreCounted() {
        assertThat(refusal(pod("a"))).isEmpty();
        assertThat(refusal(pod("b"))).isEmpty();
        assertThat(refusal(pod("c"))).isEqualTo(
                "OutOfpods: Node didn't have enough resource: pods, requested: 1, used: 2, capacity: 2");
    }

    @Test
    void criticalPodsForWhichNoRoomCanBeMadeAreRefused() {
        Obj large = pod("a", Struct.of("cpu", "8"));
        assertThat(refusal(large)).startsWith("OutOfcpu: ");
        String none = "UnexpectedAdmissionError: Unexpected error while attempting to recover from admission failure: "
                + "preemption: error finding a set of pods to preempt: no set of running pods found to reclaim "
                + "resources: [(res: cpu, q: 6000), ]";
        assertThat(refusal(large.with(2_000_000_000L, "spec", "priority"))).isEqualTo(none);
        assertThat(refusal(large.with("file", "metadata", "annotations", Labels.CONFIG_SOURCE))).isEqualTo(none);
    }

    @Test
    void aNodeThatIsNotSelectedRefuses() {
        Obj pod = pod("a").with("hdd", "spec", "nodeSelector", "disk");
        assertThat(refusal(pod)).isEqualTo(SELECTOR);
        Struct term = Struct.of("matchExpressions",
                Seq.of(Struct.of("key", "disk", "operator", "NotIn", "values", Seq.of("ssd"))));
        Obj affine = pod("b").with(Seq.of(term), "spec", "affinity", "nodeAffinity",
                "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms");
        assertThat(refusal(affine)).isEqualTo(SELECTOR);
        assertThat(refusal(pod("c").with("ssd", "spec", "nodeSelector", "disk"))).isEmpty();
    }

    @Test
    void aLabelThatWasJustSetCounts() {
        assertThat(refusal(pod("a"))).isEmpty();
        api.seed(ReferencedObjects.NODES, api.get(ReferencedObjects.NODES, node().key()).with("eu", "metadata",
                "labels", "zone"));
        assertThat(refusal(pod("b").with("eu", "spec", "nodeSelector", "zone"))).isEmpty();
    }

    @Test
    void taintsThatEndExecutionRefuse() {
        Seq taints = Seq.of(Struct.of("key", "k", "effect", "NoExecute"),
                Struct.of("key", "s", "effect", "NoSchedule"));
        api.seed(ReferencedObjects.NODES,
                api.get(ReferencedObjects.NODES, node().key()).with(taints, "spec", "taints"));
        assertThat(refusal(pod("a"))).isEqualTo("TaintToleration: Predicate TaintToleration failed: node(s) had taints"
                + " that the pod didn't tolerate");
        assertThat(refusal(pod("b").with(Seq.of(Struct.of("key", "k", "operator", "Exists")), "spec", "tolerations")))
                .isEmpty();
        assertThat(refusal(pod("c").with("file", "metadata", "annotations", Labels.CONFIG_SOURCE))).isEmpty();
    }

    @Test
    void withoutANodeOnlyTheMachineCounts() {
        NodeFit alone = new NodeFit(new CurrentNode(api, "unknown", clock.monotonic()),
                new NodeAllocations(2000, 1L << 30));
        assertThat(alone.refusal(pod("a", Struct.of("cpu", "2", "x.io/y", "1")))).isEmpty();
        assertThat(alone.refusal(pod("b", Struct.of("cpu", "1"))).orElseThrow().reason()).isEqualTo("OutOfcpu");
        assertThat(PodResources.requests(pod("c", Struct.of("cpu", "1500m", "memory", "1Ki"))))
                .isEqualTo(Map.of("cpu", 1500L, "memory", 1024L));
    }

    @Test
    void aStaticPodDoesNotWaitForAnApiThatHangs() throws Exception {
        HangingApi hanging = new HangingApi();
        NodeFit behind = new NodeFit(new CurrentNode(hanging.client(), "n", clock.monotonic()),
                new NodeAllocations(2000, 1L << 30));
        Thread waits = Thread.ofPlatform().start(() -> behind.refusal(pod("a")));
        hanging.asked.await();
        Obj fixed = pod("b").with("file", "metadata", "annotations", Labels.CONFIG_SOURCE);
        try {
            assertThat(CompletableFuture.supplyAsync(() -> behind.refusal(fixed)).get(1, TimeUnit.MINUTES)).isEmpty();
        } finally {
            hanging.answer.countDown();
            waits.join();
        }
    }

    @Test
    void whoHasWaitedForAQuestionThatFailsDoesNotAskAgain() throws Exception {
        HangingApi hanging = new HangingApi();
        CurrentNode node = new CurrentNode(hanging.client(), "n", clock.monotonic());
        Thread asks = Thread.ofPlatform().start(node::now);
        hanging.asked.await();
        Thread waits = Thread.ofPlatform().start(node::now);
        Waiting.until("a second one who asks", () -> waits.getState() == Thread.State.BLOCKED);
        hanging.answer.countDown();
        asks.join();
        waits.join();
        assertThat(hanging.questions).hasValue(1);
    }

    /// Does not answer before the latch opens, and then that it is not there.
    private static final class HangingApi {
        private final CountDownLatch asked = new CountDownLatch(1);
        private final CountDownLatch answer = new CountDownLatch(1);
        private final AtomicInteger questions = new AtomicInteger();

        ApiClient client() {
            return (ApiClient) Proxy.newProxyInstance(ApiClient.class.getClassLoader(),
                    new Class<?>[] {ApiClient.class}, (proxy, method, arguments) -> {
                        questions.incrementAndGet();
                        asked.countDown();
                        answer.await();
                        throw ApiFault.unavailable("planted");
                    });
        }
    }
}
