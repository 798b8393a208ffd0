package io.k3j.kubeletserver;

import io.k3j.controllerkit.Times;
import io.k3j.kubeletvolumes.DiskUsage;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Sandbox;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;

/// What the node uses as a whole, for the summary: figures of the kernel's. Any thread; reads short files at each call.
/// Collectors of upstream's read these fields without asking whether they are there.
final class NodeStats {
    private final UnaryOperator<String> text;
    private final CpuRates rates;
    private final DiskUsage disk;
    private final ProcessStats processes;

    /// @param text of a file, empty when it cannot be read
    NodeStats(UnaryOperator<String> text, CpuRates rates, DiskUsage disk) {
        this.text = text;
        this.rates = rates;
        this.disk = disk;
        processes = new ProcessStats(text, rates);
    }

    /// Memory as the kernel says: available is `MemAvailable`, the working set the rest. Without `fs` when the file
    /// system cannot be asked.
    /// @param now the time of day
    /// @param root where files of pods lie
    /// @param runtime the process of the container runtime, if it is known
    /// @param pods all of them, as upstream's system container of that name
    Struct of(String name, Instant now, Path root, OptionalLong runtime, Struct pods) {
        String at = Times.seconds(now);
        long cpu = cpu(text.apply("/proc/stat"));
        Instant booted = Instant.ofEpochSecond(number("/proc/stat", "btime"));
        List<Struct> system = new ArrayList<>();
        processes.of("kubelet", "self", now, booted).ifPresent(system::add);
        runtime.ifPresent(pid -> processes.of("runtime", Long.toString(pid), now, booted).ifPresent(system::add));
        system.add(pods.with("startTime", Times.seconds(booted)));
        Struct.Builder b = Struct.builder().put("nodeName", name).put("systemContainers", system)
                .put("startTime", Times.seconds(booted))
                .put("cpu", Struct.of("time", at, "usageNanoCores", rates.rate("/", now, cpu), "usageCoreNanoSeconds",
                        cpu))
                .put("memory", memory(at)).put("swap", swap(at)).put("network", network(at))
                .put("rlimit", limit(at));
        try {
            b.put("fs", FsStats.of(now, disk.fileSystem(root)));
        } catch (IOException e) {
            // a node without a known disk
        }
        return b.build();
    }

    private Struct swap(String at) {
        long free = kib("/proc/meminfo", "SwapFree:");
        return Struct.of("time", at, "swapAvailableBytes", free, "swapUsageBytes",
                kib("/proc/meminfo", "SwapTotal:") - free);
    }

    private Struct memory(String at) {
        long total = kib("/proc/meminfo", "MemTotal:");
        long available = kib("/proc/meminfo", "MemAvailable:");
        return Struct.of("time", at, "availableBytes", available, "usageBytes",
                total - kib("/proc/meminfo", "MemFree:"), "workingSetBytes", total - available, "rssBytes",
                kib("/proc/meminfo", "AnonPages:"), "pageFaults", number("/proc/vmstat", "pgfault"),
                "majorPageFaults", number("/proc/vmstat", "pgmajfault"));
    }

    /// All processors' time that was not idle.
    /// @param stat the text of `/proc/stat`, whose first line tells it
    /// @return nanoseconds since the host started; the fourth and fifth word, idle and waiting for input, are left out
    static long cpu(String stat) {
        List<String> words = List.of(stat.lines().findFirst().orElse("cpu").split(" +"));
        long ticks = 0;
        // guests' time, in the ninth word and the tenth, is in the others already
        for (int i = 1; i < Math.min(words.size(), 9); i++) {
            boolean idle = i == 4 || i == 5;
            ticks += idle ? 0 : Long.parseLong(words.get(i));
        }
        return ticks * ProcessStats.TICK_NANOS;
    }

    /// Interfaces by `/proc/net/dev`; the one the default route leads over is told at the top.
    private Struct network(String at) {
        List<Sandbox.Interface> all = NetworkStats.interfaces(text.apply("/proc/net/dev"));
        Optional<String> device = text.apply("/proc/net/route").lines().skip(1).map(l -> List.of(l.split("\t")))
                .filter(w -> w.size() > 2 && w.get(1).equals("00000000")).map(List::getFirst).findFirst();
        return NetworkStats.struct(at,
                all.stream().filter(i -> device.isEmpty() || device.get().equals(i.name())).findFirst(), all);
    }

    /// How many processes there may be, and are: the fourth word of `/proc/loadavg` is `running/all`.
    private Struct limit(String at) {
        String all = Arrays.stream(text.apply("/proc/loadavg").split(" ")).filter(w -> w.contains("/")).findFirst()
                .map(w -> w.substring(w.indexOf('/') + 1)).orElse("0");
        String most = text.apply("/proc/sys/kernel/pid_max").strip();
        return Struct.of("time", at, "maxpid", most.isEmpty() ? 0 : Long.parseLong(most), "curproc",
                Long.parseLong(all));
    }

    private long kib(String file, String name) {
        return number(file, name) * 1024;
    }

    /// The number after a name at the beginning of a line, 0 when there is none.
    private long number(String file, String name) {
        return text.apply(file).lines().filter(l -> l.startsWith(name + " ")).findFirst()
                .map(l -> Long.parseLong(List.of(l.substring(name.length()).strip().split(" +")).getFirst()))
                .orElse(0L);
    }
}
