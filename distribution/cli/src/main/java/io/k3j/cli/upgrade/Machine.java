package io.k3j.cli.upgrade;

import io.k3j.childprocess.Command;
import io.k3j.launcher.Server;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// This machine, as far as an upgrade touches it. A test makes one up.
public interface Machine {
    /// A server or agent that runs.
    ///
    /// @param home of its release
    /// @param unit of systemd that has started it, empty when none has
    /// @param java the `K3S_JAVA` it was started with, empty without
    record Running(long pid, String command, Path home, String unit, String java) {
    }

    /// The real one.
    Machine REAL = new Machine() {
        private final RunningServices services = new RunningServices(Path.of("/proc"));

        @Override
        public String architecture() {
            String name = System.getProperty("os.arch", "");
            return name.equals("aarch64") ? "arm64" : name.equals("x86_64") ? "amd64" : name;
        }

        @Override
        public long usableBytes(Path directory) throws IOException {
            FileStore store = Files.getFileStore(directory);
            return store.getUsableSpace();
        }

        @Override
        public boolean oneFileSystem(Path one, Path other) throws IOException {
            return Files.getFileStore(one).equals(Files.getFileStore(other));
        }

        @Override
        public List<Running> running(Path library) throws IOException {
            return services.below(library);
        }

        @Override
        public boolean installs(Path file) {
            return services.runs(file);
        }

        @Override
        public boolean runsIn(Path dataDir) {
            return Server.runsIn(dataDir);
        }

        @Override
        public boolean used(Path release) throws IOException {
            return services.used(release);
        }

        @Override
        public Command.Outcome run(List<String> line, Map<String, String> environment, Duration limit)
                throws IOException {
            return new Command(limit).run(line, "", environment);
        }

        @Override
        public Optional<String> javaVersion(Path java) throws IOException {
            Path release = java.toRealPath().resolve("../../release").normalize();
            return Files.readAllLines(release).stream().filter(line -> line.startsWith("JAVA_VERSION=")).findFirst()
                    .map(line -> line.substring(line.indexOf('=') + 1).replace("\"", ""));
        }
    };

    /// As Kubernetes calls it: `amd64`, `arm64`.
    String architecture();

    /// What root may still write to the file system of a directory.
    long usableBytes(Path directory) throws IOException;

    /// Whether two directories share the room of one file system.
    boolean oneFileSystem(Path one, Path other) throws IOException;

    /// Servers and agents that run from a release in this directory.
    List<Running> running(Path library) throws IOException;

    /// Whether the process runs that `install.sh` has written to a file: its number and the time of its start.
    boolean installs(Path file);

    /// Whether a server or agent uses a data directory now.
    boolean runsIn(Path dataDir);

    /// Whether the command line of any process names something in a release.
    boolean used(Path release) throws IOException;

    /// Runs a program to its end, or kills it.
    /// @throws IOException when there is no such program
    Command.Outcome run(List<String> line, Map<String, String> environment, Duration limit) throws IOException;

    /// The version that an installed Java says of itself, as `25.0.1`.
    Optional<String> javaVersion(Path java) throws IOException;
}
