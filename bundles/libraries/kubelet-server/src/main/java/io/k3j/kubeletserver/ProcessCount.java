package io.k3j.kubeletserver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// How many processes the containers of a pod have, as cAdvisor counts them: by the control groups beside that of the
/// sandbox; see cgroups(7). Any thread; reads short files at each call.
final class ProcessCount {
    private final UnaryOperator<String> text;
    private final Path mount;
    private final boolean unified;

    /// @param text of a file, empty when it cannot be read
    /// @param mount `/sys/fs/cgroup`
    ProcessCount(UnaryOperator<String> text, Path mount) {
        this.text = text;
        this.mount = mount;
        // at the top of version 2 alone; beside version 1 its hierarchy has no controllers
        unified = Files.exists(mount.resolve("cgroup.controllers"));
    }

    /// @param pid the first process of the sandbox
    /// @return empty when it has no control group of its own
    OptionalLong of(long pid) {
        Optional<Path> own = text.apply("/proc/" + pid + "/cgroup").lines().map(l -> List.of(l.split(":", 3)))
                .filter(w -> w.size() == 3 && (unified ? w.getFirst().equals("0")
                        : List.of(w.get(1).split(",")).contains("pids")))
                .map(w -> w.get(2)).filter(p -> p.length() > 1).findFirst()
                .map(p -> Path.of((unified ? mount : mount.resolve("pids")) + p));
        return own.flatMap(group -> Optional.ofNullable(group.getParent()).map(pod -> besides(pod, group)))
                .orElse(OptionalLong.empty());
    }

    private OptionalLong besides(Path pod, Path sandbox) {
        try (Stream<Path> all = Files.list(pod)) {
            return OptionalLong.of(all.filter(p -> !p.equals(sandbox) && Files.isDirectory(p))
                    .mapToLong(p -> text.apply(p.resolve("cgroup.procs").toString()).lines().count()).sum());
        } catch (IOException | UncheckedIOException e) {
            return OptionalLong.empty();
        }
    }
}
