package io.k3j.admissioncore;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PodTopologyLabelsTest {
    private final Stage stage = new Stage();
    private final PodTopologyLabels plugin = new PodTopologyLabels(stage.world);

    @AfterEach
    void close() {
        stage.close();
    }

    private void node() {
        stage.seed(Listers.NODES, Struct.of("apiVersion", "v1", "kind", "Node", "metadata", Struct.of("name", "n",
                "labels", Struct.of("topology.kubernetes.io/zone", "z", "topology.kubernetes.io/region", "r",
                        "example.com/rack", "7"))));
    }

    private Write binding() {
        Write plain = stage.creates(Listers.PODS, "Pod");
        return new Write(Operation.CREATE, plain.kind(), "binding", plain.key(), plain.before(), plain.caller(), false,
                Struct.EMPTY);
    }

    private static Struct to(String kind, String name) {
        return Struct.of("apiVersion", "v1", "kind", "Binding", "metadata", Struct.of("name", "p", "labels",
                Struct.of("topology.kubernetes.io/zone", "own")), "target", Struct.of("kind", kind, "name", name));
    }

    @Test
    void aBoundPodHasZoneAndRegionOfItsNode() {
        node();
        assertThat(plugin.handles(binding())).isTrue();
        Struct admitted = plugin.admit(binding(), to("Node", "n"));
        Struct pod = Stage.pod(Struct.EMPTY).withAt("web", "metadata", "labels", "app")
                .withAt("old", "metadata", "labels", "topology.kubernetes.io/zone");
        assertThat(PodBinding.bound(Obj.of(pod), admitted).labels()).isEqualTo(Map.of("app", "web",
                "topology.kubernetes.io/zone", "z", "topology.kubernetes.io/region", "r"));
    }

    @Test
    void aPodThatIsMadeForANodeHasThemFromTheBeginning() {
        node();
        Struct pod = stage.admitted(plugin, Listers.PODS, Stage.pod(Struct.of("nodeName", "n")));
        assertThat(pod.struct("metadata").struct("labels").texts()).isEqualTo(
                Map.of("topology.kubernetes.io/zone", "z", "topology.kubernetes.io/region", "r"));
    }

    @Test
    void whatNamesNoKnownNodeStaysAsItIs() {
        Struct waiting = Stage.pod(Struct.EMPTY);
        assertThat(stage.admitted(plugin, Listers.PODS, waiting)).isEqualTo(waiting);
        Struct unknown = Stage.pod(Struct.of("nodeName", "n"));
        assertThat(stage.admitted(plugin, Listers.PODS, unknown)).isEqualTo(unknown);
        node();
        Struct other = to("Machine", "n");
        assertThat(plugin.admit(binding(), other)).isEqualTo(other);
        Write update = stage.write(Operation.UPDATE, Listers.PODS, "Pod", Caller.ANONYMOUS);
        assertThat(plugin.handles(update)).as("an update leaves labels alone").isFalse();
    }
}
