package io.k3j.kubeletuserns;

import io.k3j.childprocess.Command;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// The ids that an administrator has set aside for pods: those of the user `kubelet` in `/etc/subuid` and
/// `/etc/subgid`, as getsubids(1) of shadow-utils tells them; all but the first where there is no such user or program.
/// Any thread; blocks for the program.
///
/// What a program that fails says is no reason to take other ids: they may be somebody else's.
public final class SubordinateIds {
    /// Where they are written.
    static final String WHERE = "the line of kubelet in /etc/subuid and /etc/subgid";
    private static final String USER = "kubelet";
    private static final String PROGRAM = "getsubids";
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int MOST_BYTES = 64 << 10;
    /// `0: kubelet 65536 2147483648`.
    private static final int WORDS = 4;
    private final Path users;
    private final List<Path> directories;

    /// Those of this machine. Reads nothing yet.
    public SubordinateIds() {
        this(Path.of("/etc/passwd"), Stream.of("/usr/bin", "/bin", "/usr/sbin", "/sbin").map(Path::of).toList());
    }

    /// @param users the file of users
    /// @param directories where the program is looked for, in this order
    SubordinateIds(Path users, List<Path> directories) {
        this.users = users;
        this.directories = List.copyOf(directories);
    }

    /// @param idsPerPod `userNamespaces.idsPerPod`
    /// @throws IllegalArgumentException when they cannot be cut into ranges of pods
    /// @throws IOException when they cannot be read
    public IdRange read(long idsPerPod) throws IOException {
        List<Path> program = directories.stream().map(d -> d.resolve(PROGRAM)).filter(Files::isExecutable).limit(1)
                .toList();
        if (!userExists() || program.isEmpty()) {
            return IdRange.rest(idsPerPod);
        }
        String found = run(List.of(program.getFirst().toString(), USER), "ids");
        if (!found.equals(run(List.of(program.getFirst().toString(), "-g", USER), "gids"))) {
            throw new IllegalArgumentException("mismatched subuids and subgids for user \"" + USER + "\": make " + WHERE
                    + " the same");
        }
        return parse(found, idsPerPod);
    }

    private boolean userExists() throws IOException {
        // names of people may be in any encoding
        try (Stream<String> lines = Files.lines(users, StandardCharsets.ISO_8859_1)) {
            return lines.anyMatch(line -> line.startsWith(USER + ":"));
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static String run(List<String> line, String what) throws IOException {
        Command.Outcome outcome = new Command(LIMIT, MOST_BYTES).run(line, "");
        if (outcome.code() != 0) {
            throw new IOException("error retrieving additional " + what + " for user \"" + USER + "\": "
                    + String.join(" ", line) + " ended with " + outcome.code() + ": " + outcome.complaint().strip()
                    + ": write " + WHERE + ", or remove that user");
        }
        return outcome.output();
    }

    /// @param output of getsubids, one range in one line
    static IdRange parse(String output, long idsPerPod) {
        String line = output.strip();
        String[] words = line.split("\\s+");
        if (line.contains("\n")) {
            throw new IllegalArgumentException("error parsing line \"" + line + "\": it must contain only one line:"
                    + " keep one range in " + WHERE);
        }
        if (words.length != WORDS) {
            throw new IllegalArgumentException("invalid line \"" + line + "\" of " + PROGRAM);
        }
        try {
            return new IdRange(Integer.parseUnsignedInt(words[2]) & 0xFFFFFFFFL,
                    Integer.parseUnsignedInt(words[3]) & 0xFFFFFFFFL, idsPerPod);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("error parsing line \"" + line + "\": " + e.getMessage(), e);
        }
    }
}
