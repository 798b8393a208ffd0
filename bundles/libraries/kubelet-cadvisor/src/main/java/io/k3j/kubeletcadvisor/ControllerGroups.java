package io.k3j.kubeletcadvisor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Control groups of version 1, with a hierarchy for each controller. See
/// <https://docs.kernel.org/admin-guide/cgroup-v1/>. Any thread.
///
/// @param kernel files of the machine
/// @param mount `/sys/fs/cgroup`
record ControllerGroups(KernelText kernel, Path mount) implements CgroupFiles {
    private static final List<String> CONTROLLERS = List.of("cpu", "cpuacct", "memory", "pids", "blkio");
    /// Who counts reading and writing, the first of whom is asked that does: how often, and how much.
    private static final List<String> COUNTERS = List.of("blkio.bfq.%s_recursive", "blkio.%s_recursive",
            "blkio.throttle.%s_recursive", "blkio.throttle.%s");
    /// Nanoseconds of a tick of `USER_HZ`, 100 a second on amd64 and arm64.
    private static final long TICK = 10_000_000;

    @Override
    public boolean unified() {
        return false;
    }

    /// A line is as `4:cpu,cpuacct:/system.slice`.
    @Override
    public String own() {
        return kernel.of("/proc/self/cgroup").lines().map(line -> List.of(line.split(":", 3)))
                .filter(words -> words.size() == 3 && List.of(words.get(1).split(",")).contains("cpu"))
                .map(List::getLast).findFirst().orElse("");
    }

    @Override
    public List<Path> directories(String id) {
        return CONTROLLERS.stream().map(controller -> directory(controller, id)).toList();
    }

    private Path directory(String controller, String id) {
        return mount.resolve(controller).resolve(id.substring(1));
    }

    private Path file(String name, String id) {
        return directory(name.substring(0, name.indexOf('.')), id).resolve(name);
    }

    /// @param name of a file, which begins with that of the controller
    private long number(String name, String id) {
        return KernelText.number(file(name, id));
    }

    private Map<String, Long> keyed(String name, String id) {
        return KernelText.keyed(KernelText.of(file(name, id)));
    }

    @Override
    public String oldest() {
        return "cgroup.clone_children";
    }

    @Override
    public Path processes(String id) {
        return directory("cpu", id).resolve("cgroup.procs");
    }

    /// A quota of -1 is none.
    @Override
    public CgroupSample.Limits limits(String id) {
        boolean machine = id.equals(CgroupEntry.MACHINE.id());
        return new CgroupSample.Limits(Files.isDirectory(directory("cpu", id)), number("cpu.cfs_period_us", id),
                number("cpu.cfs_quota_us", id), number("cpu.shares", id),
                machine || Files.isDirectory(directory("memory", id)),
                machine ? kernel.memory("MemTotal") : number("memory.limit_in_bytes", id),
                machine ? kernel.memory("SwapTotal") : number("memory.memsw.limit_in_bytes", id),
                number("memory.soft_limit_in_bytes", id));
    }

    @Override
    public CgroupSample.Cpu cpu(String id) {
        Map<String, Long> ticks = keyed("cpuacct.stat", id);
        Map<String, Long> stat = keyed("cpu.stat", id);
        return new CgroupSample.Cpu(number("cpuacct.usage", id), ticks.getOrDefault("user", 0L) * TICK,
                ticks.getOrDefault("system", 0L) * TICK, stat.getOrDefault("nr_periods", 0L),
                stat.getOrDefault("nr_throttled", 0L), stat.getOrDefault("throttled_time", 0L), 0, 0);
    }

    /// With those below it, where the kernel adds them up; page faults are the group's own, as upstream.
    @Override
    public CgroupSample.Memory memory(String id) {
        Map<String, Long> stat = keyed("memory.stat", id);
        String total = number("memory.use_hierarchy", id) == 1 ? "total_" : "";
        return new CgroupSample.Memory(number("memory.usage_in_bytes", id), number("memory.max_usage_in_bytes", id),
                number("memory.failcnt", id), number("memory.kmem.usage_in_bytes", id),
                stat.getOrDefault(total + "cache", 0L), stat.getOrDefault(total + "rss", 0L),
                stat.getOrDefault(total + "swap", 0L), stat.getOrDefault(total + "mapped_file", 0L),
                stat.getOrDefault("total_active_file", 0L), stat.getOrDefault("total_inactive_file", 0L),
                stat.getOrDefault("pgfault", 0L), stat.getOrDefault("pgmajfault", 0L),
                keyed("memory.oom_control", id).getOrDefault("oom_kill", 0L));
    }

    @Override
    public CgroupSample.Threads threads(String id, int processes) {
        long most = number("pids.max", id);
        return new CgroupSample.Threads(number("pids.current", id), most == KernelText.UNLIMITED ? 0 : most);
    }

    @Override
    public List<DeviceIo> io(String id) {
        for (String counter : COUNTERS) {
            Map<String, Map<String, Long>> operations = devices(counter.replace("%s", "io_serviced"), id);
            if (!operations.isEmpty()) {
                Map<String, Map<String, Long>> bytes = devices(counter.replace("%s", "io_service_bytes"), id);
                Set<String> numbers = new TreeSet<>(operations.keySet());
                numbers.addAll(bytes.keySet());
                List<DeviceIo> all = new ArrayList<>();
                numbers.forEach(number -> all.add(new DeviceIo(number, "", bytes.getOrDefault(number, Map.of()),
                        operations.getOrDefault(number, Map.of()), Map.of())));
                return all;
            }
        }
        return List.of();
    }

    /// Lines as `8:0 Read 4096`; the sum at the end has no disk.
    private Map<String, Map<String, Long>> devices(String name, String id) {
        Map<String, Map<String, Long>> all = new TreeMap<>();
        KernelText.of(file(name, id)).lines().map(KernelText::words).filter(words -> words.size() == 3)
                .forEach(words -> all.computeIfAbsent(words.getFirst(), _ -> new HashMap<>()).put(words.get(1),
                        KernelText.whole(words.getLast())));
        return all;
    }

    @Override
    public Map<String, CgroupSample.Stall> pressure(String id) {
        return Map.of();
    }
}
