package io.k3j.cli.upgrade;

import io.k3j.childprocess.Command;
import io.k3j.launcher.release.ReleaseDisk;
import io.k3j.launcher.release.Releases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A machine with one service that runs from a library of releases. A restart starts what `bin/k3s` would start, and
/// the new process does what the test says.
final class TestMachine implements Machine, Surroundings.Waits, Snapshot {
    final List<String> done = new ArrayList<>();
    String architecture = "amd64";
    String java = "";
    Map<String, String> given = Map.of();
    String javaVersion = "25.0.1";
    String unit = "k3s.service";
    String command = "server";
    Majority majority = Optional::empty;
    Servers servers = Servers.UNKNOWN;
    String printed = "k3s version v1.36.2+k3s1 (abc)";
    String snapshotProblem = "";
    long usable = 1L << 40;
    Trial trial = Trial.PASSES;
    boolean runs = true;
    boolean restarts = true;
    boolean oneDisk = true;
    long snapshotBytes;
    Event atLook = () -> {
    };
    Event atUsable = () -> {
    };
    boolean stoppedMeanwhile;
    boolean startsAllTheSame;
    boolean dataDirIsTheirs = true;
    private final Path library;
    private final Releases releases;
    private Path home;
    private long nanos;

    /// What somebody else does while processes are looked for.
    interface Event {
        void happen() throws IOException;
    }

    /// How the process of a release on trial ends it.
    enum Trial {
        PASSES, ENDS_TWICE, HANGS
    }

    TestMachine(Path library) throws IOException {
        this.library = library;
        this.releases = new Releases(library, ReleaseDisk.DURABLE);
        this.home = library.resolve(releases.current().orElseThrow());
    }

    /// Where what runs was started from.
    Path home() {
        return home;
    }

    @Override
    public String architecture() {
        return architecture;
    }

    @Override
    public long usableBytes(Path directory) throws IOException {
        atUsable.happen();
        return usable;
    }

    @Override
    public boolean oneFileSystem(Path one, Path other) {
        return oneDisk;
    }

    @Override
    public List<Running> running(Path in) throws IOException {
        atLook.happen();
        return runs ? List.of(new Running(7, command, home, unit, java)) : List.of();
    }

    @Override
    public boolean installs(Path file) {
        return Files.exists(file);
    }

    @Override
    public boolean runsIn(Path dataDir) {
        return runs && dataDirIsTheirs;
    }

    @Override
    public boolean used(Path release) {
        return runs && home.equals(release);
    }

    @Override
    public Command.Outcome run(List<String> line, Map<String, String> environment, Duration limit) throws IOException {
        done.add(String.join(" ", line));
        given = environment;
        if (line.getLast().equals("--version")) {
            return new Command.Outcome(Files.isExecutable(Path.of(line.getFirst())) ? 0 : 127, printed, "");
        }
        if (!restarts) {
            if (startsAllTheSame) {
                start();
            }
            return new Command.Outcome(5, "", "Unit not found");
        }
        start();
        return new Command.Outcome(0, "", "");
    }

    private void start() throws IOException {
        Optional<String> trying = releases.trial();
        if (trying.isPresent() && trial == Trial.PASSES) {
            releases.commit(trying.get());
        } else if (trying.isPresent() && trial == Trial.ENDS_TWICE) {
            Files.writeString(library.resolve("trial.starts"), "once\ntwice\n");
        }
        home = library.resolve(releases.trial().or(() -> current()).orElseThrow());
    }

    private void takeBack() {
        try {
            releases.takeBack();
            home = library.resolve(releases.current().orElseThrow());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Optional<String> current() {
        try {
            return releases.current();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public Optional<String> javaVersion(Path program) {
        return Optional.of(javaVersion);
    }

    @Override
    public boolean pause() {
        runs &= !stoppedMeanwhile;
        if (trial == Trial.ENDS_TWICE) {
            takeBack();
        }
        nanos += Duration.ofSeconds(1).toNanos();
        return true;
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public String plan() {
        return "a copy";
    }

    @Override
    public long bytes() {
        return snapshotBytes;
    }

    @Override
    public void take(String name) {
        if (!snapshotProblem.isEmpty()) {
            throw new UpgradeProblem(snapshotProblem);
        }
        done.add("snapshot " + name);
    }
}
