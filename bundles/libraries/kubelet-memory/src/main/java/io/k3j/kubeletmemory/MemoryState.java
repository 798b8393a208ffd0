package io.k3j.kubeletmemory;

import io.k3j.apimachinery.Fnv;
import io.k3j.codec.Json;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Upstream's `memory_manager_state` in the form that all its versions read, so that a stock kubelet on the same disk
/// goes on from it. A value; pure.
///
/// @param policy `Static` or `None`
/// @param machine NUMA nodes by number
/// @param entries blocks by pod and container
record MemoryState(String policy, Map<Integer, MemoryNode> machine,
        Map<String, Map<String, List<MemoryBlock>>> entries) {
    private static final String POLICY = "policyName";
    private static final String MACHINE = "machineState";
    private static final String ENTRIES = "entries";
    /// What a kubelet wrote that keeps its whole state as text beside the form of older ones.
    private static final String DATA = "data";
    /// What upstream calls the state in its checksum.
    private static final String TYPE = "MemoryManagerCheckpoint";
    /// What kubelets of 1.36 may call it, which older ones do not read.
    private static final String OF_136 = TYPE + "V1";

    MemoryState {
        machine = new TreeMap<>(machine);
        entries = new TreeMap<>(entries);
    }

    byte[] bytes() {
        Struct.Builder nodes = Struct.builder();
        machine.forEach((number, node) -> nodes.put(number.toString(), node.json()));
        Struct.Builder pods = Struct.builder();
        entries.forEach((pod, containers) -> {
            Struct.Builder one = Struct.builder();
            new TreeMap<>(containers).forEach((name, blocks) -> one.put(name, Seq.copyOf(blocks.stream()
                    .map(MemoryState::json).toList())));
            pods.put(pod, one.build());
        });
        return Json.bytes(Struct.builder().put(POLICY, policy).put(MACHINE, nodes.build())
                .putUnlessEmpty(ENTRIES, pods.build()).put("checksum", checksum(TYPE)).build());
    }

    private static Struct json(MemoryBlock block) {
        return Struct.of("numaAffinity", Seq.copyOf(block.nodes().stream().map(Integer::longValue).toList()), "type",
                block.type(), "size", block.size());
    }

    /// FNV-1a of 32 bits over the value as Go's `spew` prints it with `%#v`, sorted keys and without methods.
    private long checksum(String type) {
        String nodes = machine.entrySet().stream().map(e -> e.getKey() + ":" + e.getValue().printed())
                .collect(Collectors.joining(" "));
        String pods = entries.entrySet().stream()
                .map(e -> e.getKey() + ":map[" + new TreeMap<>(e.getValue()).entrySet().stream()
                        .map(c -> c.getKey() + ":[" + c.getValue().stream().map(MemoryState::printed)
                                .collect(Collectors.joining(" ")) + "]")
                        .collect(Collectors.joining(" ")) + "]")
                .collect(Collectors.joining(" "));
        return Fnv.hash32("(*state." + type + "){PolicyName:(string)" + policy
                + " MachineState:(state.NUMANodeMap)map[" + nodes + "] Entries:(state.ContainerMemoryAssignments)map["
                + pods + "] Checksum:(checksum.Checksum)0}");
    }

    private static String printed(MemoryBlock block) {
        return "{NUMAAffinity:([]int)" + MemoryNode.numbers(block.nodes()) + " Type:(v1.ResourceName)" + block.type()
                + " Size:(uint64)" + block.size() + "}";
    }

    /// Reads the form of all versions, or the text of a newer one, which wins as it does there. A checksum of 0 counts
    /// as right, as upstream.
    /// @throws IllegalArgumentException when it is none, or its checksum is not that of its content
    static MemoryState read(byte[] bytes) {
        Struct root = Json.object(bytes);
        if (root.has(DATA)) {
            String data = root.text(DATA);
            check(Fnv.hash32("(string)" + data), root.whole("dataChecksum", -1));
            return state(Json.object(data.getBytes(StandardCharsets.UTF_8)));
        }
        MemoryState read = state(root);
        long checksum = root.whole("checksum", -1);
        if (checksum != 0 && checksum != read.checksum(OF_136)) {
            check(read.checksum(TYPE), checksum);
        }
        return read;
    }

    private static void check(long actual, long expected) {
        if (actual != expected) {
            throw new IllegalArgumentException("its checksum is not that of its content");
        }
    }

    private static MemoryState state(Struct root) {
        Map<Integer, MemoryNode> machine = new TreeMap<>();
        Struct nodes = root.struct(MACHINE);
        nodes.names().forEach(number -> machine.put(Integer.valueOf(number), MemoryNode.read(nodes.struct(number))));
        Map<String, Map<String, List<MemoryBlock>>> entries = new TreeMap<>();
        Struct pods = root.struct(ENTRIES);
        for (String pod : pods.names()) {
            Map<String, List<MemoryBlock>> containers = new TreeMap<>();
            Struct all = pods.struct(pod);
            all.names().forEach(name -> containers.put(name,
                    all.seq(name).structs().stream().map(MemoryState::block).toList()));
            entries.put(pod, containers);
        }
        return new MemoryState(root.text(POLICY), machine, entries);
    }

    private static MemoryBlock block(Struct block) {
        return new MemoryBlock(block.seq("numaAffinity").stream().map(MemoryNode::number).toList(),
                block.text("type"), block.whole("size", 0));
    }
}
