package io.k3j.cli.upgrade;

import io.k3j.childprocess.Command;
import io.k3j.launcher.release.Releases;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// Changes the release that runs, as a whole. One thread; one command at a time on a machine, the others are refused.
///
/// ```
/// verify the tar ─► stage beside ─► sync ─► try its program ─► save the datastore ─► trial ─► restart
///                                                         ready, and for 30 s more ─► current
///                                     ends twice, or not ready in time ─► the present one again
/// ```
public final class Upgrade {
    private static final String LOCK = ".upgrade.lock";
    /// Written by `install.sh` before it looks for our lock, as we look for it after we have locked.
    private static final String INSTALLING = ".install.lock";
    /// Who may read it could lock it, too.
    private static final FileAttribute<?> OWNERS = PosixFilePermissions
            .asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final Duration TRY_LIMIT = Duration.ofMinutes(1);
    private final Releases releases;
    private final Surroundings with;
    private final UpgradeOptions options;
    private final Consumer<String> told;
    private final Takeover takeover;

    /// What was read, and what is to be done.
    private record Prepared(ReleaseContent content, UpgradePlan plan, Path kubectl,
            Optional<Machine.Running> running) {
    }

    private interface Work {
        void run() throws IOException;
    }

    /// @param told is given each line about what is done
    public Upgrade(Releases releases, Surroundings with, UpgradeOptions options, Consumer<String> told) {
        this.releases = releases;
        this.with = with;
        this.options = options;
        this.told = told;
        this.takeover = new Takeover(releases, with, options, told);
    }

