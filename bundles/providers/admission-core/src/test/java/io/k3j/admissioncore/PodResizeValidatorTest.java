package io.k3j.admissioncore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PodResizeValidatorTest {
    private final Stage stage = new Stage();
    private final PodResizeValidator plugin = new PodResizeValidator(stage.world);

    @AfterEach
    void close() {
        stage.close();
    }

    private void node(String system) {
        stage.seed(Listers.NODES, Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", "n", "labels", Struct.of("kubernetes.io/os", system)), "status",
                Struct.of("allocatable", Struct.of("cpu", "4", "memory", "1Gi"))));
    }

    private static Struct pod(String node, String cpu, String memory) {
        Struct resources = Struct.of("requests", Struct.of("cpu", cpu, "memory", memory));
        return Stage.object("Pod", "p", Struct.of("nodeName", node, "overhead", Struct.of("cpu", "500m"), "containers",
                Seq.of(Struct.of("name", "c", "image", "x", "resources", resources))));
    }

    private void resized(Struct before, Struct after) {
        Write plain = stage.write(Operation.UPDATE, Listers.PODS, "Pod", Caller.ANONYMOUS);
        Write resize = new Write(Operation.UPDATE, plain.kind(), "resize", plain.key(), Optional.of(before),
                plain.caller(), false, Struct.EMPTY);
        assertThat(plugin.handles(plain)).isFalse();
        assertThat(plugin.handles(resize)).isTrue();
        plugin.validate(resize, after);
    }

    @Test
    void moreThanTheNodeHasForPodsIsRefused() {
        node("linux");
        Struct before = pod("n", "1", "1Mi");
        assertThatCode(() -> resized(before, pod("n", "3500m", "1Gi"))).doesNotThrowAnyException();
        assertThatThrownBy(() -> resized(before, pod("n", "3600m", "2Gi")))
                .hasMessageEndingWith("is forbidden: node didn't have enough allocatable resources: cpu,"
                        + " requested: 4100,"
                        + " allocatable: 4000; memory, requested: 2147483648, allocatable: 1073741824")
                .isInstanceOfSatisfying(ApiFault.class, e -> {
                    assertThat(e.code()).isEqualTo(403);
                    assertThat(e.details().seq("causes")).isEqualTo(Seq.of(Struct.of("reason", "NodeCapacity")));
                });
    }

    @Test
    void whatThePodAsksForAsAWholeCounts() {
        node("linux");
        Struct before = pod("n", "1", "1Mi");
        Struct whole = before.withAt(Struct.of("requests", Struct.of("cpu", "8")), "spec", "resources");
        assertThatThrownBy(() -> resized(before, whole))
                .hasMessageContaining("cpu, requested: 8500, allocatable: 4000");
    }

    @Test
    void onlyNodesOfLinuxResize() {
        node("windows");
        Struct before = pod("n", "1", "1Mi");
        assertThatThrownBy(() -> resized(before, pod("n", "2", "1Mi"))).hasMessageEndingWith("is forbidden: pod resize"
                + " is"
                + " only supported on linux nodes, node \"n\" is \"windows\"");
    }

    @Test
    void podsWithoutANodeAndChangesOfNothingPass() {
        Struct bound = pod("n", "1", "1Mi");
        assertThatThrownBy(() -> resized(bound, pod("n", "2", "1Mi"))).hasMessageContaining("node \"n\" not found");
        assertThatCode(() -> resized(bound, bound)).doesNotThrowAnyException();
        assertThatCode(() -> resized(pod("", "1", "1Mi"), pod("", "9", "1Mi"))).doesNotThrowAnyException();
    }
}
