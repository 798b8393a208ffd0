package io.k3j.kubeletcadvisor;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The disks of the machine and their partitions, by `/proc/diskstats`, as they are at one time. Immutable.
final class BlockDevices {
    /// Numbers of a disk that are told; see <https://docs.kernel.org/admin-guide/iostats.html>.
    static final int COUNTERS = 11;
    private static final int BEFORE = 3;
    private static final List<Long> NONE = List.of(0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L);
    /// What is no disk, as upstream.
    private static final List<String> IGNORED = List.of("loop", "ram", "sr");
    private final Map<String, String> names = new HashMap<>();
    private final Map<String, List<Long>> counters = new HashMap<>();

    BlockDevices(KernelText kernel) {
        kernel.of("/proc/diskstats").lines().map(KernelText::words).filter(words -> words.size() >= BEFORE + COUNTERS)
                .forEach(this::add);
    }

    private void add(List<String> words) {
        String number = words.get(0) + ":" + words.get(1);
        if (IGNORED.stream().noneMatch(words.get(2)::startsWith)) {
            names.put(number, "/dev/" + words.get(2));
        }
        counters.put(number, words.subList(BEFORE, BEFORE + COUNTERS).stream().map(KernelText::whole).toList());
    }

    /// @param number as `8:0`
    /// @return as `/dev/sda`; empty for one that is not known
    String name(String number) {
        return names.getOrDefault(number, "");
    }

    /// What was done since the machine started: reads, those merged, sectors, milliseconds; the same of writes;
    /// operations now, milliseconds of them, weighted ones.
    List<Long> counters(String number) {
        return counters.getOrDefault(number, NONE);
    }
}
