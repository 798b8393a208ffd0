package io.k3j.workloadrules;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What may become of a pod that is there.
class PodUpdateTest {
    private static final String COST = "controller.kubernetes.io/pod-deletion-cost";
    private static final String MIRROR = "kubernetes.io/config.mirror";
    private final Kit kit = new Kit();

    private Struct pod(String more) {
        return kit.created("""
                apiVersion: v1
                kind: Pod
                metadata: {name: p, namespace: d}
                spec: {nodeName: n, containers: [{name: c, image: i, resources: {requests: {cpu: 1}}}], %s}
                """.formatted(more));
    }

    private Struct pod() {
        return pod("hostname: h");
    }

    private List<String> problems(Struct before, Struct after, String subresource) {
        Write write = kit.write(Operation.UPDATE, after, Optional.of(before), subresource);
        Struct prepared = kit.hooks(after).prepared(write, after);
        return kit.hooks(after).problems(write, prepared).stream().map(FieldProblem::toString).toList();
    }

    private static Struct imaged(Struct pod, String image) {
        Struct container = pod.struct("spec").seq("containers").struct(0).with("image", image);
        return pod.withAt(Seq.of(container), "spec", "containers");
    }

    /// Another release may have taken what this one refuses.
    @Test
    void whatWasTakenStays() {
        Struct odd = pod().withAt("A", "spec", "runtimeClassName");
        assertThat(problems(odd, imaged(odd, "j"), "")).isEmpty();
        assertThat(problems(odd, imaged(odd, " j"), "")).containsExactly(
                "spec.containers[0].image: Invalid value: \" j\": must not have leading or trailing whitespace");
    }

    @Test
    void aPodThatLacksANewerDefaultIsStillWritten() {
        Struct pod = pod();
        Struct container = pod.struct("spec").seq("containers").struct(0).without("terminationMessagePolicy");
        Struct stored = pod.withoutAt("spec", "enableServiceLinks").withAt(Seq.of(container), "spec", "containers");
        assertThat(problems(stored, pod.withAt("b", "metadata", "labels", "a"), "")).isEmpty();
        assertThat(problems(stored, imaged(pod, "j"), "")).isEmpty();
        assertThat(problems(stored, pod.withAt(false, "spec", "enableServiceLinks"), "")).singleElement().asString()
                .endsWith("\nchanged: spec.enableServiceLinks");
    }

    @Test
    void annotationsOfThePodsOwnAreLookedAtWhereTheyChange() {
        Struct odd = pod().withAt("x", "metadata", "annotations", COST);
        String told = "metadata.annotations[" + COST + "]: Invalid value: \"x\": must be a 32bit integer";
        for (String subresource : List.of("", "status", "ephemeralcontainers")) {
            assertThat(problems(pod(), odd, subresource)).containsExactly(told);
            assertThat(problems(odd, odd, subresource)).isEmpty();
        }
    }

    @Test
    void gatesOnlyGo() {
        Struct pod = pod().withoutAt("spec", "nodeName");
        Struct gated = pod.withAt(Seq.of(Struct.of("name", "a.b/c")), "spec", "schedulingGates");
        assertThat(problems(gated, pod, "")).isEmpty();
        assertThat(problems(pod, gated, "")).containsExactly("spec.schedulingGates[0].name: Forbidden: only deletion is"
                + " allowed, but found new scheduling gate 'a.b/c'");
    }

    @Test
    void aPodOfANodesOwnIsNeitherResizedNorDebugged() {
        Struct mirror = pod().withAt("h", "metadata", "annotations", MIRROR);
        assertThat(problems(mirror, mirror, "resize")).containsExactly(": Forbidden: static pods cannot be resized");
        assertThat(problems(mirror, mirror, "ephemeralcontainers"))
                .containsExactly(": Forbidden: static pods do not support ephemeral containers");
        Struct windows = pod("os: {name: windows}");
        assertThat(problems(windows, windows, "resize"))
                .containsExactly(": Forbidden: windows pods cannot be resized");
    }

    @Test
    void aNodeThatTellsNothingOfResourcesCannotResize() {
        Struct runs = Struct.of("name", "c", "state", Struct.of("running", Struct.EMPTY));
        Struct pod = pod().withAt(Seq.of(runs), "status", "containerStatuses");
        assertThat(problems(pod, pod, "resize"))
                .containsExactly("spec: Forbidden: Pod running on node without support for resize");
        Struct able = pod().withAt(Seq.of(runs.with("resources", Struct.EMPTY)), "status", "containerStatuses");
        assertThat(problems(able, able, "resize")).isEmpty();
    }

    @Test
    void theClassOfAPodStaysWhenItIsResized() {
        Struct pod = pod();
        Struct full = Struct.of("cpu", "1", "memory", "1Gi");
        Struct container = pod.struct("spec").seq("containers").struct(0).with("resources",
                Struct.of("requests", full, "limits", full));
        assertThat(problems(pod, pod.withAt(Seq.of(container), "spec", "containers"), "resize")).containsExactly(
                "spec: Invalid value: \"Burstable\": Pod QOS Class may not change as a result of resizing");
    }
}
