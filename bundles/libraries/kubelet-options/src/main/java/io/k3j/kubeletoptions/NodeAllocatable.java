package io.k3j.kubeletoptions;

import io.k3j.apimachinery.Quantity;
import io.k3j.cgroups.CgroupDriver;
import io.k3j.kubeletconfig.ReservedResources;
import io.k3j.kubeleteviction.EvictionConfig;
import io.k3j.kuberuntime.HugePages;
import io.k3j.model.Struct;
import io.k3j.nodestatus.MachineHugePages;
import io.k3j.nodestatus.MachineInfo;

/// What pods may have of this node: what it has, less what is reserved, less what hard thresholds of eviction keep
/// free. Pure. See
/// <https://kubernetes.io/docs/tasks/administer-cluster/reserve-compute-resources/#node-allocatable>.
///
/// @param reserved by arguments
/// @param evictions when pods are evicted
/// @param cpu what the machine has, in cores
/// @param memory what it has, in bytes
/// @param hugePages what of that is set aside for huge pages, in bytes
public record NodeAllocatable(ReservedResources reserved, EvictionConfig evictions, Quantity cpu, Quantity memory,
        Quantity hugePages) {
    private static final String CPU = "cpu";
    private static final String MEMORY = "memory";
    private static final String PID = "pid";

    /// @throws IllegalArgumentException with upstream's words when more is kept than there is, and what to change
    public NodeAllocatable {
        for (String resource : new String[] {CPU, MEMORY}) {
            Quantity capacity = resource.equals(CPU) ? cpu : memory;
            Quantity kept = kept(reserved, evictions, resource, capacity);
            if (kept.compareTo(capacity) > 0) {
                throw new IllegalArgumentException("invalid Node Allocatable configuration. Resource \"" + resource
                        + "\" has a reservation of " + kept + " but capacity of " + capacity
                        + ". Expected capacity >= reservation; reserve less by --kubelet-arg kube-reserved, "
                        + "system-reserved, reserved-cpus and eviction-hard");
            }
        }
    }

    /// Of a machine, by the kubelet's options. Reads how many huge pages there are now.
    /// @throws IllegalArgumentException when more is kept than there is
    public static NodeAllocatable of(KubeletOptions options, MachineInfo machine, MachineHugePages pages) {
        return new NodeAllocatable(options.reserved(machine.cpus()), options.evictions(), Quantity.of(machine.cpus()),
                Quantity.bytes(machine.memory()), Quantity.bytes(pages.total()));
    }

    private static Quantity kept(ReservedResources reserved, EvictionConfig evictions, String resource,
            Quantity capacity) {
        return reserved.amount(resource).add(evictions.reservation(resource, capacity.value()));
    }

    /// Thousandths of a core for pods.
    public long milliCpu() {
        return left(kept(reserved, evictions, CPU, cpu), cpu).milliValue();
    }

    /// Bytes of memory for pods, beside the huge pages that there were when the kubelet started.
    public long bytes() {
        return left(kept(reserved, evictions, MEMORY, memory).add(hugePages), memory).value();
    }

    /// Bytes for pods of a disk.
    /// @param capacity bytes
    public long disk(long capacity) {
        Quantity all = Quantity.bytes(capacity);
        return left(kept(reserved, evictions, "ephemeral-storage", all), all).value();
    }

    /// Never less than nothing.
    private static Quantity left(Quantity kept, Quantity capacity) {
        Quantity left = capacity.subtract(kept);
        return left.signum() < 0 ? Quantity.ZERO : left;
    }

    /// What pods may have of each resource; those of which nothing is kept stay as they are written. Memory that is set
    /// aside for huge pages is no pod's to use otherwise.
    /// @param capacities of the Node
    public Struct of(Struct capacities) {
        Quantity pages = capacities.names().stream().filter(HugePages::named)
                .map(name -> Quantity.of(capacities.get(name))).reduce(Quantity.ZERO, Quantity::add);
        Struct.Builder all = Struct.builder();
        capacities.forEach((resource, amount) -> {
            Quantity capacity = Quantity.of(amount);
            Quantity kept = kept(reserved, evictions, resource, capacity)
                    .add(resource.equals(MEMORY) ? pages : Quantity.ZERO);
            all.put(resource, kept.signum() == 0 ? amount : left(kept, capacity).toString());
        });
        return all.build();
    }

    /// What the group of all pods is held to: what the node has, less what is reserved where that is enforced. What
    /// evictions keep free is not taken from it, so that a pod is evicted before the kernel ends one.
    /// @param pids processes the machine may have; 0 when that is not known, and then nothing is said of them
    public CgroupDriver.Limits limits(long pids) {
        return new CgroupDriver.Limits(enforced(CPU, cpu).milliValue(), 0,
                enforced(MEMORY, memory).value(),
                pids == 0 ? 0 : Math.max(1, enforced(PID, Quantity.of(pids)).value()));
    }

    private Quantity enforced(String resource, Quantity capacity) {
        return reserved.enforced() ? capacity.subtract(reserved.amount(resource)) : capacity;
    }
}
