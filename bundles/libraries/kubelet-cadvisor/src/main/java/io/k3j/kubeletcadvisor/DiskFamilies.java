package io.k3j.kubeletcadvisor;

import io.k3j.kubeletcadvisor.SampleFamily.Point;
import io.k3j.metricstext.MetricText.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/// What groups read and write by device, and the file systems of the machine, which are told with its group.
final class DiskFamilies {
    private static final double MICROS = 1e6;
    private static final double MILLIS = 1e3;

    /// A column of `/proc/diskstats`.
    ///
    /// @param operation of groups that is the same; empty for none
    /// @param unit of what is counted in what is told
    private record Column(String name, Type type, String help, String operation, double unit) {
    }

    /// In their order.
    private static final List<Column> COLUMNS = List.of(
            new Column("reads_total", Type.COUNTER, "Reads.", "Read", 1),
            new Column("reads_merged_total", Type.COUNTER, "Reads that became part of another.", "", 1),
            new Column("sector_reads_total", Type.COUNTER, "Sectors that were read.", "", 1),
            new Column("read_seconds_total", Type.COUNTER, "Time of reads.", "", MILLIS),
            new Column("writes_total", Type.COUNTER, "Writes.", "Write", 1),
            new Column("writes_merged_total", Type.COUNTER, "Writes that became part of another.", "", 1),
            new Column("sector_writes_total", Type.COUNTER, "Sectors that were written.", "", 1),
            new Column("write_seconds_total", Type.COUNTER, "Time of writes.", "", MILLIS),
            new Column("io_current", Type.GAUGE, "Operations that have not ended.", "", 1),
            new Column("io_time_seconds_total", Type.COUNTER, "Time in which there were operations.", "", MILLIS),
            new Column("io_time_weighted_seconds_total", Type.COUNTER, "Time of all operations.", "", MILLIS));

    private DiskFamilies() {
    }

    static List<SampleFamily> all() {
        List<SampleFamily> all = new ArrayList<>(List.of(
                mounted("inodes_free", "Files that there can be more.", m -> m.size().inodesFree()),
                mounted("inodes_total", "Files that there can be.", m -> m.size().inodes()),
                mounted("limit_bytes", "Size of the file system.", m -> m.size().capacityBytes()),
                mounted("usage_bytes", "What is used of the file system.", m -> m.size().usedBytes()),
                bytes("reads_bytes_total", "Bytes that were read.", "Read"),
                bytes("writes_bytes_total", "Bytes that were written.", "Write"),
                SampleFamily.counters("container_blkio_device_usage_total", "Bytes by operation.",
                        DiskFamilies::operations)));
        for (String what : List.of("usage", "wait", "indebt", "indelay")) {
            all.add(SampleFamily.counters("container_fs_io_cost_" + what + "_seconds_total",
                    "What the controller of I/O cost counts as " + what + ".",
                    s -> points(io(s, DeviceIo::cost, what, MICROS))));
        }
        for (int i = 0; i < COLUMNS.size(); i++) {
            all.add(column(COLUMNS.get(i), i));
        }
        return all;
    }

    private static SampleFamily mounted(String name, String help, Function<MountedDevice, Number> value) {
        return SampleFamily.gauges("container_fs_" + name, help,
                s -> s.mounted().stream().map(m -> Point.of(value.apply(m), "device", m.device())));
    }

    private static SampleFamily bytes(String name, String help, String operation) {
        return SampleFamily.counters("container_fs_" + name, help,
                s -> points(io(s, DeviceIo::bytes, operation, 1)));
    }

    /// What the group did, and, with the machine's, what was done on its file systems.
    private static SampleFamily column(Column c, int index) {
        return new SampleFamily("container_fs_" + c.name(), c.type(), c.help(), true, s -> {
            Map<String, Number> all = c.operation().isEmpty() ? new LinkedHashMap<>()
                    : io(s, DeviceIo::operations, c.operation(), 1);
            s.mounted().forEach(m -> all.putIfAbsent(m.device(), scaled(m.counters().get(index), c.unit())));
            return points(all);
        });
    }

    private static Number scaled(long value, double unit) {
        if (unit == 1) {
            return value;
        }
        return value / unit;
    }

    /// By device; a name comes once, the first counts.
    private static Map<String, Number> io(CgroupSample s, Function<DeviceIo, Map<String, Long>> table,
            String operation, double unit) {
        Map<String, Number> all = new LinkedHashMap<>();
        s.io().stream().filter(io -> !table.apply(io).isEmpty()).forEach(io -> all.putIfAbsent(io.device(),
                scaled(table.apply(io).getOrDefault(operation, 0L), unit)));
        return all;
    }

    private static Stream<Point> points(Map<String, Number> byDevice) {
        return byDevice.entrySet().stream().map(e -> Point.of(e.getValue(), "device", e.getKey()));
    }

    private static Stream<Point> operations(CgroupSample s) {
        return s.io().stream().flatMap(io -> new TreeMap<>(io.bytes()).entrySet().stream()
                .map(e -> Point.of(e.getValue(), "device", io.device(), "major", io.major(), "minor", io.minor(),
                        "operation", e.getKey())));
    }
}
