package io.k3j.kubeletnfs;

import io.k3j.kubeletvolumes.HostProgram;
import io.k3j.volumeapi.VolumeUsage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// The programs of the node that touch what a server has. Each is killed at its limit: a process that waits for a
/// server of NFS is woken by that, also in the kernel. Any thread; blocks for the limit at most.
final class NfsPrograms {
    /// mount.nfs(8) itself tries for two minutes, and says then why it gives up.
    static final Duration MOUNT = Duration.ofMinutes(3);
    /// Upstream's `unMountTimeout`: when it is over, the mount is ended by force.
    static final Duration UNMOUNT = Duration.ofMinutes(1);
    /// As long as a CSI driver is given for the same question.
    static final Duration FIGURES = Duration.ofSeconds(20);
    private static final System.Logger LOG = System.getLogger("io.k3j.kubeletnfs");
    private static final String NO_HELPER = "This node has no mount.nfs: install nfs-common (Debian, Ubuntu), nfs-utils"
            + " (Fedora, RHEL, Alpine, Arch) or nfs-client (SUSE); the volume is mounted at the next try";
    private static final String NO_KERNEL = "The kernel of this node has no client of NFS: modprobe nfs loads it, where"
            + " its modules are installed";
    /// What is told of a file system, in this order: blocks that users may still take, all blocks, free ones, bytes of
    /// a block, all files, those that can still be made.
    private static final String ORDER = "%a %b %f %S %c %d";
    private static final int WORDS = 6;
    private final HostProgram mount;
    private final HostProgram unmount;
    private final HostProgram figures;

    /// @param within runs programs for a time at most
    NfsPrograms(Function<Duration, HostProgram> within) {
        mount = within.apply(MOUNT);
        unmount = within.apply(UNMOUNT);
        figures = within.apply(FIGURES);
    }

    /// Mounts an export, as upstream's `MountSensitiveWithoutSystemd`: no scope of systemd is made for it.
    /// @param at an existing directory
    /// @throws IOException with upstream's words; something may be mounted all the same
    void mount(NfsSource source, Path at) throws IOException {
        List<String> line = new ArrayList<>(List.of("mount", "-t", "nfs"));
        if (!source.options().isEmpty()) {
            line.addAll(List.of("-o", String.join(",", source.options())));
        }
        line.addAll(List.of(source.export(), at.toString()));
        HostProgram.Result result = mount.run(line.toArray(String[]::new));
        if (result.code() != 0) {
            throw new IOException("mount failed: " + ended(result) + "\nMounting command: mount\nMounting arguments: "
                    + String.join(" ", line.subList(1, line.size())) + "\nOutput: " + result.said()
                    + advice(result.said()));
        }
    }

    private static String ended(HostProgram.Result result) {
        return result.code() < 0 ? "signal: killed" : "exit status " + result.code();
    }

    /// What to do, where the program says what is missing on the node, in the words of util-linux before and since it
    /// uses fsconfig(2), and of nfs-utils. Of a type that is not known mount(8) speaks only where it has no helper.
    private static String advice(String said) {
        boolean kernel = said.contains("unknown filesystem type") || said.contains("mount.nfs: No such device");
        boolean helper = said.contains("unknown filesystem type") || said.contains("helper program")
                || said.contains("mount program didn't pass remote address");
        return (helper ? "\n" + NO_HELPER : "") + (kernel ? "\n" + NO_KERNEL : "");
    }

    /// Ends a mount, by force when the server has not answered in time: that may lose what is not written yet, so who
    /// is interrupted, as by the end of the kubelet, leaves it to the next try.
    /// @return why it may still be mounted, which the table of mounts knows better; empty when the program says it is
    /// done
    String unmount(Path at) throws IOException {
        HostProgram.Result result = unmount.run("umount", at.toString());
        if (result.code() < 0 && !Thread.currentThread().isInterrupted()) {
            LOG.log(System.Logger.Level.WARNING, "Unmounting by force path={0} error={1}", at, result.said());
            result = unmount.run("umount", "-f", at.toString());
        }
        return result.code() == 0 ? "" : "unmount failed: " + ended(result) + "\nUnmounting arguments: " + at
                + "\nOutput: " + result.said();
    }

    /// What the file system that is mounted somewhere has, as statfs(2) tells.
    /// @throws IOException when its server does not answer
    VolumeUsage usage(Path at) throws IOException {
        HostProgram.Result result = figures.run("stat", "-f", "-c", ORDER, at.toString());
        String[] words = result.output().strip().split(" ");
        if (result.code() != 0 || words.length != WORDS) {
            throw new IOException("stat of the file system at " + at + " failed: " + ended(result) + " "
                    + result.said());
        }
        try {
            long block = Long.parseLong(words[3]);
            long all = Long.parseLong(words[1]);
            long files = Long.parseLong(words[4]);
            long left = Long.parseLong(words[5]);
            return new VolumeUsage(Long.parseLong(words[0]) * block, all * block,
                    (all - Long.parseLong(words[2])) * block, files, left, files - left);
        } catch (NumberFormatException e) {
            throw new IOException("stat of the file system at " + at + " says " + result.said(), e);
        }
    }
}
