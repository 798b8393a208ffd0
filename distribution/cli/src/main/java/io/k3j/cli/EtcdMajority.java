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
    private static final ClusterAccess.Answer NOTHING = new ClusterAccess.Answer(204, new byte[0]);
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
        ClusterAccess.Answer ask(ClusterAccess access) throws IOException;
    }

    @Override
    public Optional<String> problem() {
        return asked(access -> access.get(HEALTH), this::unknown);
    }

    /// A server of a release that knows no turns is asked as before.
    @Override
    public Optional<String> turn() {
        Optional<String> refused = asked(access -> {
            ClusterAccess.Answer turn = access.post(RESTART, Json.bytes(Struct.EMPTY), LIMIT);
            return turn.ok() ? turn : access.get(HEALTH);
        }, this::unknown);
        if (refused.isPresent()) {
            over();
        }
        return refused;
    }

    @Override
    public void over() {
        asked(access -> {
            access.post(RESTART, Json.bytes(Struct.of("over", true)), LIMIT);
            return NOTHING;
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
            ClusterAccess.Answer answer = question.ask(access);
            return answer.status() == 200 ? problem(Json.object(answer.body())) : Optional.empty();
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

    /// By the answer to `/db/health` or `/db/restart`.
    static Optional<String> problem(Struct answer) {
        if (!answer.text("restarting").isEmpty()) {
            return Optional.of("the server of etcd's member " + answer.text("restarting") + " is being restarted by k3s"
                    + " upgrade; wait for its end, which is two minutes away at most when it was broken off");
        }
        List<Struct> voters = answer.seq("members").structs().stream().filter(one -> one.flag("voter")).toList();
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
