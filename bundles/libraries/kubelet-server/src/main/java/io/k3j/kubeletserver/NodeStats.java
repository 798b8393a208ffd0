package io.k3j.kubeletserver;

import io.k3j.controllerkit.Times;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// What the node uses as a whole, for the summary: figures of the kernel's. Any thread; reads short files at each call.
/// Collectors of upstream's read these fields without asking whether they are there.
final class NodeStats {
    /// `/proc/stat` counts in ticks of `USER_HZ`, 100 a second on amd64 and arm64; see proc_stat(5).
    private static final long TICK_NANOS = CpuRates.NANOS / 100;
    /// Bytes of a page in `/proc/self/statm`: 4 KiB on amd64, and on arm64 as Debian builds it.
    private static final long PAGE = 4096;
    private final UnaryOperator<String> text;
    private final CpuRates rates;
    private final Inodes inodes = new Inodes();

    /// @param text of a file, empty when it cannot be read
    NodeStats(UnaryOperator<String> text, CpuRates rates) {
        this.text = text;
        this.rates = rates;
    }

    /// Memory as the kernel says: available is `MemAvailable`, the working set the rest. Without `fs` when the file
    /// system cannot be asked.
    /// @param now the time of day
    /// @param disk where files of pods lie
    /// @param pods sums over all pods, as upstream's system container of that name
    Struct of(String name, Instant now, Path disk, Struct pods) {
        String at = Times.seconds(now);
        long cpu = cpu(text.apply("/proc/stat"));
        Struct.Builder b = Struct.builder().put("nodeName", name)
                .put("systemContainers", Seq.of(kubelet(now), pods.with("name", "pods")))
                .put("startTime", Times.seconds(Instant.ofEpochSecond(number("/proc/stat", "btime"))))
                .put("cpu", Struct.of("time", at, "usageNanoCores", rates.rate("/", now, cpu), "usageCoreNanoSeconds",
                        cpu))
                .put("memory", memory(at)).put("network", network(at)).put("rlimit", processes(at));
        try {
            FileStore f = Files.getFileStore(disk);
            Inodes.Count files = inodes.of(disk);
            b.put("fs", Struct.of("time", at, "availableBytes", f.getUsableSpace(), "capacityBytes", f.getTotalSpace(),
                    "usedBytes", f.getTotalSpace() - f.getUnallocatedSpace(), "inodesFree", files.free(), "inodes",
                    files.all(), "inodesUsed", files.all() - files.free()));
        } catch (IOException e) {
            // a node without a known disk
        }
        return b.build();
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
        return ticks * TICK_NANOS;
    }

    /// This process, which is the kubelet among other things; see proc_pid_stat(5).
    private Struct kubelet(Instant now) {
        String at = Times.seconds(now);
        String stat = text.apply("/proc/self/stat");
        // the name of the process is in brackets and may hold blanks; what follows begins with the third word
        List<String> words = List.of(stat.substring(stat.lastIndexOf(')') + 1).strip().split(" +"));
        long cpu = (word(words, 14) + word(words, 15)) * TICK_NANOS;
        List<String> pages = List.of(text.apply("/proc/self/statm").strip().split(" +"));
        long resident = pages.size() > 2 ? Long.parseLong(pages.get(1)) * PAGE : 0;
        long shared = pages.size() > 2 ? Long.parseLong(pages.get(2)) * PAGE : 0;
        Instant started = Instant.ofEpochSecond(number("/proc/stat", "btime")).plusNanos(word(words, 22) * TICK_NANOS);
        return Struct.of("name", "kubelet", "startTime", Times.seconds(started), "cpu",
                Struct.of("time", at, "usageNanoCores", rates.rate("/kubelet", now, cpu), "usageCoreNanoSeconds", cpu),
                "memory", Struct.of("time", at, "usageBytes", resident, "workingSetBytes", resident, "rssBytes",
                        resident - shared, "pageFaults", word(words, 10), "majorPageFaults", word(words, 12)));
    }

    /// @param number as the manual counts, from 1
    private static long word(List<String> fromThird, int number) {
        return fromThird.size() > number - 3 ? Long.parseLong(fromThird.get(number - 3)) : 0;
    }

    /// Interfaces by `/proc/net/dev`; the one the default route leads over is told at the top, as upstream does.
    private Struct network(String at) {
        List<Struct> all = new ArrayList<>();
        text.apply("/proc/net/dev").lines().skip(2).forEach(line -> {
            int colon = line.indexOf(':');
            List<String> words = List.of(line.substring(colon + 1).strip().split(" +"));
            String name = line.substring(0, Math.max(0, colon)).strip();
            if (words.size() > 10 && !name.equals("lo")) {
                all.add(Struct.of("name", name, "rxBytes", Long.parseLong(words.get(0)), "rxErrors",
                        Long.parseLong(words.get(2)), "txBytes", Long.parseLong(words.get(8)), "txErrors",
                        Long.parseLong(words.get(10))));
            }
        });
        Optional<String> device = text.apply("/proc/net/route").lines().skip(1).map(l -> List.of(l.split("\t")))
                .filter(w -> w.size() > 2 && w.get(1).equals("00000000")).map(List::getFirst).findFirst();
        Struct first = all.stream().filter(i -> device.isEmpty() || device.get().equals(i.text("name"))).findFirst()
                .orElse(Struct.of("name", ""));
        Struct.Builder b = Struct.builder().put("time", at);
        first.forEach(b::put);
        return b.put("interfaces", all).build();
    }

    /// How many processes there may be, and are: the fourth word of `/proc/loadavg` is `running/all`.
    private Struct processes(String at) {
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
