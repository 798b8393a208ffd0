package io.k3j.cricontainerd;

import io.k3j.childprocess.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// containerd's own client. Blocks; any thread.
///
/// @param line the program with its address and namespace
/// @param command runs it, with the timeout [#LIMIT]
/// @param programs where programs are that unpack for it
record Ctr(List<String> line, Command command, Function<String, Optional<Path>> programs) {
    /// Timeout of one call: enough for an archive of 20 GB at 20 MB per second.
    static final Duration LIMIT = Duration.ofMinutes(20);

    /// Both what it prints and what it complains of.
    /// @throws IOException with that when it fails
    String run(List<String> words) throws IOException, InterruptedException {
        return said(command.run(with(words), ""));
    }

    /// The same with a file as its input, which another program unpacks.
    String run(List<String> words, Path unpacker, Path file) throws IOException, InterruptedException {
        return said(command.pipe(List.of(List.of(unpacker.toString(), "-dc"), with(words)), file));
    }

    /// Whether a command of this release has a flag.
    boolean takes(List<String> words, String flag) throws IOException, InterruptedException {
        List<String> help = new ArrayList<>(words);
        help.add("--help");
        Command.Outcome told = command.run(with(help), "");
        return (told.code() == Command.KILLED ? said(told) : told.output()).contains(flag);
    }

    private List<String> with(List<String> words) {
        List<String> whole = new ArrayList<>(line);
        whole.addAll(words);
        return whole;
    }

    private static String said(Command.Outcome outcome) throws IOException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("while ctr ran");
        }
        String all = (outcome.output() + "\n" + outcome.complaint()).strip();
        if (outcome.code() == Command.KILLED) {
            throw new IOException(all + "; ctr was killed with what it had started; see whether containerd is at work"
                    + " and the disk is fast enough (k3s ctr images ls), then touch the file to have it imported");
        }
        if (outcome.code() != 0) {
            throw new IOException(all);
        }
        return all;
    }
}
