package io.k3j.controllerscluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import org.junit.jupiter.api.Test;

class NodeTtlTest {
    private final Stage stage = new Stage(NodeTtl::add);

    private void nodes(int from, int to) {
        for (int i = from; i < to; i++) {
            stage.api.seed(BuiltinResources.NODES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                    Struct.of("name", "node-" + i))));
        }
        stage.settle();
    }

    private void noNodes(int from, int to) {
        for (int i = from; i < to; i++) {
            stage.api.vanish(BuiltinResources.NODES, Key.of("node-" + i));
        }
        stage.settle();
    }

    private String ttl() {
        return stage.one(BuiltinResources.NODES, "node-0").annotations().getOrDefault(NodeTtl.ANNOTATION, "");
    }

    @Test
    void theMoreNodesTheLongerAndBackWithSomeFewer() {
        nodes(0, 100);
        assertThat(ttl()).isEqualTo("0");
        nodes(100, 101);
        assertThat(ttl()).isEqualTo("15");
        noNodes(90, 101);
        assertThat(ttl()).as("with 90").isEqualTo("15");
        noNodes(89, 90);
        assertThat(ttl()).as("with 89").isEqualTo("0");
    }
}
