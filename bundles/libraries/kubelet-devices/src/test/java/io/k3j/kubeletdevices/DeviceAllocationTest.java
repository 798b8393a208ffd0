package io.k3j.kubeletdevices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.kubelettopology.NumaSupply;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitcsi.DevicePlugin;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/// Devices from what a pod asks for to what its containers are given.
class DeviceAllocationTest extends DeviceScene {
    @Test
    void nobodyIsGivenWhatAnotherHas() throws Exception {
        DevicePlugin plugin = registered(3);
        assertThat(refusal(pod("a", container("c", 2)))).isEmpty();
        assertThat(refusal(pod("b", container("c", 2)))).isEqualTo("requested number of devices"
                + " unavailable for example.com/device. Requested: 2, Available: 1");
        assertThat(refusal(pod("d", container("c", 1)))).isEmpty();
        assertThat(ids("a", "c")).containsExactly("d0", "d1");
        assertThat(ids("b", "c")).isEmpty();
        assertThat(ids("d", "c")).containsExactly("d2");
        assertThat(plugin.requests("Allocate").getFirst().seq("container_requests").struct(0).seq("devices_ids")
                .texts()).containsExactly("d0", "d1");
    }

    @Test
    void aPodIsGivenAllOrNothing() throws Exception {
        registered(2);
        assertThat(refusal(pod("a", container("c", 1), container("e", 2)))).contains("Requested: 2, Available: 1");
        assertThat(ids("a", "c")).isEmpty();
        assertThat(refusal(pod("b", container("c", 2)))).isEmpty();
    }

    /// As while a driver of dynamic resources takes the place of a plug-in.
    @Test
    void whatAPodHasByAClaimNoPlugInIsAskedFor() throws Exception {
        registered(1);
        assertThat(refusal(pod("a", container("c", 1)))).isEmpty();
        Obj claimed = pod("b", container("c", 1)).with(Struct.of("resourceClaimName", "x", "requestMappings",
                Seq.of(Struct.of("containerName", "c", "resourceName", RESOURCE, "requestName", "r"))), "status",
                "extendedResourceClaimStatus");
        assertThat(refusal(claimed)).isEmpty();
        assertThat(ids("b", "c")).isEmpty();
        assertThat(refusal(pod("d", container("c", 1)))).contains("Requested: 1, Available: 0");
    }

    @Test
    void whatAPodHadIsFreeWhenItEnds() throws Exception {
        registered(1);
        assertThat(refusal(pod("a", container("c", 1)))).isEmpty();
        manager.ended("a");
        assertThat(refusal(pod("b", container("c", 1)))).isEmpty();
    }

    /// Whose end this kubelet did not see.
    @Test
    void whatAPodHadIsFreeOnceItIsNotAmongTheLiving() throws Exception {
        registered(1);
        assertThat(refusal(pod("a", container("c", 1)))).isEmpty();
        living = Optional.of(Set.of("b"));
        Waiting.until("it is free", () -> ids("a", "c").isEmpty());
    }

    @Test
    void unhealthyDevicesAreNotGiven() throws Exception {
        DevicePlugin plugin = registered(1);
        plugin.list(DevicePlugin.device("d0", false));
        Waiting.until("it is unhealthy", () -> allocatable() == 0);
        assertThat(refusal(pod("a", container("c", 1)))).isEqualTo("no healthy devices present;"
                + " cannot allocate unhealthy devices example.com/device");
        assertThat(refusal(pod("b", container("c", 0)))).isEmpty();
    }

    @Test
    void containersOfAPodUseWhatItsInitContainersHad() throws Exception {
        registered(3);
        Obj pod = pod("a", container("c", 2)).with(Seq.of(container("i", 3),
                container("side", 1).with("restartPolicy", "Always")), "spec", "initContainers");
        assertThat(refusal(pod)).isEmpty();
        assertThat(ids("a", "i")).hasSize(3);
        assertThat(ids("a", "side")).hasSize(1);
        assertThat(ids("a", "c")).hasSize(2).doesNotContainAnyElementsOf(ids("a", "side"));
    }

