package io.k3j.kubeletcpus;

import io.k3j.durablefiles.DurableFiles;
import io.k3j.kubelettopology.HintProvider;
import io.k3j.kubelettopology.NumaSupply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Who has which CPUs, as upstream's policy `static`. What is chosen is written before it counts. Any thread; blocks
/// for the disk where something changes. See
/// <https://kubernetes.io/docs/tasks/administer-cluster/cpu-management-policies/>.
public final class StaticCpus {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubeletcpus");
    private static final String POLICY = "static";
    private static final String MODE = "rw-------";
    private static final long MOST_BYTES = 16 << 20;
    private final Path file;
    private final CpuTopology topology;
    private final CpuSet reserved;
    private final CpuPolicyOptions options;
    /// By pod and container; guarded by this.
    private final Map<String, Map<String, CpuSet>> exclusive = new TreeMap<>();

    /// Reads what a kubelet before has written. What cannot be read counts as nothing, and is told: such containers
    /// share until they are started again.
    /// @param root the kubelet's directory
    /// @param reserved CPUs that nobody is given; more than none, less than all
    /// @param options how CPUs are chosen
    /// @throws IllegalArgumentException when it is not so, with upstream's words and what to type
    public StaticCpus(Path root, CpuTopology topology, CpuSet reserved, CpuPolicyOptions options) {
        file = root.resolve("cpu_manager_state");
        this.topology = topology;
        this.options = options;
        this.reserved = reserved.and(topology.all());
        if (this.reserved.isEmpty()) {
            throw new IllegalArgumentException("--kubelet-arg cpu-manager-policy=static: [cpumanager] the static"
                    + " policy requires systemreserved.cpu + kubereserved.cpu to be greater than zero; add for example"
                    + " --kubelet-arg=kube-reserved=cpu=500m or --kubelet-arg=reserved-cpus=0");
        }
        if (this.reserved.size() == topology.cpus().size()) {
            throw new IllegalArgumentException("--kubelet-arg cpu-manager-policy=static: all "
                    + topology.cpus().size() + " CPUs are reserved; reserve fewer by kube-reserved, system-reserved"
                    + " or reserved-cpus");
        }
        if (options.bySocket() && topology.sockets() > topology.nodes()) {
            throw new IllegalArgumentException("--kubelet-arg cpu-manager-policy-options: Align by socket is not"
                    + " compatible with hardware where number of sockets are more than number of NUMA; leave"
                    + " align-by-socket out");
        }
        adopt();
    }

    /// The CPUs that are kept where a number of them is, and not which.
    /// @param count how many, at most as many as there are
    public static CpuSet reserved(CpuTopology topology, int count, CpuPolicyOptions options) {
        return CpuAccumulator.take(topology, topology.all(), Math.min(count, topology.cpus().size()), options);
    }

