package io.k3j.cli.upgrade;

import io.k3j.childprocess.Command;
import io.k3j.launcher.release.Releases;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Puts a staged release on trial, restarts the service and sees how the trial ends. The trial goes on without it:
/// the new process makes its release the current one, and `bin/k3s` takes back one that ends twice. One thread.
final class Takeover {
    private static final Duration RESTART_LIMIT = Duration.ofMinutes(2);
    /// How long the release before is waited for after it was started again.
    private static final Duration BACK_LIMIT = Duration.ofMinutes(1);
    private final Releases releases;
    private final Surroundings with;
    private final UpgradeOptions options;
    private final Consumer<String> told;

    Takeover(Releases releases, Surroundings with, UpgradeOptions options, Consumer<String> told) {
        this.releases = releases;
        this.with = with;
        this.options = options;
        this.told = told;
    }

    /// Blocks until the trial has ended.
    ///
    /// @param name of the release, which may be on trial already
    /// @param running what is restarted
    /// @throws UpgradeProblem when the present release runs on or again
    /// @throws IOException what the disk says; the links are as they were before or after one of their changes
    void run(String name, Optional<Machine.Running> running) throws IOException {
        boolean goesOn = releases.trial().equals(Optional.of(name));
        if (!goesOn && releases.current().equals(Optional.of(name))) {
            told.accept(name + " has passed its trial");
            return;
        }
        if (!goesOn) {
            releases.begin(name);
        }
        if (running.isEmpty()) {
            told.accept("nothing runs from " + releases.library() + ": the next start takes " + name + ", on trial");
            return;
        }
        // what runs of a release whose earlier trial was ended does not look after this one
        if (!goesOn || !running.get().home().equals(releases.directory(name))) {
            told.accept("restarting " + how(running.get()));
            Optional<String> problem = restart(running.get());
            if (problem.isPresent()) {
                throw notRestarted(name, problem.get());
            }
        }
        await(name, running.get());
    }

    private UpgradeProblem notRestarted(String name, String problem) throws IOException {
        releases.takeBack();
        String current = releases.current().orElse("none");
        if (current.equals(name)) {
            return new UpgradeProblem("the command that restarts the service failed: " + problem + "; " + name
                    + " has passed its trial all the same");
        }
        return new UpgradeProblem("cannot restart the service: " + problem + "; "
                + (runs(name) ? "it runs from " + name + " nonetheless, whose trial is over: restart it by hand, which"
                        + " starts " + current : "the present release stays"));
    }

    private boolean runs(String name) throws IOException {
        Path home = releases.directory(name);
        return with.machine().running(releases.library()).stream().anyMatch(one -> one.home().equals(home));
    }

    /// Ends the trial and has the release before started again.
    /// @return whether there was one to end: not when it has passed meanwhile
    boolean takeBack(String name, Optional<Machine.Running> running) throws IOException {
        if (!releases.takeBack() && releases.current().equals(Optional.of(name))) {
            return false;
        }
        if (running.isPresent() && running.get().home().equals(releases.directory(name))) {
            told.accept(back(running.get()));
        }
        return true;
    }

    /// How a process is restarted, for a person.
    String how(Machine.Running running) {
        return !options.restart().isEmpty() ? options.restart()
                : running.unit().isEmpty() ? "process " + running.pid() + ", by --restart" : running.unit();
    }

    private Optional<String> restart(Machine.Running running) {
        List<String> line = options.restart().isEmpty()
                ? List.of("systemctl", "restart", "--no-block", running.unit())
                : List.of("sh", "-c", options.restart());
        try {
            Command.Outcome outcome = with.machine().run(line, Map.of(), RESTART_LIMIT);
            return outcome.code() == 0 ? Optional.empty()
                    : Optional.of(String.join(" ", line) + " ended with " + outcome.code() + ": "
                            + outcome.complaint().strip());
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private void await(String name, Machine.Running running) throws IOException {
        long began = with.waits().nanos();
        int starts = 0;
        while (releases.trial().equals(Optional.of(name))) {
            if (with.waits().nanos() - began > options.timeout().toNanos() && releases.takeBack()) {
                throw new UpgradeProblem(name + " has not passed its trial within " + options.timeout().toSeconds()
                        + " s (--timeout) and is taken back; " + back(running) + "; why: " + log(running));
            }
            if (releases.starts() > starts) {
                starts = releases.starts();
                told.accept("start " + starts + " of " + name + ", of " + Releases.STARTS + " it has");
            }
            if (!with.waits().pause()) {
                throw new UpgradeProblem("interrupted; the trial of " + name + " goes on without this command");
            }
        }
        releases.settle();
        String current = releases.current().orElse("none");
        if (!current.equals(name)) {
            throw new UpgradeProblem("the trial of " + name + " is over and it has not passed; " + starts + " of its "
                    + Releases.STARTS + " starts were seen: it has ended each time, or somebody has taken it back; "
                    + current + (runs(current) ? " runs" : " does not run yet") + "; why: " + log(running));
        }
        told.accept(name + " has passed its trial");
    }

    private static String log(Machine.Running running) {
        return running.unit().isEmpty() ? "see the log of the service" : "journalctl -u " + running.unit();
    }

    private String back(Machine.Running running) throws IOException {
        String current = releases.current().orElse("none");
        if (with.machine().running(releases.library()).isEmpty()) {
            // whoever has stopped it wants it stopped; a supervisor between two starts takes the next one
            return "nothing runs, and the next start takes " + current;
        }
        Optional<String> problem = restart(running);
        if (problem.isPresent()) {
            return "the service could not be restarted (" + problem.get() + "): do that by hand, which starts "
                    + current;
        }
        long began = with.waits().nanos();
        while (with.waits().nanos() - began < BACK_LIMIT.toNanos() && with.waits().pause()) {
            if (runs(current)) {
                return current + " runs again";
            }
        }
        return current + " was told to start and does not run yet";
    }
}