    @Test
    void aContainerIsGivenWhatThePlugInSays() throws Exception {
        DevicePlugin plugin = registered(1);
        plugin.answer("Allocate", Struct.of("container_responses", Seq.of(Struct.of("envs",
                Struct.of("VISIBLE", "d0", "OWN", "plug-in"), "mounts",
                Seq.of(Struct.of("container_path", "/lib/x", "host_path", "/opt/x", "read_only", true)), "devices",
                Seq.of(Struct.of("container_path", "/dev/x0", "host_path", "/dev/y0", "permissions", "rw")),
                "annotations", Struct.of("vendor/a", "1"), "cdi_devices",
                Seq.of(Struct.of("name", "vendor.com/gpu=0"))))));
        Obj pod = pod("a", container("c", 1));
        assertThat(refusal(pod)).isEmpty();
        Struct config = manager.of(pod, container("c", 1)).applied(Struct.of("envs",
                Seq.of(Struct.of("key", "OWN", "value", "pod")), "mounts",
                Seq.of(Struct.of("containerPath", "/etc/hosts")), "annotations", Struct.of("k", "v")));
        assertThat(config.seq("envs").structs()).containsExactlyInAnyOrder(Struct.of("key", "VISIBLE", "value", "d0"),
                Struct.of("key", "OWN", "value", "pod"));
        assertThat(config.seq("mounts").structs()).containsExactly(
                Struct.of("containerPath", "/lib/x", "hostPath", "/opt/x", "readonly", true, "propagation",
                        "PROPAGATION_PRIVATE"),
                Struct.of("containerPath", "/etc/hosts"));
        assertThat(config.seq("devices").structs()).containsExactly(
                Struct.of("containerPath", "/dev/x0", "hostPath", "/dev/y0", "permissions", "rw"));
        assertThat(config.struct("annotations").texts()).containsEntry("vendor/a", "1").containsEntry("k", "v");
        assertThat(config.seq("CDIDevices").structs()).containsExactly(Struct.of("name", "vendor.com/gpu=0"));
    }

    @Test
    void aPlugInSaysWhichItWouldGive() throws Exception {
        DevicePlugin plugin = plugin("p.sock", 4);
        plugin.answer("GetDevicePluginOptions", Struct.of("get_preferred_allocation_available", true));
        plugin.answer("GetPreferredAllocation", Struct.of("container_responses",
                Seq.of(Struct.of("deviceIDs", Seq.of("d3", "made-up", "d1")))));
        register("p.sock", RESOURCE);
        Waiting.until("its devices are known", () -> allocatable() == 4);
        assertThat(refusal(pod("a", container("c", 2)))).isEmpty();
        assertThat(ids("a", "c")).containsExactly("d1", "d3");
        Struct asked = plugin.requests("GetPreferredAllocation").getFirst().seq("container_requests").struct(0);
        assertThat(asked.seq("available_deviceIDs").texts()).containsExactly("d0", "d1", "d2", "d3");
        assertThat(asked.whole("allocation_size", 0)).isEqualTo(2);
    }

    @Test
    void devicesNearTheNodesAreTakenFirst() throws Exception {
        DevicePlugin plugin = registered(4);
        plugin.list(DevicePlugin.device("d0", true, 0), DevicePlugin.device("d1", true, 1),
                DevicePlugin.device("d2", true, 0), DevicePlugin.device("d3", true, 1));
        Waiting.until("their nodes are known", () -> manager.allocatable().get(RESOURCE).get("d3").nodes().size() == 1);
        assertThat(manager.request(pod("a", container("c", 2))).supplies(container("c", 2)))
                .containsExactly(new NumaSupply(2, List.of(1L, 2L, 1L, 2L), List.of(1L, 2L, 1L, 2L)));
        nodes = 2;
        assertThat(manager.request(pod("a", container("c", 2))).has()).isFalse();
        assertThat(refusal(pod("a", container("c", 2)))).isEmpty();
        assertThat(ids("a", "c")).containsExactly("d1", "d3");
        assertThat(manager.request(pod("a", container("c", 2))).has()).isTrue();
        assertThat(refusal(pod("b", container("c", 1)))).isEmpty();
        assertThat(ids("b", "c")).containsExactly("d0");
    }

    @Test
    void aPlugInIsAskedBeforeEachStartThatItWantsToPrepare() throws Exception {
        DevicePlugin plugin = plugin("p.sock", 1);
        plugin.answer("GetDevicePluginOptions", Struct.of("pre_start_required", true));
        register("p.sock", RESOURCE);
        Waiting.until("its devices are known", () -> allocatable() == 1);
        Obj pod = pod("a", container("c", 1));
        assertThat(refusal(pod)).isEmpty();
        manager.of(pod, container("c", 1));
        assertThat(plugin.requests("PreStartContainer")).containsExactly(Struct.of("devices_ids", Seq.of("d0")));
        plugin.refuse("PreStartContainer", 9, "not now");
        assertThatThrownBy(() -> manager.of(pod, container("c", 1))).hasMessage("device plugin PreStartContainer rpc"
                + " failed with err: rpc error: code = FailedPrecondition desc = not now");
    }

