package io.k3j.externaldatastore;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitdatabases.PostgresServer;
import io.k3j.testkitprocess.ConsoleAnswer;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A component is switched for a cluster of two whole servers at one database, of which one is down, and both are
/// killed while they follow. What servers compare when they join stays what their flags say.
@Tag("full")
@Tag("data")
@NeedsPackages("postgresql")
class ClusterDecisionItest {
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final String READY = "API server ready";
    private static final String COMPONENT = "metrics-server";
    private static final String CLUSTER = "--cluster";
    @TempDir
    Path directory;
    private PostgresServer database;
    private final List<K3sProcess> servers = new ArrayList<>();

    @BeforeEach
    void serve() {
        database = PostgresServer.started();
    }

    @AfterEach
    void end() {
        servers.reversed().forEach(K3sProcess::close);
        database.close();
    }

    private K3sProcess server(String name, String... more) throws IOException, InterruptedException {
        List<String> flags = new ArrayList<>(List.of("--disable-agent", "--bind-address", "127.0.0.1", "--token",
                "the-token", "--node-name", name, "--datastore-endpoint", database.endpoint("kubernetes")));
        flags.addAll(List.of(more));
        K3sProcess server = K3sProcess.server(Files.createDirectories(directory.resolve(name)),
                flags.toArray(String[]::new));
        servers.add(server);
        return server;
    }

    private static ConsoleAnswer typed(K3sProcess server, String word) throws IOException {
        ConsoleAnswer answer = server.console("component", word, COMPONENT, CLUSTER);
        assertThat(answer.code()).as("%s %s", answer.lines(), server.tail()).isZero();
        return answer;
    }

    private static boolean is(K3sProcess server, String state) {
        try {
            return server.console("component", "ls").lines().stream()
                    .anyMatch(line -> line.matches(COMPONENT + " +" + state + " .*"));
        } catch (IOException notYet) {
            return false;
        }
    }

    private static boolean shown(K3sProcess asked, String server, String state) {
        try {
            return asked.console("component", "status", CLUSTER).lines().stream()
                    .anyMatch(line -> line.matches(COMPONENT + " +disabled +" + server + " +" + state));
        } catch (IOException notYet) {
            return false;
        }
    }

    private static void await(K3sProcess server, String state) throws InterruptedException {
        server.await(COMPONENT + " " + state, LIMIT, () -> is(server, state));
    }

    @Test
    void everyServerFollowsAlsoOneThatWasDownOrKilled() throws Exception {
        K3sProcess a = server("a");
        a.awaitOutput(READY, LIMIT);
        K3sProcess b = server("b");
        b.awaitOutput(READY, LIMIT);
        typed(a, "disable");
        assertThat(is(a, "DISABLED")).isTrue();
        await(b, "DISABLED");
        b.await("the report", LIMIT, () -> shown(a, "b", "DISABLED"));
        assertThat(b.console("component", "enable", COMPONENT).lines()).first().asString()
                .contains("decided for the cluster");
        assertThat(b.stop()).as(b::tail).isZero();
        typed(a, "enable");
        b = server("b");
        await(b, "ENABLED");

        typed(a, "disable");
        b.close();
        a.close();
        K3sProcess again = server("a");
        K3sProcess late = server("b");
        for (K3sProcess server : List.of(again, late)) {
            await(server, "DISABLED");
            late.await("the report", LIMIT, () -> shown(late, server == late ? "b" : "a", "DISABLED"));
        }
        K3sProcess other = server("c", "--disable", COMPONENT);
        assertThat(other.awaitEnd(LIMIT)).isNotZero();
        assertThat(other.output()).contains("--disable");
        K3sProcess same = server("d");
        await(same, "DISABLED");
        typed(same, "enable");
        for (K3sProcess server : List.of(again, late, same)) {
            await(server, "ENABLED");
        }
    }
}
