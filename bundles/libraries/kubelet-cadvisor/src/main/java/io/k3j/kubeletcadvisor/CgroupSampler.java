package io.k3j.kubeletcadvisor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Reads the files of groups, each once, for one scrape. One thread.
final class CgroupSampler {
    /// Disks that are told of a group.
    private static final int MOST_DEVICES = 256;
    private static final String OPEN_FILES = "Max open files";
    private static final int MINUTE = 60;
    private final KernelText kernel;
    private final CgroupFiles groups;
    private final BlockDevices devices;
    private final List<MountedDevice> mounted;
    private final InstantSource clock;
    private final OpenFiles files;
    private final Instant booted;

    /// @param mounted the file systems of the node
    /// @param clock the time of day
    CgroupSampler(KernelText kernel, CgroupFiles groups, BlockDevices devices, List<MountedDevice> mounted,
            InstantSource clock) {
        this.kernel = kernel;
        this.groups = groups;
        this.devices = devices;
        this.mounted = mounted;
        this.clock = clock;
        files = new OpenFiles(kernel, OpenFiles.MOST_DESCRIPTORS);
        long second = KernelText.keyed(kernel.of("/proc/stat")).getOrDefault("btime", 0L);
        booted = Instant.ofEpochSecond(second / MINUTE * MINUTE);
    }

    /// @return empty for a group that has gone, whose figures would begin at 0 again
    Optional<CgroupSample> sample(CgroupEntry entry) {
        String id = entry.id();
        Instant at = clock.instant();
        List<String> processes = KernelText.of(groups.processes(id)).lines().toList();
        String first = entry.machine() ? "1" : processes.stream().findFirst().orElse("");
        boolean plain = entry.kind() == CgroupEntry.Kind.GROUP;
        CgroupSample.Tasks tasks = new CgroupSample.Tasks(processes.size(), files.of(processes),
                groups.threads(id, processes.size()), plain ? OptionalLong.empty() : openFilesLimit(first));
        CgroupSample sample = new CgroupSample(entry, at, created(id, at), groups.limits(id), groups.cpu(id),
                groups.memory(id), tasks, io(entry), entry.machine() ? mounted : List.of(),
                entry.networked() ? InterfaceCounters.of(kernel.of("/proc/" + first + "/net/dev")) : List.of(),
                groups.unified() ? groups.pressure(id) : Map.of());
        return groups.there(id) ? Optional.of(sample) : Optional.empty();
    }

    /// The oldest of what the group has, but nothing is older than the machine's start.
    private Instant created(String id, Instant now) {
        Instant first = now;
        for (Path directory : groups.directories(id)) {
            for (Path each : List.of(directory, directory.resolve(groups.oldest()))) {
                Instant changed = changed(each).orElse(now);
                first = changed.isBefore(first) ? changed : first;
            }
        }
        return first.isBefore(booted) ? booted : first;
    }

    private static Optional<Instant> changed(Path path) {
        try {
            return Optional.of(Files.getLastModifiedTime(path).toInstant());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// A line as `Max open files 1024 524288 files`, the first number of which counts.
    private OptionalLong openFilesLimit(String pid) {
        Optional<String> line = pid.isEmpty() ? Optional.empty() : kernel.of("/proc/" + pid + "/limits").lines()
                .filter(l -> l.startsWith(OPEN_FILES)).findFirst();
        return line.map(l -> KernelText.words(l.substring(OPEN_FILES.length())).getFirst())
                .map(word -> OptionalLong.of(word.equals("unlimited") ? -1 : KernelText.whole(word)))
                .orElse(OptionalLong.empty());
    }

    /// What the machine does is told by the names of its file systems where these lie on a whole disk, as upstream.
    private List<DeviceIo> io(CgroupEntry entry) {
        return groups.io(entry.id()).stream().limit(MOST_DEVICES).map(io -> io.named(mounted.stream()
                .filter(m -> entry.machine() && m.number().equals(io.number())).map(MountedDevice::device).findFirst()
                .orElse(devices.name(io.number())))).toList();
    }
}
