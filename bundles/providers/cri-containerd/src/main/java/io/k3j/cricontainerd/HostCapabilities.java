package io.k3j.cricontainerd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The capabilities of this machine for containerd.
///
/// @param systemd whether systemd is process 1 and manages cgroups
/// @param mayLowerOomScore whether the process has CAP_SYS_RESOURCE; without it no container may get a negative OOM
/// score
/// @param cniDirectory the directory of the CNI plugins
/// @param path the directories of executables
record HostCapabilities(boolean systemd, boolean mayLowerOomScore, Path cniDirectory, List<Path> path) {
    private static final int CAP_SYS_RESOURCE = 24;
    private static final List<Path> CNI = List.of(Path.of("/opt/cni/bin"), Path.of("/usr/lib/cni"),
            Path.of("/usr/libexec/cni"));

    /// Those of this machine.
    static HostCapabilities here() {
        boolean systemd = text(Path.of("/proc/1/comm")).strip().equals("systemd")
                && Files.isDirectory(Path.of("/run/systemd/system"));
        Path cni = CNI.stream().filter(p -> Files.isExecutable(p.resolve("bridge"))).findFirst().orElse(CNI.get(1));
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        List<Path> directories = Stream.concat(Stream.of(path.split(":")).filter(p -> !p.isEmpty()),
                Stream.of("/usr/sbin", "/usr/bin", "/sbin", "/bin")).distinct().map(Path::of).toList();
        return new HostCapabilities(systemd, capable(text(Path.of("/proc/self/status"))), cni, directories);
    }

    private static boolean capable(String status) {
        return status.lines().filter(l -> l.startsWith("CapEff:"))
                .mapToLong(l -> Long.parseUnsignedLong(l.substring(7).strip(), 16))
                .anyMatch(bits -> (bits >>> CAP_SYS_RESOURCE & 1) != 0);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    /// The path of a program, empty when it is not installed.
    Optional<Path> find(String program) {
        return path.stream().map(p -> p.resolve(program)).filter(Files::isExecutable).findFirst();
    }
}
