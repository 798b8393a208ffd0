package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.kuberuntime.Labels;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// Two pods of one name: the old one still ends while the next one is there.
class PodWorkersTest extends PodScene {
    @Test
    void aPodOutlivesAnErrorNobodyThoughtOf() throws Exception {
        runtime.brokenSandboxes.set(1);
        Obj pod = pod("a", spec(container("c")));
        until(() -> ready(pod));
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
