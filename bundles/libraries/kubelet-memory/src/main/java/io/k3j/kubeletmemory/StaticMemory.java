package io.k3j.kubeletmemory;

import io.k3j.durablefiles.DurableFiles;
import io.k3j.kubelettopology.HintProvider;
import io.k3j.kubelettopology.TopologyHint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Who has how much memory of which NUMA nodes, as upstream's policy `Static`. What is chosen is written before it
/// counts. Any thread; blocks for the disk where something changes. See
/// <https://kubernetes.io/docs/tasks/administer-cluster/memory-manager/>.
public final class StaticMemory {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubeletmemory");
    private static final String POLICY = "Static";
    private static final String MODE = "rw-------";
    private static final long MOST_BYTES = 16 << 20;
    private final Path file;
    private final MemoryTopology topology;
    private final ReservedMemory reserved;
    /// By pod and container; guarded by this.
    private final Map<String, Map<String, List<MemoryBlock>>> entries = new TreeMap<>();

    /// Reads what a kubelet before has written. What cannot be read, or is of nodes that have gone, counts as nothing,
    /// and is told: such containers have their memory from wherever they began until they are started again.
    /// @param root the kubelet's directory
    /// @param reserved bytes that nobody is given, checked
    public StaticMemory(Path root, MemoryTopology topology, ReservedMemory reserved) {
        file = root.resolve("memory_manager_state");
        this.topology = topology;
        this.reserved = reserved;
        adopt();
    }

