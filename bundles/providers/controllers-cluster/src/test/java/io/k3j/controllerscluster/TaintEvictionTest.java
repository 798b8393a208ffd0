package io.k3j.controllerscluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TaintEvictionTest {
    private static final String BROKEN = "example.com/broken";
    private final Stage stage = new Stage(TaintEviction::add);

    private Obj pod() {
        return stage.one(BuiltinResources.PODS, "p");
    }

    /// The finalizer keeps the pod, so that it can be looked at.
    @Test
    void whatTheKubeletHasSaidMeanwhileStays() {
        stage.api.seed(BuiltinResources.NODES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", "node-1"), "spec",
                Struct.of("taints", Seq.of(Struct.of("key", BROKEN, "effect", "NoExecute"))))));
        Struct toleration = Struct.of("key", BROKEN, "operator", "Exists", "tolerationSeconds", 60L);
        stage.api.seed(BuiltinResources.PODS, Stage.workload("v1", "Pod", "p",
                Struct.of("nodeName", "node-1", "tolerations", Seq.of(toleration)))
                .with(Seq.of("example.com/keep"), "metadata", "finalizers"));
        stage.settle();
        stage.api.seed(BuiltinResources.PODS,
                pod().with(Seq.of(Struct.of("type", "Ready", "status", "True")), "status", "conditions"));
        stage.clock.advance(Duration.ofSeconds(61));
        assertThat(stage.desk.step()).as("before it sees that").isTrue();
        assertThat(stage.api.get(BuiltinResources.PODS, new Key("default", "p")).status().seq("conditions").structs())
                .extracting(c -> c.text("type")).containsExactlyInAnyOrder("Ready", "DisruptionTarget");
    }
}
