package io.k3j.cli;

import io.k3j.cli.upgrade.Majority;
import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.codec.TerminalText;
import io.k3j.launcher.Server;
import io.k3j.model.Struct;
import io.k3j.pki.ClusterAccess;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Whether etcd's other members can write while that of this server is restarted, by what the running server says of
/// them. One or two members never can, which no waiting changes; where most are away already, a restart may be what
/// mends it.
final class EtcdMajority implements Majority {
    /// With fewer members each is needed.
    private static final int FEWEST = 3;
    private static final String HEALTH = "/db/health";
    private static final String RESTART = "/db/restart";
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private final Path dataDir;
    private final Host host;
    private final PrintStream out;
    private boolean told;

    EtcdMajority(Path dataDir, Host host, PrintStream out) {
        this.dataDir = dataDir;
        this.host = host;
        this.out = out;
    }

    /// Asks the running server.
    private interface Question {
        /// What its answer keeps from being restarted; empty when nothing is.
        Optional<String> ask(ClusterAccess access) throws IOException;
    }

    /// Asks it for the members.
    interface Members {
        ClusterAccess.Answer look() throws IOException;
    }

    @Override
    public Optional<String> problem() {
        return asked(access -> known(access.get(HEALTH)), this::unknown);
    }

    @Override
    public Optional<String> turn() {
        Optional<String> refused = asked(access -> turn(access.post(RESTART, Json.bytes(Struct.EMPTY), LIMIT),
                () -> access.get(HEALTH), this::unknown), this::unknown);
        if (refused.isPresent()) {
            over();
        }
        return refused;
    }

    @Override
    public void over() {
        asked(access -> {
            access.post(RESTART, Json.bytes(Struct.of("over", true)), LIMIT);
            return Optional.empty();
        }, _ -> {
            // a server that does not run again is told of anyway
        });
    }

    private Optional<String> asked(Question question, Consumer<String> unanswered) {
        if (!Files.isDirectory(dataDir.resolve("server/db/etcd")) || !Server.runsIn(dataDir)) {
            return Optional.empty();
        }
        Host here = host.without("K3S_URL");
        List<String> flags = List.of("--data-dir", dataDir.toString());
        try (ClusterAccess access = RunningServer.reach(EtcdSnapshotFlags.words("list", flags, here), here)) {
            return question.ask(access);
        } catch (UsageFailure | IOException | MalformedInput untold) {
            // a server that does not answer may be the reason for the upgrade
            unanswered.accept(String.valueOf(untold.getMessage()));
            return Optional.empty();
        }
    }

    private void unknown(String why) {
        if (!told) {
            told = true;
            out.println("whether etcd keeps its majority is not known, look at the other servers: "
                    + TerminalText.escaped(why));
        }
    }

    /// By the answer to `/db/restart`. A release that knows no turns has nothing there. Where etcd does not say whose
    /// turn it is, only that is restarted which etcd does without already: a restart may be what mends it.
    ///
    /// @param members are asked for when there is no turn
    /// @param untold is told why nobody knows, where that keeps nothing from being restarted
    static Optional<String> turn(ClusterAccess.Answer turn, Members members, Consumer<String> untold)
            throws IOException {
        if (turn.ok()) {
            return known(turn);
        }
        ClusterAccess.Answer health = members.look();
        Optional<String> problem = known(health);
        if (problem.isPresent() || turn.status() == NOT_FOUND) {
            return problem;
        }
        String why = RunningServer.refusal(turn);
        if (health.status() == OK && needed(Json.object(health.body()))) {
            return Optional.of("whether another server of etcd's members is being restarted is not known, and two at"
                    + " once would leave etcd without a majority: " + TerminalText.escaped(why)
                    + "; try again when etcd answers");
        }
        untold.accept(why);
        return Optional.empty();
    }

    private static Optional<String> known(ClusterAccess.Answer answer) {
        return answer.status() == OK ? problem(Json.object(answer.body())) : Optional.empty();
    }

    private static List<Struct> voters(Struct answer) {
        return answer.seq("members").structs().stream().filter(one -> one.flag("voter")).toList();
    }

    /// Whether etcd works and this server's member is a part of what it works by.
    private static boolean needed(Struct answer) {
        List<Struct> voters = voters(answer);
        List<Struct> healthy = voters.stream().filter(one -> one.flag("healthy")).toList();
        return voters.size() >= FEWEST && healthy.size() > voters.size() / 2
                && healthy.stream().anyMatch(one -> one.flag("own"));
    }

    /// By the answer to `/db/health` or `/db/restart`.
    static Optional<String> problem(Struct answer) {
        if (!answer.text("restarting").isEmpty()) {
            return Optional.of("the server of etcd's member " + answer.text("restarting") + " is being restarted by k3s"
                    + " upgrade; wait for its end, which is two minutes away at most when it was broken off");
        }
        List<Struct> voters = voters(answer);
        List<Struct> healthy = voters.stream().filter(one -> one.flag("healthy")).toList();
        long left = healthy.stream().filter(one -> !one.flag("own")).count();
        int majority = voters.size() / 2 + 1;
        if (voters.size() < FEWEST || healthy.size() < majority || left >= majority) {
            return Optional.empty();
        }
        String away = voters.stream().filter(one -> !one.flag("healthy")).map(one -> one.text("name"))
                .collect(Collectors.joining(", "));
        return Optional.of("a restart of this server would leave etcd without a majority, and no server could write: "
                + left + " of its " + voters.size() + " members would be there, since " + away
                + " does not answer; wait until the server there is ready, mend it, or delete its node");
    }
}
