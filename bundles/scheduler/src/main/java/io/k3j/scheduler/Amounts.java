package io.k3j.scheduler;

import io.k3j.model.Quantity;
import io.k3j.model.Struct;
import java.util.Map;
import java.util.TreeMap;

/// Amounts of resources: thousandths of a core, bytes, bytes of local disk, and others by name.
record Amounts(long cpuMilli, long memory, long disk, Map<String, Long> others) {
    static final Amounts NONE = new Amounts(0, 0, 0, Map.of());

    static Amounts of(Struct list) {
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
                    // counted apart
                }
                default -> {
                    others = others.isEmpty() ? new TreeMap<>() : others;
                    others.put(name, amount.value());
                }
            }
        }
        return new Amounts(cpu, memory, disk, others);
    }

    Amounts plus(Amounts o) {
        return o == NONE ? this : new Amounts(cpuMilli + o.cpuMilli, memory + o.memory, disk + o.disk, merged(o, 1));
    }

    Amounts minus(Amounts o) {
        return o == NONE ? this : new Amounts(cpuMilli - o.cpuMilli, memory - o.memory, disk - o.disk, merged(o, -1));
    }

    Amounts max(Amounts o) {
        if (others.isEmpty() && o.others.isEmpty()) {
            return new Amounts(Math.max(cpuMilli, o.cpuMilli), Math.max(memory, o.memory), Math.max(disk, o.disk),
                    others);
        }
        Map<String, Long> all = new TreeMap<>(others);
        o.others.forEach((n, v) -> all.merge(n, v, Math::max));
        return new Amounts(Math.max(cpuMilli, o.cpuMilli), Math.max(memory, o.memory), Math.max(disk, o.disk), all);
    }

    private Map<String, Long> merged(Amounts o, int sign) {
        if (o.others.isEmpty()) {
            return others;
        }
        Map<String, Long> all = new TreeMap<>(others);
        o.others.forEach((n, v) -> all.merge(n, sign * v, Long::sum));
        return all;
    }

    boolean nothing() {
        return cpuMilli == 0 && memory == 0 && disk == 0 && others.isEmpty();
    }
}
