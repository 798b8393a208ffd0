package io.k3j.kubeletcadvisor;

import io.k3j.kubeletcadvisor.SampleFamily.Point;
import java.util.List;
import java.util.stream.Stream;

/// Memory of groups, in bytes.
final class MemoryFamilies {
    private MemoryFamilies() {
    }

    static List<SampleFamily> all() {
        return List.of(
                SampleFamily.gauge("container_memory_cache", "Memory that holds files.", s -> s.memory().cache()),
                SampleFamily.gauge("container_memory_rss", "Anonymous memory.", s -> s.memory().rss()),
                SampleFamily.gauge("container_memory_kernel_usage", "Memory of the kernel's own.",
                        s -> s.memory().kernel()),
                SampleFamily.gauge("container_memory_mapped_file", "Memory of files that are mapped.",
                        s -> s.memory().mappedFile()),
                SampleFamily.gauge("container_memory_swap", "What lies on the swap device.", s -> s.memory().swap()),
                SampleFamily.counter("container_memory_failcnt", "How often the limit was met.",
                        s -> s.memory().failures()),
                SampleFamily.gauge("container_memory_usage_bytes", "Memory, whenever it was used.",
                        s -> s.memory().usage()),
                SampleFamily.gauge("container_memory_max_usage_bytes", "The most memory there was.",
                        s -> s.memory().peak()),
                SampleFamily.gauge("container_memory_working_set_bytes", "Memory that cannot be dropped.",
                        s -> s.memory().workingSet()),
                SampleFamily.gauge("container_memory_total_active_file_bytes", "Memory of files that were used lately.",
                        s -> s.memory().activeFile()),
                SampleFamily.gauge("container_memory_total_inactive_file_bytes",
                        "Memory of files that were not used lately.", s -> s.memory().inactiveFile()),
                SampleFamily.counters("container_memory_failures_total", "Page faults.", MemoryFamilies::faults),
                SampleFamily.counter("container_oom_events_total", "Processes that were killed for memory.",
                        s -> s.memory().oomKills()));
    }

    /// Both scopes have the same figures, as upstream.
    private static Stream<Point> faults(CgroupSample s) {
        return Stream.of("container", "hierarchy").flatMap(scope -> Stream.of(
                Point.of(s.memory().faults(), "failure_type", "pgfault", "scope", scope),
                Point.of(s.memory().majorFaults(), "failure_type", "pgmajfault", "scope", scope)));
    }
}