    private void adopt() {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new IOException("it has more than " + MOST_BYTES + " bytes");
            }
            MemoryMachine machine = new MemoryMachine(topology, reserved);
            MemoryState.read(Files.readAllBytes(file)).entries().forEach((pod, containers) -> {
                Map<String, List<MemoryBlock>> known = new TreeMap<>(containers);
                if (known.values().removeIf(blocks -> !blocks.stream().allMatch(machine::has))) {
                    LOG.log(System.Logger.Level.WARNING,
                            "Containers have memory of NUMA nodes that there are no more, until they are started again"
                                    + " pod={0}",
                            pod);
                }
                if (!known.isEmpty()) {
                    entries.put(pod, known);
                }
            });
        } catch (NoSuchFileException e) {
            // the first kubelet here
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING,
                    "Cannot read which containers have memory of which NUMA nodes; it counts as free until they are"
                            + " started again path={0} error={1}",
                    file, e.toString());
        }
    }

    private MemoryMachine machine() {
        MemoryMachine machine = new MemoryMachine(topology, reserved);
        entries.values().forEach(pod -> pod.values().forEach(blocks -> blocks.forEach(machine::add)));
        return machine;
    }

    /// From which NUMA nodes a container can be given what it asks for. Where it cannot be had at all there is nothing
    /// to choose, as upstream: [#allocate] says so then.
    /// @param wanted bytes by type
    public synchronized List<HintProvider> providers(Map<String, Long> wanted, ReusableMemory reusable) {
        List<TopologyHint> hints = wanted.isEmpty() ? List.of() : machine().hints(wanted, reusable);
        HintProvider all = _ -> hints;
        return hints.isEmpty() ? List.of() : List.of(all);
    }

    /// Gives a container memory of NUMA nodes, unless it has some.
    ///
    /// @param wanted bytes by type, more than none
    /// @param reusable of the container's pod, which is given first
    /// @param ends whether what it has is free for those that come after it
    /// @param near the NUMA nodes from which it is to be taken; none where it does not matter
    /// @throws IllegalStateException with upstream's words when it cannot be had
    /// @throws IOException when that cannot be written; it has none then
    public synchronized void allocate(String container, Map<String, Long> wanted, ReusableMemory reusable,
            boolean ends, TopologyHint near) throws IOException {
        String pod = reusable.pod();
        Map<String, List<MemoryBlock>> before = entries.getOrDefault(pod, Map.of());
        List<MemoryBlock> has = before.get(container);
        if (has != null) {
            reusable.given(container, has, ends);
            return;
        }
        long nodes = nodes(machine(), wanted, reusable, near);
        List<MemoryBlock> blocks = new TreeMap<>(wanted).entrySet().stream()
                .map(e -> MemoryBlock.of(nodes, e.getKey(), e.getValue())).toList();
        Map<String, List<MemoryBlock>> after = new TreeMap<>(before);
        for (MemoryBlock block : blocks) {
            long left = block.size();
            for (String ended : reusable.containers()) {
                left = passed(after, ended, block, left);
            }
        }
        after.put(container, blocks);
        entries.put(pod, after);
        try {
            write();
        } catch (IOException e) {
            entries.remove(pod);
            if (!before.isEmpty()) {
                entries.put(pod, before);
            }
            throw e;
        }
        reusable.given(container, blocks, ends);
    }

    /// Counts what an init container had as that of one after it, so that a pod has no more than it is given together.
    /// @param left how much of the block is not counted yet
    /// @return how much is not then
    private static long passed(Map<String, List<MemoryBlock>> pod, String ended, MemoryBlock block, long left) {
        long rest = left;
        List<MemoryBlock> smaller = new ArrayList<>();
        for (MemoryBlock had : pod.getOrDefault(ended, List.of())) {
            boolean same = had.type().equals(block.type()) && had.mask() == block.mask();
            long passes = same ? Math.min(rest, had.size()) : 0;
            smaller.add(had.withSize(had.size() - passes));
            rest -= passes;
        }
        pod.put(ended, List.copyOf(smaller));
        return rest;
    }

    private static long nodes(MemoryMachine machine, Map<String, Long> wanted, ReusableMemory reusable,
            TopologyHint near) {
        long nodes = near.nodes();
        if (nodes == 0) {
            nodes = best(machine.hints(wanted, reusable), "failed to get the default NUMA affinity, no NUMA nodes with"
                    + " enough memory is available").nodes();
        } else if (!machine.satisfies(nodes, wanted, reusable)) {
            TopologyHint wider = best(machine.hints(wanted, reusable).stream()
                    .filter(hint -> (hint.nodes() & near.nodes()) == near.nodes()).toList(),
                    "failed to find NUMA nodes to extend the current topology hint");
            if (near.preferred() && !wider.preferred()) {
                throw refusal("failed to find the extended preferred hint");
            }
            nodes = wider.nodes();
        }
        if (machine.violates(nodes)) {
            throw refusal("preferred hint violates NUMA node allocation");
        }
        return nodes;
    }

    private static TopologyHint best(List<TopologyHint> hints, String otherwise) {
        return hints.stream().reduce((one, other) -> other.preferred() != one.preferred()
                ? other.preferred() ? other : one : other.narrower(one) ? other : one)
                .orElseThrow(() -> refusal(otherwise));
    }

    private static IllegalStateException refusal(String why) {
        return new IllegalStateException("[memorymanager] " + why);
    }

    /// Gives back what a pod has. What cannot be written is told, and written with the next change: a kubelet that
    /// comes meanwhile finds a pod that it does not know, and gives back its memory.
    public synchronized void free(String pod) {
        if (entries.remove(pod) == null) {
            return;
        }
        try {
            write();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING,
                    "Cannot write which containers have memory of which NUMA nodes path={0} error={1}", file,
                    e.toString());
        }
    }

    private void write() throws IOException {
        DurableFiles.write(file, new MemoryState(POLICY, machine().nodes(), entries).bytes(), MODE);
    }

    /// What a container has, by type; mostly nothing.
    public synchronized List<MemoryBlock> blocks(String pod, String container) {
        return entries.getOrDefault(pod, Map.of()).getOrDefault(container, List.of());
    }

    /// The NUMA nodes that a container's memory is of, as the kernel writes them; empty for any.
    public String nodes(String pod, String container) {
        long mask = blocks(pod, container).stream().mapToLong(MemoryBlock::mask).reduce(0, (one, other) -> one | other);
        return MemoryBlock.numbers(mask).stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /// What containers may be given at all, a block for each NUMA node and type of which there is something.
    public List<MemoryBlock> allocatable() {
        List<MemoryBlock> all = new ArrayList<>();
        new MemoryMachine(topology, reserved).nodes().forEach((number, node) -> node.memory().forEach((type, table) -> {
            if (table.allocatable() > 0) {
                all.add(new MemoryBlock(List.of(number), type, table.allocatable()));
            }
        }));
        return all;
    }

    /// The uids of pods that have memory.
    public synchronized Set<String> pods() {
        return new TreeSet<>(entries.keySet());
    }
}
