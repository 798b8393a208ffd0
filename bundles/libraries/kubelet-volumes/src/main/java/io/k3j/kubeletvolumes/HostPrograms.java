package io.k3j.kubeletvolumes;

import io.k3j.childprocess.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The programs of the node that volumes on block devices need: `blkid`, `fsck`, `losetup` and `mount` of util-linux,
/// and `mkfs` of the file systems that pods ask for. They are found on `PATH`, then where administrators' programs lie
/// whatever `PATH` says. Any thread; blocks until the program has ended, for [#LIMIT] at most.
public final class HostPrograms implements HostProgram {
    /// What a check or a new file system of a large disk takes; whoever waits is one pod.
    public static final Duration LIMIT = Duration.ofHours(1);
    /// What is kept of what they say: it goes into messages.
    private static final int MOST_BYTES = 16 << 10;
    private final Command command = new Command(LIMIT, MOST_BYTES);
    private final List<Path> directories;

    /// Those of this process' `PATH`. Runs nothing yet.
    public HostPrograms() {
        this(Optional.ofNullable(System.getenv("PATH")).orElse(""));
    }

    /// @param path directories with colons between them
    HostPrograms(String path) {
        directories = Stream.concat(List.of(path.split(":")).stream().filter(d -> d.startsWith("/")),
                Stream.of("/usr/sbin", "/usr/bin", "/sbin", "/bin")).distinct().map(Path::of).toList();
    }

    @Override
    public Result run(String... line) throws IOException {
        List<String> whole = new ArrayList<>(List.of(line));
        whole.set(0, find(line[0]).toString());
        Command.Outcome outcome = command.run(whole, "");
        return new Result(outcome.code(), outcome.output(), outcome.complaint());
    }

    private Path find(String program) throws NoSuchFileException {
        for (Path directory : directories) {
            Path found = directory.resolve(program);
            if (Files.isExecutable(found) && Files.isRegularFile(found)) {
                return found;
            }
        }
        throw new NoSuchFileException(program, null, "this node has no such program: install it (Debian has blkid,"
                + " fsck, losetup and mount in util-linux and mount, mkfs.ext4 in e2fsprogs, mkfs.xfs in xfsprogs)");
    }
}
