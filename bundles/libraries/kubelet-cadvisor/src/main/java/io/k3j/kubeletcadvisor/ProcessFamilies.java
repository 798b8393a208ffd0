package io.k3j.kubeletcadvisor;

import io.k3j.kubeletcadvisor.SampleFamily.Point;
import java.util.List;
import java.util.stream.Stream;

/// Processes of groups, when they were seen, and how they are: nobody checks the health of groups, which is -1 then, as
/// upstream.
final class ProcessFamilies {
    private ProcessFamilies() {
    }

    static List<SampleFamily> all() {
        return List.of(
                SampleFamily.gauge("container_processes", "Processes in the group itself.",
                        s -> s.tasks().processes()),
                SampleFamily.gauges("container_file_descriptors", "Files its processes have open.",
                        s -> s.tasks().open().known() ? Stream.of(Point.of(s.tasks().open().descriptors()))
                                : Stream.empty()),
                SampleFamily.gauges("container_sockets", "Sockets its processes have open.",
                        s -> s.tasks().open().known() ? Stream.of(Point.of(s.tasks().open().sockets()))
                                : Stream.empty()),
                SampleFamily.gauge("container_threads", "Threads.", s -> s.tasks().threads().current()),
                SampleFamily.gauge("container_threads_max", "Threads that there may be, 0 for any number.",
                        s -> s.tasks().threads().most()),
                SampleFamily.gauges("container_ulimits_soft", "Limits of the first process, -1 for none.",
                        ProcessFamilies::limits),
                SampleFamily.gauge("container_last_seen", "When it was seen, in seconds since 1970.",
                        s -> s.at().getEpochSecond()),
                SampleFamily.gauge("container_health_state", "Not checked.", _ -> -1));
    }

    private static Stream<Point> limits(CgroupSample s) {
        return s.tasks().openFilesLimit().stream().mapToObj(most -> Point.of(most, "ulimit", "max_open_files"));
    }
}
