package io.k3j.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Api;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Connections that end in other ways than they should: reset again and again, without a word, or for packets of one
/// size only.
@NeedsMachine
@NeedsPackages({"mariadb-server", "postgresql", "curl", "psmisc"})
@Tag("ha")
class ConnectionFaultsItest {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final String VARIANT = "postgresql";
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final long SOME = 1000;
    private static final Promise FOUND = Promise.of(5_000);
    /// A PING of HTTP/2 after 30 s of silence and 15 s for its answer, as in Kubernetes' clients.
    private static final Promise SILENCE = Promise.of(Duration.ofSeconds(45), 5_000);
    /// The socket takes nothing for 30 s.
    private static final Promise FROZEN = Promise.of(Duration.ofSeconds(30), 5_000);
    private static final Promise LISTED = Promise.of(2_000);
    private static final Promise BESIDE = Promise.of(4_000);
    private static final int WATCHERS = 10;
    private static final int RESETS = 10;
    private static final int PAUSES = 5;
    private static final int LARGE = 20;
    private static final int WRITES = 150;
    private static final int LARGE_BYTES = 100_000;
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path kept;

    @Test
    @Tag("full")
    void resumesWatchesThroughAStormOfResets() throws Exception {
        try (Cluster cluster = Cluster.on()) {
            Host server = cluster.server(Cluster.page(Page.of("architecture.md"), "single"));
            List<Watcher> watchers = watchers(cluster.apis());
            try (ClusterWorkload trial = ClusterWorkload.on(cluster)) {
                trial.progress(SOME);
                long start = System.nanoTime();
                storm(server);
                Cluster.report("storm of " + RESETS + " resets", start);
                System.out.println("[ha] 1000 calls more after the storm: " + trial.progress(SOME) + " ms");
                trial.judge(kept);
            }
            long begun = 0;
            for (Watcher watcher : watchers) {
                List<Watched> lives = watcher.end();
                assertThat(lives).as("watches from a list: " + watcher.trouble()).hasSize(1);
                begun += lives.getFirst().items().stream().filter(Watched.Item.Begin.class::isInstance).count();
            }
            System.out.println("[ha] " + WATCHERS + " watchers connected " + begun + " times");
            assertThat(begun).as("connections").isGreaterThan(2 * WATCHERS);
        }
    }

