package io.k3j.cgroups;

import io.k3j.childprocess.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Has systemd make cgroups, as slices: `/kubepods/burstable/pod<uid>` is `kubepods-burstable-pod<uid>.slice`, with
/// `_` for each `-` of the uid. `systemctl` is asked, which needs no D-Bus daemon: it calls process 1 itself. What it
/// sets lies in `/run`, so that a slice keeps it no matter who reloads systemd, and the next boot knows nothing of
/// it. See <https://www.freedesktop.org/software/systemd/man/systemd.resource-control.html>.
///
/// Any thread.
final class SystemdDriver implements CgroupDriver {
    /// How long `systemctl` has; systemd gives a call as long. Beyond it the program is killed and the call fails.
    static final Duration LIMIT = Duration.ofSeconds(25);
    /// What Kubernetes calls it.
    static final String NAME = "systemd";
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final String SLICE = ".slice";
    private final Hierarchies hierarchies;
    private final List<String> systemctl;
    private final Command command;

    /// @param systemctl the program and the first of its arguments
    /// @param command how programs are run, with their limit of time
    SystemdDriver(Hierarchies hierarchies, List<String> systemctl, Command command) {
        this.hierarchies = hierarchies;
        this.systemctl = systemctl;
        this.command = command;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String parent(String group) {
        return unit(group) + SLICE;
    }

    /// A dash in a unit's name stands for a slice within a slice, so those of a uid have to be written otherwise.
    private static String unit(String group) {
        return group.substring(1).replace('-', '_').replace('/', '-');
    }

    /// Where a slice lies: each word of its name is a slice in the one before it.
    static String path(String group) {
        String unit = unit(group);
        StringBuilder path = new StringBuilder();
        for (int dash = unit.indexOf('-'); dash >= 0; dash = unit.indexOf('-', dash + 1)) {
            path.append(unit, 0, dash).append(SLICE).append('/');
        }
        return path + unit + SLICE;
    }

    /// The slice is started before anything is set for it, so that whatever is set can be found by its directory.
    /// @throws IOException when systemd cannot be asked or refuses; a slice that was started stays, without its limits
    @Override
    public void limit(String group, Limits limits) throws IOException {
        String slice = parent(group);
        ask(slice, "start", slice);
        // as upstream: whole per cents, rounded up, since a container's quota must not be above its pod's
        String quota = limits.cpuLimit() > 0 ? (limits.cpuLimit() + 9) / 10 + "%" : "";
        ask(slice, "set-property", "--runtime", slice, share(limits.cpuRequest()), "CPUQuota=" + quota,
                "MemoryMax=" + most(limits.memory()), "TasksMax=" + most(limits.pids()));
    }

    @Override
    public void enforce(String group, Limits limits) throws IOException {
        limit(group, limits);
    }

    @Override
    public void change(String group, Limits limits) throws IOException {
        limit(group, limits);
    }

    /// Said explicitly, so that a limit that is taken away goes from the slice, too.
    private static String most(long value) {
        return value > 0 ? Long.toString(value) : "infinity";
    }

    /// Shares on version 1: a weight would be taken too, in steps of ten shares.
    private String share(long cpuRequest) {
        return hierarchies.unified() ? "CPUWeight=" + ContainerResources.weight(cpuRequest)
                : "CPUShares=" + ContainerResources.shares(cpuRequest);
    }

    /// The kernel is told itself, as by upstream: systemd knows nothing of huge pages, and leaves them alone.
    @Override
    public void hugePages(String group, Map<Long, Long> limits) throws IOException {
        new HugetlbFiles(hierarchies).limit(path(group), limits);
    }

    /// Asks only when the kernel has another weight. Called at every round of housekeeping, and a program per call
    /// would be dear.
    @Override
    public void weigh(String group, long cpuRequest) throws IOException {
        if (hierarchies.groups(path(group)).isEmpty()) {
            return;
        }
        String wanted = share(cpuRequest);
        Path file = hierarchies.group("cpu", path(group))
                .resolve(hierarchies.unified() ? "cpu.weight" : "cpu.shares");
        if (!Files.exists(file) || !wanted.endsWith("=" + Files.readString(file).strip())) {
            ask(parent(group), "set-property", "--runtime", parent(group), wanted);
        }
    }

    /// Stopping a slice would end the processes in it. What fails is logged: the slice stays, is found again by
    /// [#below], and is tried again.
    @Override
    public void remove(String group) {
        List<Path> directories = hierarchies.groups(path(group));
        String slice = parent(group);
        if (directories.isEmpty()) {
            return;
        }
        if (directories.stream().anyMatch(Hierarchies::busy)) {
            LOG.log(System.Logger.Level.DEBUG, "{0} stays: it has processes", slice);
            return;
        }
        try {
            // as long as the slice is there, what is left is found again
            ask(slice, "revert", "--no-reload", slice);
            ask(slice, "stop", slice);
            // runc makes directories for controllers that systemd does not know
            directories.forEach(Hierarchies::remove);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, e.getMessage());
        }
    }

    /// Found by directories, without asking systemd.
    @Override
    public Set<String> below(String group) {
        String prefix = unit(group) + "-";
        return hierarchies.groups(path(group)).stream().flatMap(g -> Hierarchies.children(g).stream())
                .map(c -> c.getFileName().toString()).filter(n -> n.startsWith(prefix) && n.endsWith(SLICE))
                .map(n -> n.substring(prefix.length(), n.length() - SLICE.length()).replace('_', '-'))
                .collect(Collectors.toSet());
    }

    /// @throws IOException with what was asked, what systemd said, and where to look
    private void ask(String slice, String... words) throws IOException {
        List<String> line = new ArrayList<>(systemctl);
        line.addAll(Arrays.asList(words));
        Command.Outcome outcome;
        try {
            outcome = command.run(line, "");
        } catch (IOException e) {
            throw new IOException("systemd keeps the cgroups of this node, and there is no way to ask it for " + slice
                    + ": " + e.getMessage() + "; install systemctl, or give the runtime the cgroupfs driver", e);
        }
        if (outcome.code() != 0) {
            throw new IOException("systemd keeps the cgroups of this node and refused: " + String.join(" ", line) + ": "
                    + outcome.complaint().strip() + " (exit code " + outcome.code() + "); see: systemctl status "
                    + slice + "; journalctl -b _PID=1");
        }
    }
}