    @Test
    void aRefusalOfThePlugInIsThePods() throws Exception {
        DevicePlugin plugin = registered(1);
        plugin.refuse("Allocate", 13, "broken");
        assertThat(refusal(pod("a", container("c", 1)))).isEqualTo("rpc error: code = Internal"
                + " desc = broken");
        assertThat(ids("a", "c")).isEmpty();
    }

    /// It is kept, and written with each change.
    @Test
    void anAnswerWithoutMeasureIsRefused() throws Exception {
        DevicePlugin plugin = registered(1);
        plugin.answer("Allocate", Struct.of("container_responses",
                Seq.of(Struct.of("envs", Struct.of("LONG", "x".repeat(300_000))))));
        assertThat(refusal(pod("a", container("c", 1)))).contains("more than 262144");
        assertThat(ids("a", "c")).isEmpty();
    }

    /// While one is asked, others are given the rest; whoever gives up waiting says nothing of the pod.
    @Test
    void aPlugInThatHangsCostsItsOwnPodOnly() throws Exception {
        DevicePlugin plugin = registered(2);
        plugin.fail("Allocate", DevicePlugin.Fault.HANGS);
        CompletableFuture<Thread> asking = new CompletableFuture<>();
        CompletableFuture<String> hanging = CompletableFuture.supplyAsync(() -> {
            asking.complete(Thread.currentThread());
            return refusal(pod("a", container("c", 1)));
        }, r -> Thread.ofVirtual().start(r));
        Waiting.until("it is asked", () -> plugin.requests("Allocate").size() == 1);
        DevicePlugin other = plugin("q.sock", 1);
        register("q.sock", "example.com/other");
        Waiting.until("the other one's are known",
                () -> manager.amounts().allocatable().getOrDefault("example.com/other", 0L) == 1);
        Struct wants = Struct.of("name", "c", "resources", Struct.of("limits", Struct.of("example.com/other", "1")));
        assertThat(refusal(pod("b", wants))).isEmpty();
        assertThat(other.requests("Allocate")).hasSize(1);
        asking.join().interrupt();
        assertThatThrownBy(hanging::join).isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(CancellationException.class);
        assertThat(ids("a", "c")).isEmpty();
    }

    @Test
    void aKubeletThatComesAfterKnowsWhoHasWhat() throws Exception {
        registered(2);
        Obj pod = pod("a", container("c", 1));
        assertThat(refusal(pod)).isEmpty();
        stop();
        start();
        assertThat(ids("a", "c")).containsExactly("d0");
        assertThat(capacity()).isZero();
        assertThat(manager.allocated()).containsEntry(RESOURCE, 1L);
        assertThat(refusal(pod("b", container("c", 1)))).contains("no healthy devices present");
        assertThat(manager.of(pod, container("c", 1))).isNotNull();
        plugin("r.sock", 2);
        register("r.sock", RESOURCE);
        Waiting.until("its devices are known", () -> allocatable() == 2);
        assertThat(refusal(pod("b", container("c", 1)))).isEmpty();
        assertThat(ids("b", "c")).containsExactly("d1");
    }

    /// What a plug-in prepared before the machine began anew is gone.
    @Test
    void afterAnotherBootAPlugInPreparesTheSameDevicesAgain() throws Exception {
        registered(2);
        Obj pod = pod("a", container("c", 1));
        assertThat(refusal(pod)).isEmpty();
        stop();
        boot = "boot-2";
        start();
        assertThatThrownBy(() -> manager.of(pod, container("c", 1))).hasMessage("unknown Device Plugin " + RESOURCE);
        DevicePlugin again = plugin("r.sock", 2);
        register("r.sock", RESOURCE);
        Waiting.until("its devices are known", () -> allocatable() == 2);
        manager.of(pod, container("c", 1));
        assertThat(again.requests("Allocate").getFirst().seq("container_requests").struct(0).seq("devices_ids")
                .texts()).containsExactly("d0");
    }
}
