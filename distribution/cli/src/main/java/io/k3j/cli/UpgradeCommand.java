package io.k3j.cli;

import io.k3j.cli.upgrade.Machine;
import io.k3j.cli.upgrade.ServerNodes;
import io.k3j.cli.upgrade.ServerPlan;
import io.k3j.cli.upgrade.Servers;
import io.k3j.cli.upgrade.Surroundings;
import io.k3j.cli.upgrade.TrustedFile;
import io.k3j.cli.upgrade.Upgrade;
import io.k3j.cli.upgrade.UpgradeOptions;
import io.k3j.cli.upgrade.UpgradeProblem;
import io.k3j.launcher.release.ReleaseDisk;
import io.k3j.launcher.release.ReleaseTrial;
import io.k3j.launcher.release.Releases;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// `k3s upgrade --plan|--to TAR|--rollback`: changes the release that `install.sh` has installed, as a whole; with
/// `--await-plan` it waits for the servers of the system-upgrade-controller's Plan. Beyond K3s.
final class UpgradeCommand {
    static final String USAGE = """
            use: k3s upgrade --plan TAR | --to TAR | --rollback | --await-plan PLAN
              --plan TAR          say what would change and whether it can be done (the exit code, too); changes nothing
              --to TAR            stage it beside the present release, restart the service, go back when it is not ready
              --rollback          go back to the release before, or end the trial that is under way
              --await-plan PLAN   wait until this Plan of the system-upgrade-controller has been applied to the servers
              --service-account value
                                  directory of a pod's token and ca.crt: asks the API, and keeps an agent from being
                                  upgraded before the servers
              --allow-downgrade   TAR may be older than the present release
              --no-snapshot       do not save the datastore before
              --timeout value     seconds until it has been ready for 30 s (60 to 600, default: 300)
              --restart value     line of the shell that restarts the service (default: its unit of systemd)
              --data-dir value    of the server or agent""";
    private static final Words.Form FORM = new Words.Form(USAGE, Map.of("d", "data-dir", "h", "help"),
            Set.of("plan", "to", "await-plan", "service-account", "timeout", "restart", "data-dir"),
            Set.of("rollback", "allow-downgrade", "no-snapshot", "help"));
    /// Longer than it has to stay ready, and no longer than its own process waits until it is.
    private static final long LEAST_SECONDS = 60;
    private static final long MOST_SECONDS = ReleaseTrial.LIMIT.toSeconds();
    /// Between two looks at a Plan, as in the image of K3s.
    private static final Duration LOOK = Duration.ofSeconds(5);
    /// Set in every container of a Job of the system-upgrade-controller.
    private static final String VERSION = "SYSTEM_UPGRADE_PLAN_LATEST_VERSION";

    private UpgradeCommand() {
    }

    static int run(List<String> arguments, Host host, Path home, PrintStream out) {
        Words words = Words.of(arguments, FORM);
        if (words.on("help")) {
            out.println(USAGE);
            return 0;
        }
        String plan = words.text("plan", "");
        String to = words.text("to", "");
        String awaited = words.text("await-plan", "");
        long wishes = Stream.of(plan, to, awaited).filter(wish -> !wish.isEmpty()).count()
                + (words.on("rollback") ? 1 : 0);
        if (wishes != 1 || !words.plain().isEmpty()) {
            throw new UsageFailure(USAGE);
        }
        try {
            if (!awaited.isEmpty()) {
                await(awaited, words, host, out);
                return 0;
            }
            Upgrade upgrade = upgrade(words, host, home, out);
            if (!plan.isEmpty()) {
                upgrade.plan(Path.of(plan).toAbsolutePath());
            } else if (!to.isEmpty()) {
                upgrade.to(Path.of(to).toAbsolutePath());
            } else {
                upgrade.rollback();
            }
            return 0;
        } catch (UpgradeProblem problem) {
            throw new UsageFailure(String.valueOf(problem.getMessage()));
        }
    }

    private static void await(String plan, Words words, Host host, PrintStream out) {
        PodAccount account = account(words, host).orElseThrow(() -> new UsageFailure("--await-plan asks the API as a"
                + " pod does; add --service-account DIRECTORY, as /var/run/secrets/kubernetes.io/serviceaccount"));
        new ServerPlan(account, Surroundings.Waits.every(LOOK), out::println).await(account.namespace(), plan,
                host.environment().getOrDefault(VERSION, ""));
    }

    private static Optional<PodAccount> account(Words words, Host host) {
        String directory = words.text("service-account", "");
        return directory.isEmpty() ? Optional.empty()
                : Optional.of(PodAccount.of(Path.of(directory), host.environment()));
    }

    private static Upgrade upgrade(Words words, Host host, Path home, PrintStream out) {
        if (!host.root()) {
            throw new UsageFailure("k3s upgrade changes files of root and restarts a service; run it as root: sudo k3s"
                    + " upgrade …");
        }
        Optional<Releases> releases = Releases.around(home, ReleaseDisk.DURABLE);
        if (releases.isEmpty()) {
            throw new UsageFailure("this k3s runs from " + home + ", where install.sh has not installed it, and is not"
                    + " upgraded: build a checkout anew, start a container of the new image, or install the tar by its"
                    + " install.sh");
        }
        Path dataDir = Path.of(words.text("data-dir", EarlyKeys.of(host).dataDir())).toAbsolutePath();
        UpgradeOptions options = new UpgradeOptions(dataDir, words.on("allow-downgrade"), !words.on("no-snapshot"),
                timeout(words.text("timeout", "300")), words.text("restart", ""),
                host.environment().getOrDefault("K3S_JAVA", ""));
        return new Upgrade(releases.get(), new Surroundings(ReleaseDisk.DURABLE, Machine.REAL,
                DatastoreSnapshot.of(dataDir, host.without("K3S_URL"), out), new EtcdMajority(dataDir, host, out),
                account(words, host).<Servers>map(ServerNodes::new).orElse(Servers.UNKNOWN),
                TrustedFile.of(host.environment()), Surroundings.Waits.REAL), options, out::println);
    }

    private static Duration timeout(String text) {
        try {
            long seconds = Long.parseLong(text.endsWith("s") ? text.substring(0, text.length() - 1) : text);
            if (seconds >= LEAST_SECONDS && seconds <= MOST_SECONDS) {
                return Duration.ofSeconds(seconds);
            }
        } catch (NumberFormatException e) {
            throw new UsageFailure("--timeout " + text + ": seconds are wanted, as 300");
        }
        throw new UsageFailure("--timeout " + text + ": from " + LEAST_SECONDS + " to " + MOST_SECONDS + " seconds");
    }
}