    /// Says what [#to] would do, and changes nothing.
    /// @throws UpgradeProblem with all that speaks against it
    public void plan(Path given) {
        Path tar = trusted(given);
        try (ReleaseTar open = new ReleaseTar(tar)) {
            UpgradePlan plan = prepare(tar, open).plan();
            plan.lines().forEach(told);
            refuse(plan);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// What is judged is what is opened, whoever turns a link over meanwhile.
    private Path trusted(Path given) {
        Path real = given;
        try {
            real = given.toRealPath();
        } catch (IOException missing) {
            // told in the words of the check
        }
        with.trusted().problem(real).ifPresent(problem -> {
            throw new UpgradeProblem(problem);
        });
        return real;
    }

    private static void refuse(UpgradePlan plan) {
        if (!plan.nothing() && !plan.possible()) {
            throw new UpgradeProblem(plan.problems());
        }
    }

    /// Does it; returns when the new release is the current one, or will be tried by the next start.
    /// @throws UpgradeProblem when the present release stays, with the reason
    public void to(Path given) {
        Path tar = trusted(given);
        alone(() -> {
            try (ReleaseTar open = new ReleaseTar(tar)) {
                Prepared prepared = prepare(tar, open);
                prepared.plan().lines().forEach(told);
                if (!prepared.plan().nothing()) {
                    refuse(prepared.plan());
                    take(open, prepared);
                }
            }
        });
    }

    /// Takes back the release on trial, or goes back to the one before.
    /// @throws UpgradeProblem when the present release stays, with the reason
    public void rollback() {
        alone(() -> {
            Optional<String> trial = releases.trial();
            if (trial.isPresent() && takeover.takeBack(trial.get(), running())) {
                told.accept(
                        "the trial of " + trial.get() + " is over, " + releases.current().orElse("none") + " stays");
                return;
            }
            String name = releases.previous().orElseThrow(() -> new UpgradeProblem("there is no release before this one"
                    + " in " + releases.library() + " to go back to; give its tar: k3s upgrade --to TAR"
                    + " --allow-downgrade"));
            if (releases.current().equals(Optional.of(name))) {
                throw new UpgradeProblem("the release before is the present one; there is nothing to go back to");
            }
            if (!ReleaseContent.of(releases.directory(name)).name().equals(name)) {
                throw new UpgradeProblem(releases.directory(name) + " is damaged: its files are not those it is named"
                        + " after; give its tar: k3s upgrade --to TAR --allow-downgrade");
            }
            ReleaseFacts facts = ReleaseFacts.in(releases.directory(name));
            UpgradeChecks checks = new UpgradeChecks(with, options);
            checks.form(facts);
            checks.room(releases.library(), 0, snapshotBytes());
            List<Machine.Running> running = with.machine().running(releases.library());
            checks.java(facts, running.stream().findFirst());
            checks.restart(running);
            checks.majority(running);
            if (!checks.problems().isEmpty()) {
                throw new UpgradeProblem(checks.problems());
            }
            told.accept("back to " + facts.text() + "  " + name);
            change(name, facts, running.stream().findFirst());
        });
    }

    private Prepared prepare(Path tar, ReleaseTar open) throws IOException {
        ReleaseContent content = ReleaseContent.of(open);
        String current = releases.current().orElseThrow(() -> new UpgradeProblem("there is no " + releases.library()
                + "/current; install by install.sh"));
        Path kubectl = releases.directory(current).resolve(ReleaseContent.KUBECTL);
        if (Files.isRegularFile(kubectl) && !content.has(ReleaseContent.KUBECTL)) {
            content.add(ReleaseContent.KUBECTL, kubectl);
        }
        ReleaseFacts present = ReleaseFacts.in(releases.directory(current));
        List<Machine.Running> running = with.machine().running(releases.library());
        UpgradeChecks checks = new UpgradeChecks(with, options);
        checks.checksum(tar, content.sum());
        checks.machine(content, running.stream().findFirst());
        checks.order(present, content.facts());
        checks.turn(present, content.facts(), running);
        long bytes = Files.isDirectory(releases.directory(content.name())) ? 0 : content.bytes();
        checks.room(releases.library(), bytes, snapshotBytes());
        checks.restart(running);
        if (releases.trial().isEmpty()) {
            checks.majority(running);
        }
        return new Prepared(content, new UpgradePlan(new UpgradePlan.Side(current, present),
                new UpgradePlan.Side(content.name(), content.facts()), bytes,
                options.snapshot() ? with.snapshot().plan() : "none, by --no-snapshot",
                running.stream().findFirst().map(takeover::how).orElse(""), checks.notes(), checks.problems()),
                kubectl, running.stream().findFirst());
    }

    private long snapshotBytes() {
        return options.snapshot() ? with.snapshot().bytes() : 0;
    }

    private void take(ReleaseTar tar, Prepared prepared) throws IOException {
        String name = prepared.content().name();
        Optional<String> trial = releases.trial();
        if (trial.isPresent() && !trial.get().equals(name)) {
            throw new UpgradeProblem(
                    "an upgrade to " + trial.get() + " is under way, its trial is not over; wait for its"
                            + " end, or take it back: k3s upgrade --rollback");
        }
        if (releases.current().equals(Optional.of(name))) {
            told.accept(name + " has passed its trial meanwhile");
            return;
        }
        if (trial.isEmpty()) {
            told.accept("staging " + name);
            new Staging(releases, with.disk()).stage(tar, prepared.content(), prepared.kubectl());
        }
        change(name, prepared.content().facts(), prepared.running());
    }

    private void change(String name, ReleaseFacts facts, Optional<Machine.Running> running) throws IOException {
        try {
            if (releases.trial().isEmpty()) {
                tryProgram(name, facts, running);
                if (options.snapshot()) {
                    with.snapshot().take("before-" + facts.version().text());
                }
                turn(running);
            }
            takeover.run(name, running);
        } finally {
            if (running.isPresent()) {
                with.majority().over();
            }
            tidy();
        }
    }

    /// Looked at again: another server may have been restarted while the release of this one was staged.
    private void turn(Optional<Machine.Running> running) {
        UpgradeChecks checks = new UpgradeChecks(with, options);
        checks.turn(running.stream().toList());
        if (!checks.problems().isEmpty()) {
            throw new UpgradeProblem(checks.problems());
        }
    }

    /// The new release's own Java has to work on this machine.
    private void tryProgram(String name, ReleaseFacts facts, Optional<Machine.Running> running) throws IOException {
        String program = releases.directory(name).resolve("bin/k3s").toString();
        String java = options.java(running);
        Command.Outcome outcome = with.machine().run(List.of(program, "--version"),
                java.isEmpty() ? Map.of() : Map.of("K3S_JAVA", java), TRY_LIMIT);
        if (outcome.code() != 0 || !outcome.output().startsWith("k3s version " + facts.kubernetes().text())) {
            throw new UpgradeProblem(
                    "the new program does not work on this machine: " + program + " --version ended with "
                            + outcome.code() + ": " + (outcome.output() + outcome.complaint()).strip());
        }
    }

    private Optional<Machine.Running> running() throws IOException {
        return with.machine().running(releases.library()).stream().findFirst();
    }

    private void tidy() throws IOException {
        releases.tidy(release -> {
            try {
                return with.machine().used(release);
            } catch (IOException e) {
                // kept until somebody can tell
                return true;
            }
        });
    }

    /// Holds the lock of upgrades, which ends with the process however that ends, and finishes what was cut short.
    private void alone(Work work) {
        Path file = releases.library().resolve(LOCK);
        try (FileChannel channel = FileChannel.open(file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), OWNERS);
                FileLock lock = channel.tryLock()) {
            if (lock == null) {
                throw new UpgradeProblem(
                        "another k3s upgrade is at work on " + releases.library() + "; wait for its end");
            }
            Path installing = releases.library().resolve(INSTALLING);
            if (with.machine().installs(installing)) {
                throw new UpgradeProblem("install.sh is at work on " + releases.library() + "; wait for its end");
            }
            releases.settle();
            tidy();
            work.run();
        } catch (OverlappingFileLockException e) {
            throw new UpgradeProblem("another k3s upgrade is at work in this process on " + releases.library(), e);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private static UpgradeProblem failed(IOException e) {
        return new UpgradeProblem(
                "the disk failed: " + e + "; what runs was not changed, or is what k3s upgrade says next"
                        + " time",
                e);
    }
}
