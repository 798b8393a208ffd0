package io.k3j.admissioncore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.componenthelpers.DeclaredFeatures;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NodeDeclaredFeatureValidatorTest {
    private final Stage stage = new Stage();
    private final NodeDeclaredFeatureValidator plugin = new NodeDeclaredFeatureValidator(stage.world);

    @AfterEach
    void close() {
        stage.close();
    }

    private void node(Seq features) {
        stage.seed(Listers.NODES, Struct.of("apiVersion", "v1", "kind", "Node", "metadata", Struct.of("name", "n"),
                "status", Struct.of("declaredFeatures", features)));
    }

    private static Struct pod(String node, String cpu, String quality) {
        Struct resources = Struct.of("requests", Struct.of("cpu", cpu));
        return Stage.object("Pod", "p", Struct.of("nodeName", node, "containers",
                Seq.of(Struct.of("name", "c", "image", "x", "resources", resources))))
                .with("status", Struct.of("qosClass", quality));
    }

    private Write resize(Struct before) {
        Write plain = stage.write(Operation.UPDATE, Listers.PODS, "Pod", Caller.ANONYMOUS);
        return new Write(Operation.UPDATE, plain.kind(), "resize", plain.key(), Optional.of(before), plain.caller(),
                false, Struct.EMPTY);
    }

    private void resized(Struct before, Struct after) {
        assertThat(plugin.handles(resize(before))).isTrue();
        plugin.validate(resize(before), after);
    }

    /// No node of 1.36 declares that, and every one can.
    @Test
    void otherProcessorsOfContainersNeedNothing() {
        node(Seq.EMPTY);
        assertThatCode(() -> resized(pod("n", "1", "Guaranteed"), pod("n", "2", "Guaranteed")))
                .doesNotThrowAnyException();
    }

    @Test
    void otherResourcesOfAPodAsAWholeNeedANodeThatCan() {
        node(Seq.of(DeclaredFeatures.RESTART_ALL));
        Struct before = pod("n", "1", "Burstable");
        Struct after = before.withAt(Struct.of("limits", Struct.of("cpu", "3")), "spec", "resources");
        assertThatThrownBy(() -> resized(before, after))
                .hasMessageContaining("requires features InPlacePodLevelResourcesVerticalScaling which");
        node(DeclaredFeatures.OURS);
        assertThatCode(() -> resized(before, after)).doesNotThrowAnyException();
    }

    @Test
    void otherResourcesOfInitContainersNeedANodeThatCanButNotOfSidecars() {
        node(Seq.of(DeclaredFeatures.POD_RESIZE));
        assertThatThrownBy(() -> resized(initial("1", ""), initial("2", "")))
                .hasMessageContaining("requires features InPlacePodVerticalScalingInitContainers which");
        assertThatCode(() -> resized(initial("1", "Always"), initial("2", "Always"))).doesNotThrowAnyException();
        node(DeclaredFeatures.OURS);
        assertThatCode(() -> resized(initial("1", ""), initial("2", ""))).doesNotThrowAnyException();
    }

    private static Struct initial(String cpu, String restartPolicy) {
        return pod("n", "1", "Burstable").withAt(Seq.of(Struct.of("name", "i", "image", "x", "restartPolicy",
                restartPolicy, "resources", Struct.of("requests", Struct.of("cpu", cpu)))), "spec", "initContainers");
    }

    @Test
    void saysThatThereIsNoSuchNodeAndLetsUnboundPodsPass() {
        Struct more = Struct.of("limits", Struct.of("cpu", "3"));
        Struct bound = pod("n", "1", "Burstable");
        assertThatThrownBy(() -> resized(bound, bound.withAt(more, "spec", "resources")))
                .hasMessageContaining("node \"n\" not found");
        Struct waiting = pod("", "1", "Burstable");
        assertThatCode(() -> resized(waiting, waiting.withAt(more, "spec", "resources"))).doesNotThrowAnyException();
    }
}
