package io.k3j.podallocation;

import io.k3j.cgroups.ContainerResources;
import io.k3j.componentbase.FeatureGate;
import io.k3j.componentbase.FeatureGates;
import io.k3j.kubeletcpus.CpuPolicyOptions;
import io.k3j.kubeletcpus.CpuSet;
import io.k3j.kubeletcpus.CpuTopology;
import io.k3j.kubeletcpus.StaticCpus;
import io.k3j.kubeletdevices.ExclusiveCpus;
import io.k3j.kubeletoptions.IntervalOptions;
import io.k3j.kubeletoptions.KubeletOptions;
import io.k3j.kubelettopology.HintProvider;
import io.k3j.kuberuntime.Labels;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.podstatus.PodStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// CPUs that containers have for themselves, by `--kubelet-arg cpu-manager-policy=static`: those of guaranteed pods
/// that ask for whole ones. Without that argument nothing here does anything. Any thread. See
/// <https://kubernetes.io/docs/tasks/administer-cluster/cpu-management-policies/>.
public final class NodeCpus implements ExclusiveCpus {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final String POLICY = "cpu-manager-policy";
    private static final String OPTIONS = "cpu-manager-policy-options";
    private static final long MILLI = 1_000;
    private final Optional<StaticCpus> cpus;
    private final Duration reconciled;
    private final Semaphore changed = new Semaphore(1);
    /// What running containers were last told, by id; the loop's, as what follows.
    private Map<String, CpuSet> told = Map.of();
    private Set<String> absent = Set.of();

    /// @param reconciled how often containers are told though nothing has changed
    private NodeCpus(Optional<StaticCpus> cpus, Duration reconciled) {
        this.cpus = cpus;
        this.reconciled = reconciled;
    }

    /// All containers share all CPUs.
    public static NodeCpus none() {
        return new NodeCpus(Optional.empty(), Duration.ZERO);
    }

    /// By the options. Reads the machine's CPUs and the state of the kubelet before.
    /// @param sys where `/sys` is
    /// @throws IllegalArgumentException with upstream's words for a policy that cannot be, and what to type
    public static NodeCpus of(KubeletOptions options, Path sys) throws IOException {
        String policy = options.arguments().getOrDefault(POLICY, "none");
        String chosen = options.arguments().getOrDefault(OPTIONS, "");
        if (policy.equals("none") || policy.equals("None") || policy.isEmpty()) {
            if (!chosen.isBlank()) {
                throw new IllegalArgumentException("--kubelet-arg " + OPTIONS + "=" + chosen + ": None policy: received"
                        + " unsupported options; leave it out, or add --kubelet-arg=" + POLICY + "=static");
            }
            return none();
        }
        if (!policy.equals("static")) {
            throw new IllegalArgumentException("--kubelet-arg " + POLICY + "=" + policy + ": unknown policy: \""
                    + policy + "\"; write none or static");
        }
        CpuPolicyOptions how = CpuPolicyOptions.parse(chosen, alpha(options));
        if (how.bySocket() && options.arguments().getOrDefault(NodeTopology.POLICY, "")
                .equals("single-numa-node")) {
            throw new IllegalArgumentException("--kubelet-arg " + OPTIONS + "=" + chosen + ": Topolgy manager"
                    + " single-numa-node policy is incompatible with CPUManager align-by-socket policy option; leave"
                    + " one of them out");
        }
        CpuTopology topology = CpuTopology.read(sys);
        String listed = options.arguments().getOrDefault("reserved-cpus", "");
        long milli = options.reserved(topology.cpus().size()).amount(PodResources.CPU).milliValue();
        CpuSet reserved = listed.isBlank() ? StaticCpus.reserved(topology, (int) ((milli + MILLI - 1) / MILLI), how)
                : CpuSet.parse(listed);
        return new NodeCpus(Optional.of(new StaticCpus(options.rootDir(), topology, reserved, how)),
                IntervalOptions.cpus(options));
    }

    private static boolean alpha(KubeletOptions options) {
        String gates = options.arguments().getOrDefault(FeatureGates.ARGUMENT, "");
        return !gates.isBlank() && FeatureGates.of("--kubelet-arg", FeatureGates.ARGUMENT + "=" + gates)
                .enabled(FeatureGate.CPU_MANAGER_POLICY_ALPHA_OPTIONS);
    }

    /// How many CPUs a container is to have for itself; 0 for one that shares.
    private static int wanted(Obj pod, Struct container) {
        if (!PodSpecs.resources(pod).isEmpty() || !ContainerResources.qosClass(pod).equals("Guaranteed")) {
            return 0;
        }
        Struct resources = container.struct("resources");
        Struct requests = resources.struct("requests");
        long milli = ContainerResources.milliCpu(requests.has(PodResources.CPU) ? requests
                : resources.struct("limits"));
        return milli % MILLI == 0 ? (int) (milli / MILLI) : 0;
    }

    /// The CPUs that one pod asks for, given to its containers in their order: init containers first. One thread.
    final class Request {
        private final Obj pod;
        /// What init containers had that have ended.
        private CpuSet reusable = CpuSet.EMPTY;

        private Request(Obj pod) {
            this.pod = pod;
        }

