package io.k3j.imageitest;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// How a container is run, as Docker has runc run one: `config.json` of a bundle. See
/// <https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md>.
final class Spec {
    private static final String ALL = Stream.of("AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF"
            + " CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID IPC_LOCK IPC_OWNER KILL LEASE"
            + " LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW PERFMON"
            + " SETFCAP SETGID SETPCAP SETUID SYSLOG SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT"
            + " SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM").flatMap(s -> Stream.of(s.split(" ")))
            .map(name -> "\"CAP_" + name + "\"").collect(Collectors.joining(","));
    private static final String MASKED = ",\"maskedPaths\":[\"/proc/kcore\",\"/proc/keys\",\"/proc/timer_list\","
            + "\"/sys/firmware\"],\"readonlyPaths\":[\"/proc/bus\",\"/proc/fs\",\"/proc/irq\",\"/proc/sys\"]";

    private final int user;
    private final boolean privileged;
    private final List<String> mounts = new ArrayList<>();

    private Spec(int user, boolean privileged) {
        this.user = user;
        this.privileged = privileged;
        mount("/proc", "proc", "proc", "");
        mount("/dev", "tmpfs", "tmpfs", ",\"nosuid\",\"mode=755\"");
        mount("/dev/pts", "devpts", "devpts", ",\"newinstance\",\"ptmxmode=0666\",\"mode=0620\"");
        mount("/dev/shm", "tmpfs", "shm", ",\"mode=1777\"");
        mount("/dev/mqueue", "mqueue", "mqueue", "");
        mount("/sys", "sysfs", "sysfs", privileged ? "" : ",\"ro\"");
    }

    /// `--privileged`.
    static Spec privileged() {
        return new Spec(0, true);
    }

    /// `--user … --cap-drop=ALL --security-opt=no-new-privileges --read-only`.
    static Spec unprivileged(int user) {
        return new Spec(user, false);
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
        String capabilities = privileged ? ALL : "";
        return """
                {"ociVersion":"1.0.2","hostname":"%1$s","root":{"path":"rootfs","readonly":%2$s},
                "process":{"user":{"uid":%3$d,"gid":%3$d},"args":[%4$s],"env":[%5$s],"cwd":"/","noNewPrivileges":%2$s,
                "capabilities":{"bounding":[%6$s],"effective":[%6$s],"permitted":[%6$s]},
                "rlimits":[{"type":"RLIMIT_NOFILE","hard":1048576,"soft":1048576}]},
                "mounts":[%7$s],
                "linux":{"cgroupsPath":"/docker/%1$s","resources":{"devices":[{"allow":true,"access":"rwm"}]},
                "namespaces":[{"type":"pid"},{"type":"ipc"},{"type":"uts"},{"type":"mount"},
                {"type":"network","path":"/run/netns/%1$s"}]%8$s}}
                """.formatted(name, !privileged, user, words, variables, capabilities, String.join(",", mounts),
                privileged ? "" : MASKED);
    }
}
