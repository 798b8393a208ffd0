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

/// The programs of the node that volumes on block devices and of NFS need: `blkid`, `fsck`, `losetup`, `mount` and
/// `umount` of util-linux, `stat` of coreutils, and `mkfs` of the file systems that pods ask for. They are found on
/// `PATH`, then where administrators' programs lie whatever `PATH` says. Any thread; blocks until the program has
/// ended, for [#LIMIT] or [#BRIEF] at most, or as [#within] says.
public final class HostPrograms implements HostProgram {
    /// What a check, a new file system or the replay of a journal of a large disk takes; whoever waits is one pod.
    public static final Duration LIMIT = Duration.ofHours(1);
    /// For all others: whoever ends what is left over waits for them, too. An `umount` that is left goes on.
    public static final Duration BRIEF = Duration.ofMinutes(2);
    /// Both keep more than such a program says: one that cannot write any more dies of it in the middle of its work.
    private final Command patient = new Command(LIMIT);
    private final Command brief = new Command(BRIEF);
    private final List<Path> directories;

    /// Those of this process' `PATH`. Runs nothing yet.
    public HostPrograms() {
        this(Optional.ofNullable(System.getenv("PATH")).orElse(""));
    }

    /// @param path directories with colons between them, looked into before all others
    public HostPrograms(String path) {
        directories = Stream.concat(List.of(path.split(":")).stream().filter(d -> d.startsWith("/")),
                Stream.of("/usr/sbin", "/usr/bin", "/sbin", "/bin")).distinct().map(Path::of).toList();
    }

    @Override
    public Result run(String... line) throws IOException {
        return run(works(line[0]) ? patient : brief, line);
    }

    /// The same programs, each for another time at most.
    public HostProgram within(Duration limit) {
        Command limited = new Command(limit);
        return line -> run(limited, line);
    }

    private Result run(Command by, String... line) throws IOException {
        List<String> whole = new ArrayList<>(List.of(line));
        whole.set(0, find(line[0]).toString());
        Command.Outcome outcome = by.run(whole, "");
        return new Result(outcome.code(), outcome.output(), outcome.complaint());
    }

    private static boolean works(String program) {
        return program.startsWith("mkfs.") || program.equals("fsck") || program.equals("mount");
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
