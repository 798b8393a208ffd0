package io.k3j.cli.upgrade;

import io.k3j.launcher.DataForm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Whether a release can take the place of the one that runs: each method adds what speaks against it. One thread.
final class UpgradeChecks {
    /// Left free beside the release.
    private static final long SPARE_BYTES = 64L << 20;
    private final Machine machine;
    private final TrustedFile trusted;
    private final Majority majority;
    private final Servers servers;
    private final UpgradeOptions options;
    private final List<String> problems = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    UpgradeChecks(Surroundings with, UpgradeOptions options) {
        this.machine = with.machine();
        this.trusted = with.trusted();
        this.majority = with.majority();
        this.servers = with.servers();
        this.options = options;
    }

    List<String> problems() {
        return List.copyOf(problems);
    }

    List<String> notes() {
        return List.copyOf(notes);
    }

    /// Is the tar that which was published?
    void checksum(Path tar, String sum) {
        Checksums sums = Checksums.beside(tar, machine.architecture());
        if (sums.exists()) {
            trusted.problem(sums.file()).ifPresent(problems::add);
            sums.problem(tar, sum).ifPresent(problems::add);
        } else {
            notes.add("there is no " + sums.file() + ", so only damage on the way was looked for; SHA-256 of the tar: "
                    + sum);
        }
    }

    /// Is it for this machine?
    void machine(ReleaseContent content, Optional<Machine.Running> running) {
        ReleaseFacts facts = content.facts();
        if (content.hasJava() && !content.architecture().equals(machine.architecture())) {
            problems.add("the release is for " + content.architecture() + " and this machine is "
                    + machine.architecture() + "; fetch k3s-" + facts.version().text() + "-linux-"
                    + machine.architecture() + ".tar.gz");
        }
        if (!content.hasJava() && options.java(running).isEmpty()) {
            problems.add("the release brings no Java; set K3S_JAVA of the service to one of version " + facts.java()
                    + " or newer, or fetch the tar that has one");
        }
        java(facts, running);
    }

    /// Can the Java of the service run it, and may root run that?
    void java(ReleaseFacts facts, Optional<Machine.Running> running) {
        String java = options.java(running);
        if (!java.isEmpty()) {
            String whose = "K3S_JAVA of the service" + (running.isEmpty() ? ", by this command's: " : ": ");
            trusted.programProblem(Path.of(java)).map(problem -> whose + problem)
                    .ifPresentOrElse(problems::add, () -> installed(Path.of(java), facts.java()));
        }
    }

    private void installed(Path java, int needed) {
        try {
            Optional<String> version = machine.javaVersion(java);
            if (version.isEmpty() || ReleaseVersion.of(version.get()).compareTo(ReleaseVersion.of("" + needed)) < 0) {
                problems.add("the service runs with K3S_JAVA=" + java + ", which is Java " + version.orElse("?")
                        + "; the release needs " + needed + ": install it and set K3S_JAVA, or unset that");
            }
        } catch (IOException | IllegalArgumentException e) {
            problems.add("cannot tell the version of K3S_JAVA=" + java + ": " + e.getMessage());
        }
    }

    /// May it come after the present one?
    void order(ReleaseFacts present, ReleaseFacts next) {
        boolean older = next.version().compareTo(present.version()) < 0
                || next.kubernetes().compareTo(present.kubernetes()) < 0;
        if (older && !options.downgrade()) {
            problems.add("the release is older than the present one (" + next.text() + ", present " + present.text()
                    + "); if that is what you want, add --allow-downgrade");
        }
        form(next);
    }

    /// Is it its turn? Agents come after the servers, of which none may be older than a node.
    void turn(ReleaseFacts present, ReleaseFacts next, List<Machine.Running> running) {
        boolean agent = running.stream().anyMatch(one -> one.command().equals("agent"));
        if (agent && next.kubernetes().compareTo(present.kubernetes()) > 0) {
            notes.add("this is an agent: upgrade every server first, since no server may be older than a node; k3s"
                    + " kubectl get nodes on a server shows the versions");
            servers.older(next.kubernetes()).ifPresent(problems::add);
        }
    }

    /// Can the others of the cluster write meanwhile? Where nothing runs, nothing is restarted.
    void majority(List<Machine.Running> running) {
        if (!running.isEmpty()) {
            majority.problem().ifPresent(problems::add);
        }
    }

    /// The same right before the restart, in this server's turn.
    void turn(List<Machine.Running> running) {
        if (!running.isEmpty()) {
            majority.turn().ifPresent(problems::add);
        }
    }

    /// A datastore is not opened by a release that would misread it, and none is changed so that there is no way
    /// back.
    void form(ReleaseFacts next) {
        try {
            int form = DataForm.of(options.dataDir());
            if (next.dataForm() < form) {
                problems.add("the data in " + options.dataDir() + " has form " + form + ", and " + next.text()
                        + " reads up to " + next.dataForm() + "; restore a snapshot that is as old as that release and"
                        + " then delete " + DataForm.file(options.dataDir()));
            } else if (next.dataForm() > form) {
                problems.add("the release writes data of form " + next.dataForm() + ", which the present one cannot"
                        + " read, so an upgrade could not be taken back; save the datastore, then install it by its"
                        + " install.sh");
            }
        } catch (IOException e) {
            problems.add("cannot tell the form of the data: " + e.getMessage());
        }
    }

    /// Does it fit?
    void room(Path library, long bytes, long snapshot) {
        if (snapshot == 0) {
            fits(library, bytes, "the release");
        } else if (shared(library)) {
            fits(library, bytes + snapshot, "the release and a copy of the datastore");
        } else {
            fits(library, bytes, "the release");
            fits(options.dataDir(), snapshot, "a copy of the datastore");
        }
    }

    private boolean shared(Path library) {
        try {
            return machine.oneFileSystem(library, options.dataDir());
        } catch (IOException e) {
            // the sum is the safe guess
            return true;
        }
    }

    private void fits(Path directory, long bytes, String what) {
        try {
            long usable = machine.usableBytes(directory);
            if (bytes > 0 && usable < bytes + SPARE_BYTES) {
                problems.add("no space for " + what + ": it takes " + (bytes >> 20) + " MiB, and " + (usable >> 20)
                        + " MiB are free at " + directory + ", of which " + (SPARE_BYTES >> 20)
                        + " are to stay free; free some");
            }
        } catch (IOException e) {
            problems.add("cannot tell how much space is left at " + directory + ": " + e);
        }
    }

    /// Is the data directory that of what runs? Another one would be saved, and asked for its form.
    private void data(List<Machine.Running> running) {
        if (!running.isEmpty() && !machine.runsIn(options.dataDir())) {
            problems.add("k3s " + running.getFirst().command() + " (process " + running.getFirst().pid()
                    + ") does not use the data directory " + options.dataDir() + "; give the one it uses: --data-dir");
        }
    }

    /// Can what runs be restarted?
    void restart(List<Machine.Running> running) {
        data(running);
        if (running.size() > 1) {
            problems.add(running.size() + " services run from one installation ("
                    + String.join(", ", running.stream().map(one -> "process " + one.pid()).toList())
                    + "); upgrade them by install.sh");
        } else if (running.size() == 1 && running.getFirst().unit().isEmpty() && options.restart().isEmpty()) {
            problems.add("k3s " + running.getFirst().command() + " (process " + running.getFirst().pid()
                    + ") was not started by systemd; stop it first, or say how to restart it, as --restart"
                    + " 'rc-service k3s restart'");
        }
    }
}
