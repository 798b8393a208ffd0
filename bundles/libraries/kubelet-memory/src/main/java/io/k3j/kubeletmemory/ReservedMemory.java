package io.k3j.kubeletmemory;

import io.k3j.apimachinery.Quantity;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// What nobody is given of each NUMA node, the argument `reserved-memory`, as
/// `0:memory=1Gi,hugepages-2Mi=4Mi;1:memory=1Gi`.
/// Pure. See <https://kubernetes.io/docs/tasks/administer-cluster/memory-manager/#reserved-memory-flag>.
///
/// @param amounts bytes by NUMA node and type
public record ReservedMemory(Map<Integer, Map<String, Long>> amounts) {
    private static final String ARGUMENT = "reserved-memory";

    /// Reads the argument.
    /// @throws IllegalArgumentException with upstream's words when it is none, and what to type
    public static ReservedMemory parse(String text) {
        Map<Integer, Map<String, Long>> all = new TreeMap<>();
        for (String reservation : text.split(";")) {
            if (reservation.isBlank()) {
                continue;
            }
            String[] parts = reservation.strip().split(":", -1);
            if (parts.length != 2) {
                throw wrong(text, "the reserved memory has incorrect format, expected"
                        + " numaNodeID:type=quantity[,type=quantity...], got " + reservation);
            }
            Map<String, Long> node = all.computeIfAbsent(node(text, parts[0]), n -> new TreeMap<>());
            for (String limit : parts[1].split(",", -1)) {
                String[] pair = limit.split("=", -1);
                if (pair.length != 2) {
                    throw wrong(text, "the reserved limit has incorrect value, expected type=quantity, got " + limit);
                }
                node.merge(type(text, pair[0].strip()), amount(text, pair[1].strip()), Quantity::sum);
            }
        }
        return new ReservedMemory(all);
    }

    private static int node(String text, String number) {
        try {
            return Integer.parseUnsignedInt(number.strip());
        } catch (NumberFormatException e) {
            throw wrong(text, "failed to convert the NUMA node ID, expected integer, got " + number);
        }
    }

    private static String type(String text, String type) {
        if (!type.equals(MemoryTopology.MEMORY) && !type.startsWith(MemoryTopology.HUGE_PAGES)) {
            throw wrong(text, "memory type conversion error, unknown type: \"" + type + "\"");
        }
        return type;
    }

    private static long amount(String text, String quantity) {
        try {
            Quantity amount = Quantity.parse(quantity);
            if (amount.signum() >= 0) {
                return amount.value();
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        throw wrong(text, "failed to parse the quantity, expected quantity, got " + quantity);
    }

    private static IllegalArgumentException wrong(String text, String why) {
        return new IllegalArgumentException("--kubelet-arg " + ARGUMENT + "=" + text + ": " + why
                + "; write for example " + ARGUMENT + "=0:memory=512Mi;1:memory=512Mi");
    }

    /// Whether it is as much, and on nodes that there are.
    /// @param memory bytes of `memory` that the node keeps from its pods: by `kube-reserved`, `system-reserved` and
    /// `eviction-hard`
    /// @throws IllegalArgumentException with upstream's words when it is not so, and what to type
    public void check(MemoryTopology topology, long memory) {
        Map<String, Long> total = new TreeMap<>(Map.of(MemoryTopology.MEMORY, 0L));
        amounts.forEach((node, limits) -> {
            if (!topology.total().containsKey(node)) {
                throw new IllegalArgumentException("--kubelet-arg " + ARGUMENT + ": the reserved memory configuration"
                        + " references a NUMA node " + node + " that does not exist on this machine; there are "
                        + new TreeSet<>(topology.total().keySet()));
            }
            limits.forEach((type, bytes) -> total.merge(type, bytes, Quantity::sum));
        });
        total.forEach((type, bytes) -> {
            long kept = type.equals(MemoryTopology.MEMORY) ? memory : 0;
            if (bytes != kept) {
                throw new IllegalArgumentException("--kubelet-arg " + ARGUMENT + ": the total amount \""
                        + Quantity.bytes(bytes) + "\" of type \"" + type + "\" is not equal to the value \""
                        + Quantity.bytes(kept) + "\" determined by Node Allocatable feature; give NUMA nodes together"
                        + " what kube-reserved, system-reserved and eviction-hard say");
            }
        });
        if (memory <= 0) {
            throw new IllegalArgumentException("--kubelet-arg memory-manager-policy=Static: [memorymanager] you should"
                    + " specify the system reserved memory; add for example --kubelet-arg=kube-reserved=memory=512Mi"
                    + " and --kubelet-arg=" + ARGUMENT + "=0:memory=512Mi");
        }
    }

    long amount(int node, String type) {
        return amounts.getOrDefault(node, Map.of()).getOrDefault(type, 0L);
    }
}
