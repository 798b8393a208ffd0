package io.k3j.kubeletcadvisor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Control groups of version 2, in one hierarchy. See <https://docs.kernel.org/admin-guide/cgroup-v2.html>. The topmost
/// group lacks what would be the machine's own: that comes from `/proc/meminfo`, as upstream. Any thread.
///
/// @param kernel files of the machine
/// @param mount `/sys/fs/cgroup`
record UnifiedGroups(KernelText kernel, Path mount) implements CgroupFiles {
    private static final String OWN = "0::";
    private static final long MICROS = 1_000;
    private static final long MOST_WEIGHT = 10_000;

    @Override
    public boolean unified() {
        return true;
    }

    @Override
    public String own() {
        return kernel.of("/proc/self/cgroup").lines().filter(line -> line.startsWith(OWN)).findFirst()
                .map(line -> line.substring(OWN.length())).orElse("");
    }

    @Override
    public List<Path> directories(String id) {
        return List.of(directory(id));
    }

    private Path directory(String id) {
        return mount.resolve(id.substring(1));
    }

    private long number(String id, String file) {
        return KernelText.number(directory(id).resolve(file));
    }

    private String text(String id, String file) {
        return KernelText.of(directory(id).resolve(file));
    }

    @Override
    public String oldest() {
        return "cgroup.events";
    }

    @Override
    public Path processes(String id) {
        return directory(id).resolve("cgroup.procs");
    }

    @Override
    public CgroupSample.Limits limits(String id) {
        List<String> max = KernelText.words(text(id, "cpu.max"));
        boolean told = max.size() > 1;
        boolean limited = told && !max.getFirst().equals("max");
        boolean machine = id.equals(CgroupEntry.MACHINE.id());
        return new CgroupSample.Limits(true, told ? KernelText.whole(max.getLast()) : 0,
                limited ? KernelText.whole(max.getFirst()) : 0, shares(number(id, "cpu.weight")),
                machine || Files.exists(directory(id).resolve("memory.max")),
                machine ? kernel.memory("MemTotal") : number(id, "memory.max"),
                machine ? kernel.memory("SwapTotal") : number(id, "memory.swap.max"), number(id, "memory.min"));
    }

    /// Weights 1 to 10 000 are shares 2 to 262 144.
    private static long shares(long weight) {
        return weight < 1 || weight > MOST_WEIGHT ? 0 : 2 + (weight - 1) * 262_142 / 9_999;
    }

    @Override
    public CgroupSample.Cpu cpu(String id) {
        Map<String, Long> stat = KernelText.keyed(text(id, "cpu.stat"));
        return new CgroupSample.Cpu(stat.getOrDefault("usage_usec", 0L) * MICROS,
                stat.getOrDefault("user_usec", 0L) * MICROS, stat.getOrDefault("system_usec", 0L) * MICROS,
                stat.getOrDefault("nr_periods", 0L), stat.getOrDefault("nr_throttled", 0L),
                stat.getOrDefault("throttled_usec", 0L) * MICROS, stat.getOrDefault("nr_bursts", 0L),
                stat.getOrDefault("burst_usec", 0L) * MICROS);
    }

    /// Neither failures nor the kernel's own memory are told by version 2, as upstream.
    @Override
    public CgroupSample.Memory memory(String id) {
        Map<String, Long> stat = KernelText.keyed(text(id, "memory.stat"));
        boolean machine = id.equals(CgroupEntry.MACHINE.id());
        long cache = stat.getOrDefault("file", 0L);
        long rss = stat.getOrDefault("anon", 0L);
        long swap = machine ? kernel.memory("SwapTotal") - kernel.memory("SwapFree")
                : number(id, "memory.swap.current");
        return new CgroupSample.Memory(machine ? rss + cache : number(id, "memory.current"), number(id, "memory.peak"),
                0, 0, cache, rss, swap, stat.getOrDefault("file_mapped", 0L), stat.getOrDefault("active_file", 0L),
                stat.getOrDefault("inactive_file", 0L), stat.getOrDefault("pgfault", 0L),
                stat.getOrDefault("pgmajfault", 0L),
                KernelText.keyed(text(id, "memory.events.local")).getOrDefault("oom_kill", 0L));
    }

    /// Where threads are not counted, at the top among others, processes are, as upstream.
    @Override
    public CgroupSample.Threads threads(String id, int processes) {
        String current = text(id, "pids.current");
        if (current.isEmpty()) {
            return new CgroupSample.Threads(processes, 0);
        }
        long most = number(id, "pids.max");
        return new CgroupSample.Threads(KernelText.whole(current), most == KernelText.UNLIMITED ? 0 : most);
    }

    @Override
    public List<DeviceIo> io(String id) {
        List<DeviceIo> all = new ArrayList<>();
        text(id, "io.stat").lines().forEach(line -> device(KernelText.words(line)).ifPresent(all::add));
        return all;
    }

    /// A line of `io.stat`, as `8:0 rbytes=1 wbytes=2 rios=3 wios=4`.
    private static Optional<DeviceIo> device(List<String> words) {
        Map<String, Long> bytes = new HashMap<>();
        Map<String, Long> operations = new HashMap<>();
        Map<String, Long> cost = new HashMap<>();
        for (String word : words.subList(1, words.size())) {
            int is = word.indexOf('=');
            String name = word.substring(0, Math.max(0, is));
            long value = KernelText.whole(word.substring(is + 1));
            switch (name) {
                case "rbytes" -> bytes.put("Read", value);
                case "wbytes" -> bytes.put("Write", value);
                case "rios" -> operations.put("Read", value);
                case "wios" -> operations.put("Write", value);
                case "cost.usage" -> cost.put("usage", value);
                case "cost.wait" -> cost.put("wait", value);
                case "cost.indebt" -> cost.put("indebt", value);
                case "cost.indelay" -> cost.put("indelay", value);
                default -> {
                    // upstream has nothing of what is discarded
                }
            }
        }
        boolean nothing = bytes.isEmpty() && operations.isEmpty() && cost.isEmpty();
        return nothing ? Optional.empty() : Optional.of(new DeviceIo(words.getFirst(), "", bytes, operations, cost));
    }

    @Override
    public Map<String, CgroupSample.Stall> pressure(String id) {
        Map<String, CgroupSample.Stall> all = new HashMap<>();
        for (String what : List.of("cpu", "memory", "io")) {
            String text = text(id, what + ".pressure");
            all.put(what, new CgroupSample.Stall(total(text, "some "), total(text, "full ")));
        }
        return all;
    }

    /// Of a line as `some avg10=0.00 avg60=0.00 avg300=0.00 total=5`.
    private static long total(String text, String start) {
        return text.lines().filter(line -> line.startsWith(start)).findFirst()
                .map(line -> KernelText.whole(line.substring(line.lastIndexOf('=') + 1))).orElse(0L);
    }
}
