package io.k3j.imageitest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// How a container is run, as Docker has runc run one: `config.json` of a bundle. See
/// <https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md>.
final class Spec {
    /// In the order of their numbers.
    private static final List<String> CAPABILITIES = List.of(("CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL"
            + " SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK"
            + " IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE"
            + " SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG"
            + " WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE").split(" "));
    private static final String MASKED = ",\"maskedPaths\":[\"/proc/kcore\",\"/proc/keys\",\"/proc/timer_list\","
            + "\"/sys/firmware\"],\"readonlyPaths\":[\"/proc/bus\",\"/proc/fs\",\"/proc/irq\",\"/proc/sys\"]";

    private final int user;
    private final boolean privileged;
    private final String capabilities;
    private final List<String> mounts = new ArrayList<>();

    private Spec(int user, boolean privileged, String capabilities) {
        this.user = user;
        this.privileged = privileged;
        this.capabilities = capabilities;
        mount("/proc", "proc", "proc", "");
        mount("/dev", "tmpfs", "tmpfs", ",\"nosuid\",\"mode=755\"");
        mount("/dev/pts", "devpts", "devpts", ",\"newinstance\",\"ptmxmode=0666\",\"mode=0620\"");
        mount("/dev/shm", "tmpfs", "shm", ",\"mode=1777\"");
        mount("/dev/mqueue", "mqueue", "mqueue", "");
        mount("/sys", "sysfs", "sysfs", privileged ? "" : ",\"ro\"");
    }

    /// `--privileged`: with all capabilities that this process has.
    static Spec privileged() throws IOException {
        long have = Long.parseUnsignedLong(Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("CapEff:")).findFirst().orElseThrow().split("\\s+")[1], 16);
        return new Spec(0, true, IntStream.range(0, CAPABILITIES.size()).filter(i -> (have >>> i & 1) == 1)
                .mapToObj(i -> "\"CAP_" + CAPABILITIES.get(i) + "\"").collect(Collectors.joining(",")));
    }

    /// `--user … --cap-drop=ALL --security-opt=no-new-privileges --read-only`.
    static Spec unprivileged(int user) {
        return new Spec(user, false, "");
    }

    private void mount(String path, String type, String source, String more) {
        mounts.add("{\"destination\":\"" + path + "\",\"type\":\"" + type + "\",\"source\":\"" + source
                + "\",\"options\":[\"noexec\"" + more + "]}");
    }

    /// `--tmpfs`.
    Spec tmpfs(String path) {
        mount(path, "tmpfs", "tmpfs", ",\"nosuid\",\"nodev\",\"mode=1777\"");
        return this;
    }

    /// `--volume`.
    Spec bind(String from, String path) {
        mounts.add("{\"destination\":\"" + path + "\",\"type\":\"bind\",\"source\":\"" + from
                + "\",\"options\":[\"rbind\",\"rw\"]}");
        return this;
    }

    /// The text of the file.
    ///
    /// @param name of the container
    /// @param words of its first process, and its variables: the inside of JSON lists
    String json(String name, String words, String variables) {
        return """
                {"ociVersion":"1.0.2","hostname":"%1$s","root":{"path":"rootfs","readonly":%2$s},
                "process":{"user":{"uid":%3$d,"gid":%3$d},"args":[%4$s],"env":[%5$s],"cwd":"/","noNewPrivileges":%2$s,
                "capabilities":{"bounding":[%6$s],"effective":[%6$s],"permitted":[%6$s]}},
                "mounts":[%7$s],
                "linux":{"cgroupsPath":"/docker/%1$s","resources":{"devices":[{"allow":true,"access":"rwm"}]},
                "namespaces":[{"type":"pid"},{"type":"ipc"},{"type":"uts"},{"type":"mount"},
                {"type":"network","path":"/run/netns/%1$s"}]%8$s}}
                """.formatted(name, !privileged, user, words, variables, capabilities, String.join(",", mounts),
                privileged ? "" : MASKED);
    }
}