    private static List<Watcher> watchers(List<Api> apis) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(apis.getFirst().at(MAPS)).build();
        byte[] list = apis.getFirst().client().send(request, HttpResponse.BodyHandlers.ofByteArray()).body();
        long from = Long.parseLong(Json.object(list).struct("metadata").text("resourceVersion"));
        List<Watcher> watchers = new ArrayList<>();
        for (int n = 1; n <= WATCHERS; n++) {
            watchers.add(new Watcher("storm-" + n, apis, from));
        }
        return watchers;
    }

    /// Whatever comes in is answered by a reset for a moment, again and again.
    private static void storm(Host server) throws IOException, InterruptedException {
        server.must("nft 'add table inet storm; add chain inet storm in { type filter hook input priority -300; }'");
        for (int n = 0; n < RESETS; n++) {
            server.must("nft add rule inet storm in tcp dport 6443 reject with tcp reset");
            Waiting.pause();
            server.must("nft flush chain inet storm in");
            for (int pause = 0; pause < PAUSES; pause++) {
                Waiting.pause();
            }
        }
        server.must("nft delete table inet storm");
    }

    @Test
    @Tag("full")
    void completesALargeListWhenLargePacketsVanish() throws Exception {
        try (Cluster cluster = Cluster.on()) {
            Host server = cluster.server(Cluster.page(Page.of("architecture.md"), "single"));
            for (int n = 0; n < LARGE; n++) {
                write(cluster.apis().getFirst(), n);
            }
            server.must("nft 'add table inet hole; add chain inet hole in { type filter hook input priority -300; }; "
                    + "add chain inet hole out { type filter hook output priority -300; }; "
                    + "add rule inet hole in ip protocol icmp drop; add rule inet hole out ip protocol icmp drop'; "
                    + "ip link set eth1 mtu 1200");
            try (Api other = server.machine().api()) {
                long start = System.nanoTime();
                HttpResponse<String> list = other.get(MAPS, "application/json");
                LISTED.since("list of 2 MB through 1200 bytes", start);
                assertThat(list.statusCode()).isEqualTo(200);
                assertThat(list.body()).hasSizeGreaterThan(LARGE * LARGE_BYTES).contains("\"large-0\"", "\"large-19\"");
                assertThat(cluster.apis().getFirst().get(MAPS, "application/json").body())
                        .as("over the connection from before").hasSameSizeAs(list.body());
            }
        }
    }

    @Test
    @Tag("full")
    void endsTheConnectionOfAWatcherThatIsFrozen() throws Exception {
        try (Cluster cluster = Cluster.on()) {
            Host server = cluster.server(Cluster.page(Page.of("architecture.md"), "single"));
            server.start("cd /var/lib/rancher/k3s/server/tls; curl -sN --http2 --cacert server-ca.crt --cert "
                    + "client-admin.crt --key client-admin.key 'https://127.0.0.1:6443" + MAPS
                    + "?watch=1' > /dev/null & echo $! > " + file(server, "curl") + "; wait");
            Waiting.until("watch", LIMIT, () -> server.run("ss -Htnp state established dport = :6443").text()
                    .contains("pid=" + text(file(server, "curl")).strip() + ","), server::story);
            String port = server.must("ss -Htnp state established dport = :6443 | grep pid="
                    + text(file(server, "curl")).strip() + ", | awk '{print $3}' | sed 's/.*://'").strip();
            String open = "ss -Htn state established sport = :6443 dport = :" + port;
            assertThat(server.must(open)).isNotBlank();
            server.must("kill -STOP " + text(file(server, "curl")).strip());
            long start = System.nanoTime();
            for (int n = 0; n < WRITES; n++) {
                write(cluster.apis().getFirst(), n);
            }
            BESIDE.since("15 MB written beside a frozen watcher", start);
            Waiting.until("end of its connection", LIMIT, () -> server.must(open).isBlank(), server::story);
            FROZEN.since("connection of a frozen watcher ended", start);
        }
    }

    private static void write(Api api, int n) throws IOException, InterruptedException {
        byte[] map = ("{\"metadata\":{\"name\":\"large-" + n + "\"},\"data\":{\"a\":\"" + "x".repeat(LARGE_BYTES)
                + "\"}}").getBytes(StandardCharsets.UTF_8);
        assertThat(api.send("POST", MAPS, "application/json", map).statusCode()).isEqualTo(201);
    }

    @Test
    @Tag("full")
    void endsWhatWentThroughAMachineThatVanishesAndGoesOnWithTheOthers() throws Exception {
        Page page = Page.of("ha-external-datastore.md");
        try (Cluster cluster = Cluster.on()) {
            Database database = Database.on(cluster, VARIANT);
            database.host().follow(page, VARIANT, "run");
            cluster.server(Cluster.page(page, VARIANT));
            cluster.server(Cluster.page(page, VARIANT));
            Host agent = cluster
                    .agent(host -> host.start("k3s agent --token SECRET --server https://10.10.10.50:6443"));
            runs(cluster.servers().getFirst(), agent, "before");
            withoutTheAgent(cluster, agent);
            withoutItsServer(cluster, agent);
        }
    }

    /// The agent vanishes: a server ends what others had through it, and the agent's own watches.
    private static void withoutTheAgent(Cluster cluster, Host agent) throws IOException, InterruptedException {
        Host server = cluster.servers().getFirst();
        server.start("k3s kubectl logs -f before > $HOME/logs 2>&1; echo $? > " + file(server, "logs"));
        server.start("k3s kubectl exec before -- sh -c 'echo begun; sleep 1000' > " + file(server, "begun")
                + "; echo $? > " + file(server, "exec"));
        Waiting.until("command in the pod", LIMIT, () -> text(file(server, "begun")).contains("begun"),
                server::story);
        long start = System.nanoTime();
        cluster.net().unplug(agent.machine());
        for (String stream : List.of("exec", "logs")) {
            Waiting.until("end of " + stream, LIMIT, () -> Files.exists(file(server, stream)), server::story);
            FOUND.since(stream + " ended after " + agent.name() + " vanished", start);
        }
        for (Host each : cluster.servers()) {
            Waiting.until("end of its connections", LIMIT, () -> connections(each, agent) == 0,
                    each::story);
            SILENCE.since("connections of " + agent.name() + " ended at " + each.name(), start);
        }
        cluster.net().plug(agent.machine());
        Waiting.until(agent.name() + " Ready again", LIMIT, () -> Cluster.ready(server, agent.name()), agent::story);
    }

    /// The server that the agent asks vanishes: it asks the other one, and runs what is new there.
    private static void withoutItsServer(Cluster cluster, Host agent) throws IOException, InterruptedException {
        Host vanished = connections(agent, cluster.servers().get(0)) >= connections(agent, cluster.servers().get(1))
                ? cluster.servers().get(0)
                : cluster.servers().get(1);
        Host left = cluster.servers().stream().filter(s -> s != vanished).findFirst().orElseThrow();
        long start = System.nanoTime();
        cluster.net().unplug(vanished.machine());
        runs(left, agent, "after");
        FOUND.since("new pod at " + agent.name() + " after " + vanished.name() + ", which it asked, vanished",
                start);
        assertThat(left.must("k3s kubectl exec after -- echo there")).contains("there");
        Waiting.until("end of connections to it", LIMIT, () -> connections(agent, vanished) == 0,
                agent::story);
        FOUND.since("connections of " + agent.name() + " to " + vanished.name() + " ended", start);
        cluster.net().plug(vanished.machine());
        Waiting.until(vanished.name() + " Ready again", LIMIT, () -> Cluster.ready(vanished, vanished.name()),
                vanished::story);
        assertThat(vanished.must("k3s kubectl logs after")).contains("serving");
    }

    private static String text(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file) : "";
    }

    private static Path file(Host host, String name) {
        return host.machine().dir().resolve("stream-" + name);
    }

    /// How many connections one has with the other's port 6443, or the other with its.
    private static long connections(Host one, Host other) throws IOException, InterruptedException {
        return one.must("ss -Htn state established dst " + other.machine().address()).lines()
                .filter(line -> line.contains(":6443")).count();
    }

    /// A pod of this name runs on a node.
    private static void runs(Host server, Host node, String name) throws IOException, InterruptedException {
        Path manifest = Files.writeString(server.machine().dir().resolve(name + ".json"), """
                {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "%s"}, "spec": {"nodeName": "%s",
                 "terminationGracePeriodSeconds": 0, "containers": [{"name": "c", "image": "k3j.io/busybox:1",
                 "command": ["sh", "-c", "echo serving; exec sleep 100000"]}]}}""".formatted(name, node.name()));
        server.must("k3s kubectl apply -f " + manifest);
        Waiting.until("pod " + name, LIMIT,
                () -> server.run("k3s kubectl get pods --no-headers " + name).text().contains(" Running "),
                () -> server.story() + node.story());
    }
}
