package io.k3j.schedulercache;

import io.k3j.apimachinery.Quantity;
import io.k3j.model.Struct;
import io.k3j.schedulerconfig.PluginArguments;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/// Resource amounts: CPU in millicores, memory and ephemeral storage in bytes, extended resources by name. Sums end at
/// the largest long.
public record ResourceAmounts(long cpuMilli, long memory, long disk, Map<String, Long> others) {
    static final ResourceAmounts NONE = new ResourceAmounts(0, 0, 0, Map.of());

    static ResourceAmounts of(Struct list) {
        if (list.isEmpty()) {
            return NONE;
        }
        long cpu = 0;
        long memory = 0;
        long disk = 0;
        Map<String, Long> others = Map.of();
        for (String name : list.names()) {
            Quantity amount = Quantity.of(list.get(name));
            switch (name) {
                case "cpu" -> cpu = amount.milliValue();
                case "memory" -> memory = amount.value();
                case "ephemeral-storage" -> disk = amount.value();
                case "pods" -> {
                    // pods are counted separately
                }
                default -> {
                    others = others.isEmpty() ? new TreeMap<>() : others;
                    others.put(name, amount.value());
                }
            }
        }
        return new ResourceAmounts(cpu, memory, disk, others);
    }

    ResourceAmounts plus(ResourceAmounts o) {
        return o == NONE ? this
                : new ResourceAmounts(Quantity.sum(cpuMilli, o.cpuMilli), Quantity.sum(memory, o.memory),
                        Quantity.sum(disk, o.disk), merged(o, 1));
    }

    /// Exact for a sum that is not [#full].
    ResourceAmounts minus(ResourceAmounts o) {
        return o == NONE ? this
                : new ResourceAmounts(cpuMilli - o.cpuMilli, memory - o.memory, disk - o.disk, merged(o, -1));
    }

    /// The most of both, of each.
    public ResourceAmounts max(ResourceAmounts o) {
        if (others.isEmpty() && o.others.isEmpty()) {
            return new ResourceAmounts(Math.max(cpuMilli, o.cpuMilli), Math.max(memory, o.memory),
                    Math.max(disk, o.disk),
                    others);
        }
        Map<String, Long> all = new TreeMap<>(others);
        o.others.forEach((n, v) -> all.merge(n, v, Math::max));
        return new ResourceAmounts(Math.max(cpuMilli, o.cpuMilli), Math.max(memory, o.memory), Math.max(disk, o.disk),
                all);
    }

    /// The same without extended resources that are not looked at.
    public ResourceAmounts without(PluginArguments.Fit ignoring) {
        return without(ignoring::ignores);
    }

    /// The same without extended resources of some names.
    public ResourceAmounts without(Predicate<String> named) {
        if (others.isEmpty() || others.keySet().stream().noneMatch(named)) {
            return this;
        }
        Map<String, Long> rest = new TreeMap<>(others);
        rest.keySet().removeIf(named);
        return new ResourceAmounts(cpuMilli, memory, disk, rest);
    }

    /// How much there is of one: cores in thousandths, else units.
    public long amount(String resource) {
        return switch (resource) {
            case "cpu" -> cpuMilli;
            case "memory" -> memory;
            case "ephemeral-storage" -> disk;
            default -> others.getOrDefault(resource, 0L);
        };
    }

    private Map<String, Long> merged(ResourceAmounts o, int sign) {
        if (o.others.isEmpty()) {
            return others;
        }
        Map<String, Long> all = new TreeMap<>(others);
        o.others.forEach((n, v) -> all.merge(n, sign * v, Quantity::sum));
        return all;
    }

    /// Whether a sum has ended at the largest long, and no longer tells what was added.
    boolean full() {
        return cpuMilli == Long.MAX_VALUE || memory == Long.MAX_VALUE || disk == Long.MAX_VALUE
                || others.containsValue(Long.MAX_VALUE);
    }

    /// Whether all of it is 0.
    public boolean nothing() {
        return cpuMilli == 0 && memory == 0 && disk == 0 && others.isEmpty();
    }
}
