package io.k3j.kubeletcpus;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;

/// Some of a machine's CPUs, written as the kernel does: `0-1,8`. Never changes.
///
/// @param ids in order, none twice
public record CpuSet(List<Integer> ids) {
    /// None.
    public static final CpuSet EMPTY = new CpuSet(List.of());
    /// As many as the kernel can be built for.
    private static final int MOST = 8_192;

    /// Copies, sorts and leaves out what is there twice.
    public CpuSet {
        ids = ids.stream().distinct().sorted().toList();
    }

    /// The CPUs of a collection.
    public static CpuSet of(Collection<Integer> ids) {
        return new CpuSet(List.copyOf(ids));
    }

    /// Reads a list of numbers and ranges.
    /// @throws IllegalArgumentException when it is none
    public static CpuSet parse(String list) {
        BitSet named = new BitSet();
        for (String part : list.strip().split(",")) {
            if (part.isBlank()) {
                continue;
            }
            int dash = part.indexOf('-');
            int first = cpu(list, dash < 0 ? part : part.substring(0, dash));
            int last = dash < 0 ? first : cpu(list, part.substring(dash + 1));
            if (last < first) {
                throw new IllegalArgumentException("\"" + list + "\": " + part + " ends before it begins");
            }
            named.set(first, last + 1);
        }
        return new CpuSet(named.stream().boxed().toList());
    }

    private static int cpu(String list, String text) {
        try {
            int cpu = Integer.parseInt(text.strip());
            if (cpu >= 0 && cpu < MOST) {
                return cpu;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new IllegalArgumentException("\"" + list + "\": \"" + text + "\" is no number of a CPU");
    }

    /// How many.
    public int size() {
        return ids.size();
    }

    /// Whether there is none.
    public boolean isEmpty() {
        return ids.isEmpty();
    }

    /// These and others.
    public CpuSet union(CpuSet others) {
        List<Integer> all = new ArrayList<>(ids);
        all.addAll(others.ids);
        return new CpuSet(all);
    }

    /// These without others.
    public CpuSet without(CpuSet others) {
        List<Integer> all = new ArrayList<>(ids);
        all.removeAll(others.ids);
        return new CpuSet(all);
    }

    /// Those that are in both.
    public CpuSet and(CpuSet others) {
        List<Integer> all = new ArrayList<>(ids);
        all.retainAll(others.ids);
        return new CpuSet(all);
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < ids.size(); i++) {
            int first = ids.get(i);
            while (i + 1 < ids.size() && ids.get(i + 1) == ids.get(i) + 1) {
                i++;
            }
            int last = ids.get(i);
            out.append(out.isEmpty() ? "" : ",").append(first).append(last > first ? "-" + last : "");
        }
        return out.toString();
    }
}
