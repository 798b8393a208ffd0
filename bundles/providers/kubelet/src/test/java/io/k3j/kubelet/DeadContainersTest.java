package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.kuberuntime.Labels;
import io.k3j.kuberuntime.PodRuntime;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeadContainersTest extends PodScene {
    @Override
    Map<String, String> arguments() {
        return Map.of("maximum-dead-containers-per-container", "2");
    }

    @Test
    void asManyAreKeptBesideTheNewestAsIsSaid() throws Exception {
        known();
        Struct labels = Struct.of(Labels.POD_UID, "u", Labels.CONTAINER, "c");
        String sandbox = runtime.runSandbox(Struct.of("labels", labels), "");
        for (int attempt = 0; attempt < 5; attempt++) {
            runtime.exit("c", 1);
            runtime.startContainer(runtime.createContainer(sandbox, Struct.of("metadata",
                    Struct.of("name", "c", "attempt", attempt), "labels", labels), Struct.EMPTY));
        }
        Obj pod = Obj.of(Struct.of("metadata", Struct.of("name", "p", "namespace", "default", "uid", "u")));
        new Starter(tools).prune(pod, PodRuntime.read(runtime, "u"));
        assertThat(runtime.all()).extracting(Container::attempt).containsExactly(2, 3, 4);
    }
}
