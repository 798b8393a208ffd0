package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitdatabases.MariadbServer;
import io.k3j.testkitdatabases.PostgresServer;
import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A server of the distribution, with its node, that is started on what `k3s datastore copy` has made.
@NeedsMachine
@NeedsPackages({"mariadb-server", "postgresql", "etcd-server"})
@Tag("data")
class CopiedServerItest {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int ETCD_PORT = 12_379;
    private Machine machine;
    private String sqlite;

    @BeforeEach
    void on() throws IOException, InterruptedException {
        machine = Machine.on();
        sqlite = "sqlite://" + machine.dir().resolve("rancher/k3s");
    }

    @AfterEach
    void off() {
        machine.close();
    }

    @Test
    void goesOnInEtcd() throws IOException, InterruptedException {
        Content before = filled();
        String etcd = etcd();
        copy(sqlite, etcd);
        goesOn(before, "--datastore-endpoint=" + etcd);
    }

    @Test
    @Tag("full")
    void goesOnInDatabasesAndInSqliteAgain() throws IOException, InterruptedException {
        Content content = filled();
        try (MariadbServer maria = MariadbServer.started(); PostgresServer postgres = PostgresServer.started()) {
            copy(sqlite, maria.endpoint("copied"));
            empty();
            copy(maria.endpoint("copied"), sqlite);
            content = goesOn(content);
            copy(sqlite, postgres.endpoint("copied"));
            empty();
            copy(postgres.endpoint("copied"), sqlite);
            goesOn(content);
        }
    }

    /// What a server has, in the order in which it was written last.
    ///
    /// @param newest the highest revision
    private record Content(List<String> objects, long newest) {
        static Content of(Server server) throws IOException, InterruptedException {
            Outcome all = server.k3s("kubectl get configmaps,secrets,serviceaccounts,services,nodes -A -o json");
            assertThat(all.code()).as(all.text()).isZero();
            List<Struct> items = Json.object(all.text().getBytes(StandardCharsets.UTF_8)).seq("items").structs()
                    .stream().sorted(Comparator.comparingLong(Content::revision)).toList();
            return new Content(items.stream().filter(o -> !ofNode(o)).map(Content::words).toList(),
                    revision(items.getLast()));
        }

        /// Written by the server when it likes: a Node, and the Secret with its password, which gets its owner later.
        private static boolean ofNode(Struct object) {
            return object.text("kind").equals("Node")
                    || object.struct("metadata").text("name").endsWith(".node-password.k3s");
        }

        private static long revision(Struct object) {
            return Long.parseLong(object.struct("metadata").text("resourceVersion"));
        }

        private static String words(Struct object) {
            Struct metadata = object.struct("metadata");
            return object.text("kind") + " " + metadata.text("namespace") + "/" + metadata.text("name") + " "
                    + metadata.text("uid") + " " + object.struct("data");
        }
    }

    /// A server on SQLite that has run and was stopped.
    private Content filled() throws IOException, InterruptedException {
        Server server = Server.start(machine).ready();
        for (String line : List.of("create configmap first --from-literal=a=b",
                "create configmap second --from-literal=a=b", "create secret generic hidden --from-literal=a=b",
                "label configmap first changed=last")) {
            must(server, "kubectl " + line);
        }
        Content content = settled(server);
        stop(server);
        return content;
    }

    /// Once nothing is written any more: parts of a server may be late with what they write.
    private static Content settled(Server server) throws IOException, InterruptedException {
        AtomicReference<Content> last = new AtomicReference<>(Content.of(server));
        Waiting.until("content that stays", () -> {
            Content now = Content.of(server);
            return now.equals(last.getAndSet(now));
        });
        return last.get();
    }

    private Content goesOn(Content before, String... flags) throws IOException, InterruptedException {
        Server server = Server.start(machine, flags).ready();
        Content now = Content.of(server);
        assertThat(now.objects()).containsSubsequence(before.objects());
        must(server, "kubectl create configmap later" + before.newest() + " --from-literal=a=b");
        must(server, "kubectl label configmap second --overwrite changed=" + before.newest());
        Content later = Content.of(server);
        assertThat(later.newest()).isGreaterThan(before.newest());
        assertThat(later.objects().getLast()).contains("default/second");
        must(server, "kubectl delete configmap later" + before.newest());
        later = settled(server);
        stop(server);
        return later;
    }

    private static void must(Server server, String words) throws IOException, InterruptedException {
        Outcome outcome = server.k3s(words);
        assertThat(outcome.code()).as(words + "\n" + outcome.text()).isZero();
    }

    private static void stop(Server server) throws IOException, InterruptedException {
        server.signal("TERM");
        assertThat(server.ended(LIMIT)).isZero();
    }

    private String etcd() throws IOException, InterruptedException {
        String url = "http://" + machine.address() + ":" + ETCD_PORT;
        Outcome started = machine.run(LIMIT, "setsid etcd --data-dir /var/lib/etcd-copy --listen-client-urls " + url
                + " --advertise-client-urls " + url + " > /var/log/etcd-copy.txt 2>&1 < /dev/null & until"
                + " ETCDCTL_API=3 etcdctl --endpoints " + url + " endpoint health; do sleep 0.1; done");
        assertThat(started.code()).as(started.text()).isZero();
        return url;
    }

    /// Outside of the machine: its disk and its network can be reached.
    private void copy(String from, String to) throws IOException, InterruptedException {
        String copied = Launch.of("bash", "-c",
                Server.command() + " datastore copy --from='" + from + "' --to='" + to + "'")
                .environment("HOME", machine.dir().toString()).text(LIMIT);
        assertThat(copied).contains("copied ").contains("Next: start the servers with ");
    }

    /// Puts the database of SQLite aside.
    private void empty() throws IOException {
        Path db = machine.dir().resolve("rancher/k3s/server/db");
        Files.move(db, db.resolveSibling("db-aside-" + System.nanoTime()));
    }
}
