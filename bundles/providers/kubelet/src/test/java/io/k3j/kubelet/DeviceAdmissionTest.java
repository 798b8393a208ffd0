package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.componentapi.Health;
import io.k3j.kuberuntime.ConfigError;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.podallocation.CriticalPodAdmission;
import io.k3j.podallocation.CurrentNode;
import io.k3j.podallocation.NodeAllocations;
import io.k3j.podallocation.NodeCpus;
import io.k3j.podallocation.NodeDevices;
import io.k3j.podallocation.NodeFit;
import io.k3j.podallocation.NodeMemory;
import io.k3j.podallocation.NodeResources;
import io.k3j.podallocation.NodeTopology;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Pods with devices on a node whose plug-in has not registered again: pod `a` has one of it since the kubelet before.
class DeviceAdmissionTest {
    private static final String RESOURCE = "example.com/gpu";
    private final FakeApi api = FakeApi.live();
    private final ManualClock clock = new ManualClock();
    @TempDir
    private Path root;
    private NodeDevices devices;
    private PodAdmission node;

    @BeforeEach
    void begin() throws IOException {
        Files.createDirectories(root.resolve("device-plugins"));
        Files.writeString(root.resolve("device-plugins/kubelet_internal_checkpoint"), """
                {"Data":{"PodDeviceEntries":[{"PodUID":"a","ContainerName":"c","ResourceName":"example.com/gpu",
                "DeviceIDs":{"-1":["d0"]},"AllocResp":""}],"RegisteredDevices":{"example.com/gpu":["d0"]}},
                "Checksum":1}""");
        Struct allocatable = Struct.of("cpu", "2", "memory", "1Gi", "pods", "9", RESOURCE, "0");
        api.seed(ReferencedObjects.NODES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", "n", "labels", Struct.of("disk", "ssd")), "status",
                Struct.of("allocatable", allocatable))));
        devices = NodeDevices.of(root, clock, Health.none(), () -> {
        }, () -> {
            throw new AssertionError("nobody runs here");
        });
        NodeFit fit = new NodeFit(new CurrentNode(api, "n", clock.monotonic()), new NodeAllocations(2000, 1L << 30),
                () -> CriticalPodAdmission.Node.EMPTY, devices::raised);
        node = new PodAdmission(List.of(), false, fit, pod -> Optional.empty(),
                new NodeResources(devices, NodeCpus.none(), NodeMemory.none(), NodeTopology.none(),
                        Optional.empty()));
    }

    @AfterEach
    void end() {
        devices.close();
        api.close();
    }

    private static Struct container() {
        return Struct.of("name", "c", "resources",
                Struct.of("limits", Struct.of(RESOURCE, "1"), "requests", Struct.of(RESOURCE, "1")));
    }

    private static Obj pod(String uid) {
        return Obj.of(Struct.of("metadata", Struct.of("name", uid, "uid", uid), "spec",
                Struct.of("containers", Seq.of(container()))));
    }

    private String refusal(Obj pod) {
        return node.refusal(pod).map(w -> w.reason() + ": " + w.message()).orElse("");
    }

    @Test
    void aPodThatHasItsDevicesFitsWhateverTheNodeSays() {
        assertThat(refusal(pod("a"))).isEmpty();
        assertThat(devices.of(pod("a"), container()).applied(Struct.EMPTY).isEmpty()).isTrue();
    }

    @Test
    void anotherIsToldThatThereAreNone() {
        assertThat(refusal(pod("b"))).isEqualTo("UnexpectedAdmissionError: Allocate failed due to no healthy devices"
                + " present; cannot allocate unhealthy devices example.com/gpu, which is unexpected");
        assertThatThrownBy(() -> devices.of(pod("b"), container())).isInstanceOf(ConfigError.class)
                .hasMessageContaining("no healthy devices present");
    }

    @Test
    void whoDoesNotFitForAnotherReasonGivesThemBack() {
        assertThat(refusal(pod("a").with(Struct.of("disk", "hdd"), "spec", "nodeSelector")))
                .startsWith("NodeAffinity");
        assertThat(devices.raised(Struct.of("cpu", "1"))).isEqualTo(Struct.of("cpu", "1"));
    }

    @Test
    void theNodeSaysThatThereAreNoneUntilThePlugInComesAgain() {
        assertThat(devices.told().capacity()).containsEntry(RESOURCE, 0L);
        assertThat(devices.raised(Struct.of("cpu", "1"))).isEqualTo(Struct.of("cpu", "1", RESOURCE, "1"));
        assertThat(devices.raised(Struct.EMPTY).isEmpty()).isTrue();
        node.ended("a");
        assertThat(devices.raised(Struct.of("cpu", "1"))).as("its containers may still run")
                .isEqualTo(Struct.of("cpu", "1", RESOURCE, "1"));
        node.resources().ended("a");
        assertThat(devices.raised(Struct.of("cpu", "1"))).isEqualTo(Struct.of("cpu", "1"));
    }
}
