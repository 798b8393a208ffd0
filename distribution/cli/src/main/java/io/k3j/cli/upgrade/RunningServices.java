package io.k3j.cli.upgrade;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds servers and agents by what the kernel says of processes; see proc(5). Only processes of root that see the same
/// processes as this one count: anybody may give his own process the words of a server, a container as well.
final class RunningServices {
    private static final String HOME = "-Dk3j.home=";
    private static final String MAIN = "io.k3j.cli.Main";
    private static final String PIDS = "ns/pid";
    private static final String JAVA = "K3S_JAVA=";
    /// Counted behind the name of the program.
    private static final int STARTED = 19;
    private final Path proc;

    /// @param proc `/proc`
    RunningServices(Path proc) {
        this.proc = proc;
    }

    /// Those of releases in a directory.
    List<Machine.Running> below(Path library) throws IOException {
        List<Machine.Running> all = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (!ours(process)) {
                    continue;
                }
                read(process).filter(one -> one.home().startsWith(library)).ifPresent(all::add);
            }
        }
        return all;
    }

    private boolean ours(Path process) {
        try {
            return (Integer) Files.getAttribute(process, "unix:uid") == 0
                    && Files.readSymbolicLink(process.resolve(PIDS))
                            .equals(Files.readSymbolicLink(proc.resolve("self").resolve(PIDS)));
        } catch (IOException ended) {
            return false;
        }
    }

    /// Whether the process runs whose number and time of its start, in ticks since the boot, a file holds; not when the
    /// file is not there or holds something else.
    boolean runs(Path file) {
        try {
            String[] told = Files.readString(file).strip().split(" ");
            String stat = Files.readString(proc.resolve(Integer.toString(Integer.parseInt(told[0]))).resolve("stat"));
            // the name of the program, in brackets, may hold anything
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return told.length == 2 && fields.length > STARTED && fields[STARTED].equals(told[1]);
        } catch (IOException | NumberFormatException | IndexOutOfBoundsException ended) {
            return false;
        }
    }

    /// Whether any process names something in a release.
    boolean used(Path release) throws IOException {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (line(process).contains(release + "/")) {
                    return true;
                }
            }
        }
        return false;
    }

    private static String line(Path process) {
        try {
            return String.join(" ", words(process.resolve("cmdline")));
        } catch (IOException ended) {
            return "";
        }
    }

    private static Optional<Machine.Running> read(Path process) {
        try {
            List<String> line = words(process.resolve("cmdline"));
            int main = line.indexOf(MAIN);
            String command = main < 0 || main + 1 >= line.size() ? "" : line.get(main + 1);
            Optional<String> home = line.stream().filter(word -> word.startsWith(HOME)).findFirst();
            if (home.isEmpty() || !command.equals("server") && !command.equals("agent")) {
                return Optional.empty();
            }
            String java = words(process.resolve("environ")).stream().filter(word -> word.startsWith(JAVA)).findFirst()
                    .map(word -> word.substring(JAVA.length())).orElse("");
            return Optional.of(new Machine.Running(Long.parseLong(process.getFileName().toString()), command,
                    Path.of(home.get().substring(HOME.length())), unit(process), java));
        } catch (IOException ended) {
            return Optional.empty();
        }
    }

    private static List<String> words(Path file) throws IOException {
        return List.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\0"));
    }

    /// The unit in the path of its control group, in the hierarchy of systemd. `install.sh` gives units such names.
    private static String unit(Path process) throws IOException {
        for (String line : Files.readAllLines(process.resolve("cgroup"))) {
            if (line.startsWith("0::") || line.contains(":name=systemd:")) {
                for (String part : line.split("/")) {
                    if (part.startsWith("k3s") && part.endsWith(".service")) {
                        return part;
                    }
                }
            }
        }
        return "";
    }
}
