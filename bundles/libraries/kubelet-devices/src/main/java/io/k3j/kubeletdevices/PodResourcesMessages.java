package io.k3j.kubeletdevices;

import io.k3j.protobufwire.WireIn;
import io.k3j.protobufwire.WireOut;
import java.util.List;

/// The messages of the pod resources API, by the field numbers of its `v1`
/// (<https://github.com/kubernetes/kubelet/blob/master/pkg/apis/podresources/v1/api.proto>). A test compares them with
/// the released file. Pure.
final class PodResourcesMessages {
    private static final int EXPECTED = 4096;

    private PodResourcesMessages() {
    }

    /// A device, with the NUMA nodes it is near to.
    record GivenDevice(String resource, String id, List<Long> nodes) {
    }

    /// A container and what it alone has.
    record ContainerResources(String name, List<GivenDevice> devices, List<Integer> cpus,
            List<ExclusiveMemory.Block> memory) {
    }

    /// A pod and what its containers have.
    record PodResources(String name, String namespace, List<ContainerResources> containers) {
        /// The same in `v1alpha1`, which has names and ids of devices alone.
        PodResources old() {
            return new PodResources(name, namespace, containers.stream().map(c -> new ContainerResources(c.name(),
                    c.devices().stream().map(d -> new GivenDevice(d.resource(), d.id(), List.of())).toList(),
                    List.of(), List.of())).toList());
        }
    }

    /// `GetPodResourcesRequest`.
    record Asked(String name, String namespace) {
    }

    static Asked asked(byte[] message) {
        WireIn in = new WireIn(message);
        String name = "";
        String namespace = "";
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> name = in.text();
                case 2 -> namespace = in.text();
                default -> in.skip();
            }
        }
        return new Asked(name, namespace);
    }

    /// `ListPodResourcesResponse`, and with one pod `GetPodResourcesResponse`.
    static byte[] pods(List<PodResources> pods) {
        WireOut out = new WireOut(EXPECTED);
        for (PodResources pod : pods.reversed()) {
            int mark = out.mark();
            for (ContainerResources container : pod.containers().reversed()) {
                int inner = out.mark();
                memory(out, 4, container.memory());
                numbers(out, 3, container.cpus());
                devices(out, 2, container.devices());
                text(out, 1, container.name());
                out.message(3, inner);
            }
            text(out, 2, pod.namespace());
            text(out, 1, pod.name());
            out.message(1, mark);
        }
        return out.bytes();
    }

    /// `AllocatableResourcesResponse`.
    static byte[] allocatable(List<GivenDevice> devices, List<Integer> cpus, List<ExclusiveMemory.Block> memory) {
        WireOut out = new WireOut(EXPECTED);
        memory(out, 3, memory);
        numbers(out, 2, cpus);
        devices(out, 1, devices);
        return out.bytes();
    }

    /// `ContainerDevices`, one for each device, as upstream writes them.
    private static void devices(WireOut out, int field, List<GivenDevice> devices) {
        for (GivenDevice device : devices.reversed()) {
            int mark = out.mark();
            topology(out, device.nodes());
            text(out, 2, device.id());
            text(out, 1, device.resource());
            out.message(field, mark);
        }
    }

    /// `ContainerMemory`.
    private static void memory(WireOut out, int field, List<ExclusiveMemory.Block> blocks) {
        for (ExclusiveMemory.Block block : blocks.reversed()) {
            int mark = out.mark();
            topology(out, block.nodes());
            if (block.size() != 0) {
                out.number(2, block.size());
            }
            text(out, 1, block.type());
            out.message(field, mark);
        }
    }

    private static void topology(WireOut out, List<Long> nodes) {
        if (!nodes.isEmpty()) {
            int topology = out.mark();
            nodes.reversed().forEach(node -> node(out, node));
            out.message(3, topology);
        }
    }

    private static void node(WireOut out, long id) {
        int mark = out.mark();
        if (id != 0) {
            out.number(1, id);
        }
        out.message(1, mark);
    }

    /// Not packed, which every reader takes.
    private static void numbers(WireOut out, int field, List<Integer> all) {
        all.reversed().forEach(number -> out.number(field, number));
    }

    private static void text(WireOut out, int field, String text) {
        if (!text.isEmpty()) {
            out.text(field, text);
        }
    }
}