        /// What a container asks for and does not have yet.
        List<HintProvider> supplies(Struct container) {
            return supplies(of(pod.uid(), container.text("name")).isEmpty() ? wanted(pod, container) : 0);
        }

        /// What all containers ask for together, unless they have it.
        List<HintProvider> supplies() {
            int first = 0;
            int together = 0;
            for (Struct container : PodSpecs.initContainers(pod)) {
                int count = wanted(pod, container);
                together += PodSpecs.sidecar(container) ? count : 0;
                first = Math.max(first, PodSpecs.sidecar(container) ? together : together + count);
            }
            for (Struct container : PodSpecs.containers(pod)) {
                together += wanted(pod, container);
            }
            boolean has = cpus.isPresent() && cpus.get().pods().contains(pod.uid());
            return supplies(has ? 0 : Math.max(first, together));
        }

        private List<HintProvider> supplies(int count) {
            return count == 0 || cpus.isEmpty() ? List.of() : List.of(cpus.get().supply(count, reusable));
        }

        /// Gives a container what it asks for.
        /// @param ends whether what it has is free for those that come after it
        /// @param nodes bits of NUMA nodes from which CPUs are taken first; 0 where it does not matter
        /// @throws IllegalStateException with upstream's words when there are too few
        /// @throws IOException when it cannot be written
        void give(Struct container, boolean ends, long nodes) throws IOException {
            int count = cpus.isEmpty() ? 0 : wanted(pod, container);
            if (count > 0) {
                CpuSet given = cpus.get().allocate(pod.uid(), container.text("name"), count, reusable, nodes);
                reusable = ends ? reusable.union(given) : reusable.without(given);
                changed.release();
            }
        }
    }

    /// Begins to give a pod the CPUs that it asks for; [#ended] gives them back.
    Request request(Obj pod) {
        return new Request(pod);
    }

    /// Gives back what a pod has.
    public void ended(String uid) {
        if (cpus.isPresent() && cpus.get().free(uid)) {
            changed.release();
        }
    }

    /// Why a changed pod cannot have what it asks for while it runs.
    public Optional<PodStatus.Waiting> resizeRefusal(Obj given, Obj changedPod) {
        boolean fine = cpus.isEmpty() || !ContainerResources.qosClass(changedPod).equals("Guaranteed")
                || Requirements.sameRequests(given, changedPod, PodResources.CPU);
        return fine ? Optional.empty() : Optional.of(new PodStatus.Waiting("Infeasible",
                "Resize is infeasible for Guaranteed Pods alongside CPU Manager policy \"static\""));
    }

    /// CRI's `LinuxContainerResources` with the CPUs that a container may use. Of its own ones it may use all it can.
    /// Where none is left to share, nothing is said, as upstream.
    public Struct applied(Obj pod, Struct container, Struct linux) {
        if (cpus.isEmpty()) {
            return linux;
        }
        String name = container.text("name");
        Struct held = cpus.get().exclusive(pod.uid(), name).isEmpty() ? linux
                : linux.without("cpuQuota").without("cpuPeriod");
        CpuSet may = cpus.get().of(pod.uid(), name);
        return may.isEmpty() ? held : held.with("cpusetCpus", may.toString());
    }

    /// Tells running containers which CPUs they may use, when that changes and as often as
    /// `cpu-manager-reconcile-period` says, until interrupted.
    public void run(ContainerRuntime runtime, KnownPods pods, CountDownLatch closed) throws InterruptedException {
        while (cpus.isPresent() && closed.getCount() > 0) {
            if (changed.tryAcquire(reconciled.toMillis(), TimeUnit.MILLISECONDS)) {
                changed.drainPermits();
            }
            forgetEnded(cpus.get(), pods);
            reconcile(cpus.get(), runtime, pods);
        }
    }

    /// Twice not among the living: one that has just come may not have been there when they were counted.
    private void forgetEnded(StaticCpus all, KnownPods pods) {
        Set<String> gone = new HashSet<>(all.pods());
        pods.living().ifPresentOrElse(gone::removeAll, gone::clear);
        gone.stream().filter(absent::contains).forEach(this::ended);
        absent = gone;
    }

    private void reconcile(StaticCpus all, ContainerRuntime runtime, KnownPods pods) {
        Map<String, CpuSet> now = new HashMap<>();
        for (KnownPods.Pod pod : pods.all()) {
            for (Container c : pod.runtime().running()) {
                CpuSet may = all.of(pod.pod().uid(), c.labels().getOrDefault(Labels.CONTAINER, c.name()));
                if (may.equals(told.get(c.id())) || !may.isEmpty() && tell(runtime, c, may)) {
                    now.put(c.id(), may);
                }
            }
        }
        told = now;
    }

    private static boolean tell(ContainerRuntime runtime, Container c, CpuSet may) {
        try {
            runtime.updateResources(c.id(), Struct.of("cpusetCpus", may.toString()));
            return true;
        } catch (RuntimeFault e) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot tell a container its CPUs container={0} error={1}", c.id(),
                    e.getMessage());
            return false;
        }
    }

    @Override
    public List<Integer> of(String pod, String container) {
        return cpus.map(all -> all.exclusive(pod, container).ids()).orElse(List.of());
    }

    @Override
    public List<Integer> allocatable() {
        return cpus.map(all -> all.allocatable().ids()).orElse(List.of());
    }
}
