package io.k3j.kubeletdevices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.streaming.GrpcFailure;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitcsi.DevicePlugin;
import io.k3j.testkitcsi.KubeletClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a monitor is told of the devices of pods.
class PodResourcesServerTest extends DeviceScene {
    /// One of two is the first container's.
    private static final class TwoCpus implements ExclusiveCpus {
        @Override
        public List<Integer> of(String pod, String container) {
            return container.equals("c") ? List.of(1) : List.of();
        }

        @Override
        public List<Integer> allocatable() {
            return List.of(0, 1);
        }
    }

    /// The first container's memory is of both NUMA nodes.
    private static final class BothNodes implements ExclusiveMemory {
        @Override
        public List<Block> memory(String pod, String container) {
            return container.equals("c") ? List.of(new Block("memory", 3L << 30, List.of(0L, 1L))) : List.of();
        }

        @Override
        public List<Block> allocatableMemory() {
            return List.of(new Block("hugepages-2Mi", 2L << 20, List.of(1L)));
        }
    }

    @Test
    void aMonitorIsToldWhoHasWhat() throws Exception {
        DevicePlugin plugin = registered(2);
        plugin.list(DevicePlugin.device("d0", true, 0, 1), DevicePlugin.device("d1", true));
        Obj pod = pod("a", container("c", 1), Struct.of("name", "other"));
        Waiting.until("its nodes are known", () -> manager.allocatable().get(RESOURCE).get("d0").nodes().size() == 2);
        assertThat(refusal(pod)).isEmpty();
        Path socket = root.resolve("pod-resources/kubelet.sock");
        try (PodResourcesServer server = new PodResourcesServer(root, manager, new TwoCpus(), new BothNodes(),
                () -> List.of(pod));
                KubeletClient monitor = new KubeletClient(socket)) {
            loop(() -> server.run(closed()));
            Waiting.until("it listens", () -> Files.exists(socket));
            Struct d0 = Struct.of("resource_name", RESOURCE, "device_ids", Seq.of("d0"), "topology",
                    Struct.of("nodes", Seq.of(Struct.EMPTY, Struct.of("ID", 1))));
            Struct memory = Struct.of("memory_type", "memory", "size", 3L << 30, "topology",
                    Struct.of("nodes", Seq.of(Struct.EMPTY, Struct.of("ID", 1))));
            Struct d1 = Struct.of("resource_name", RESOURCE, "device_ids", Seq.of("d1"));
            Struct has = Struct.of("name", "a", "namespace", "default", "containers",
                    Seq.of(Struct.of("name", "c", "devices", Seq.of(d0), "cpu_ids", Seq.of(1), "memory",
                            Seq.of(memory)),
                            Struct.of("name", "other")));
            assertThat(monitor.list().seq("pod_resources").structs()).containsExactly(has);
            assertThat(monitor.oldList().seq("pod_resources").struct(0).seq("containers").struct(0))
                    .isEqualTo(Struct.of("name", "c", "devices", Seq.of(d0.without("topology"))));
            assertThat(monitor.get("default", "a").struct("pod_resources")).isEqualTo(has);
            assertThat(monitor.allocatable().seq("devices").structs()).containsExactly(d0, d1);
            assertThat(monitor.allocatable().seq("cpu_ids")).containsExactly(0L, 1L);
            assertThat(monitor.allocatable().seq("memory").structs()).containsExactly(Struct.of("memory_type",
                    "hugepages-2Mi", "size", 2L << 20, "topology", Struct.of("nodes", Seq.of(Struct.of("ID", 1)))));
            assertThatThrownBy(() -> monitor.get("default", "b")).isInstanceOf(GrpcFailure.class)
                    .hasMessage("pod b in namespace default not found");
        }
    }
}