    private void adopt() {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new IOException("it has more than " + MOST_BYTES + " bytes");
            }
            CpuState before = CpuState.read(Files.readAllBytes(file));
            for (Map.Entry<String, Map<String, CpuSet>> pod : before.exclusive().entrySet()) {
                Map<String, CpuSet> containers = new TreeMap<>();
                pod.getValue().forEach((name, cpus) -> containers.put(name, cpus.and(topology.all())));
                containers.values().removeIf(CpuSet::isEmpty);
                if (!containers.isEmpty()) {
                    exclusive.put(pod.getKey(), containers);
                }
            }
        } catch (NoSuchFileException e) {
            // the first kubelet here
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING,
                    "Cannot read which containers have which CPUs; they share until they are started again"
                            + " path={0} error={1}",
                    file, e.toString());
        }
    }

    /// Where the CPUs lie that a container asks for, and those that it could be given.
    /// @param reusable of the same pod, which nobody uses any more
    public synchronized HintProvider supply(int count, CpuSet reusable) {
        NumaSupply supply = new NumaSupply(count, topology.nodes(topology.all()),
                topology.nodes(free().union(reusable)));
        return options.bySocket() ? new SocketSupply(supply, topology) : supply;
    }

    /// Gives a container CPUs of its own, unless it has some.
    ///
    /// @param reusable of the same pod, which nobody uses any more; taken first
    /// @param nodes bits of NUMA nodes from which CPUs are taken first; 0 where it does not matter
    /// @return those that it has
    /// @throws SmtAlignmentFault when it cannot have whole cores and has to
    /// @throws IllegalStateException with upstream's words when there are too few
    /// @throws IOException when that cannot be written; it has none then
    public synchronized CpuSet allocate(String pod, String container, int count, CpuSet reusable, long nodes)
            throws IOException {
        CpuSet has = exclusive.getOrDefault(pod, Map.of()).getOrDefault(container, CpuSet.EMPTY);
        if (!has.isEmpty()) {
            return has;
        }
        CpuSet free = free().without(reusable);
        checkCores(count, free.size() + reusable.size());
        if (free.size() + reusable.size() < count) {
            throw new IllegalStateException("not enough cpus available to satisfy request: requested=" + count
                    + ", available=" + (free.size() + reusable.size()));
        }
        long near = options.bySocket() ? topology.wholeSockets(nodes) : nodes;
        CpuSet given = more(CpuSet.EMPTY, count, topology.near(reusable, near));
        given = more(given, count, topology.near(free, near));
        given = more(given, count, reusable);
        given = more(given, count, free);
        Map<String, CpuSet> own = exclusive.computeIfAbsent(pod, p -> new TreeMap<>());
        own.put(container, given);
        try {
            write();
        } catch (IOException e) {
            own.remove(container);
            throw e;
        }
        return given;
    }

    /// What nobody has and somebody may be given; where cores are whole, none that reserved CPUs are in.
    private CpuSet free() {
        return shared().without(options.fullCores() ? topology.wholeCores(reserved) : reserved);
    }

    private void checkCores(int count, int available) {
        if (options.fullCores() && count % topology.perCore() != 0) {
            throw SmtAlignmentFault.part(count, topology.perCore());
        }
        if (options.fullCores() && count > available) {
            throw SmtAlignmentFault.few(count, topology.perCore(), available);
        }
    }

    /// Gives back what a pod has; says whether it had anything. What cannot be written is told, and written with the
    /// next change: a kubelet that comes meanwhile finds a pod that it does not know, and gives back its CPUs.
    public synchronized boolean free(String pod) {
        Map<String, CpuSet> had = exclusive.remove(pod);
        if (had == null) {
            return false;
        }
        try {
            write();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot write which containers have which CPUs path={0} error={1}",
                    file, e.toString());
        }
        return !had.isEmpty();
    }

    /// More CPUs of some, as far as there are any.
    private CpuSet more(CpuSet given, int count, CpuSet some) {
        CpuSet left = some.without(given);
        return given.union(
                CpuAccumulator.take(topology, left, Math.min(count - given.size(), left.size()), options));
    }

    private void write() throws IOException {
        DurableFiles.write(file, new CpuState(POLICY, shared(), new TreeMap<>(exclusive)).bytes(), MODE);
    }

    /// The CPUs that a container may use: its own, or those that all others share.
    public synchronized CpuSet of(String pod, String container) {
        CpuSet own = exclusive(pod, container);
        return own.isEmpty() ? shared() : own;
    }

    /// The CPUs that a container has for itself.
    public synchronized CpuSet exclusive(String pod, String container) {
        return exclusive.getOrDefault(pod, Map.of()).getOrDefault(container, CpuSet.EMPTY);
    }

    /// Those that containers may be given at all.
    public CpuSet allocatable() {
        return topology.all().without(reserved);
    }

    /// The uids of pods that have CPUs.
    public synchronized Set<String> pods() {
        return new TreeSet<>(exclusive.keySet());
    }

    private CpuSet shared() {
        CpuSet all = options.strictReservation() ? allocatable() : topology.all();
        for (Map<String, CpuSet> containers : exclusive.values()) {
            for (CpuSet cpus : containers.values()) {
                all = all.without(cpus);
            }
        }
        return all;
    }
}
