package io.k3j.ha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.k3j.testkitmachine.Api;
import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.MachineNet;
import io.k3j.testkitmachine.Waiting;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The page on external datastores with the load balancer page, command for command; then parts die under traffic.
class ClusterItest {
    private static final long OPERATIONS = Long.getLong("k3j.ha.operations", 20_000);
    private static final Duration DATABASE_AWAY = Duration.ofSeconds(Long.getLong("k3j.ha.away", 20));
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final int KEYS = 50;
    private static final int CLIENTS = 8;
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path kept;
    private String variant = "";

    @BeforeEach
    void needs() {
        assumeTrue(Machine.obstacle().isEmpty(), Machine.obstacle());
    }

    @ParameterizedTest
    @MethodSource("variants")
    void servesThroughTheEndOfAServerALoadBalancerAndTheDatabase(String kind) throws Exception {
        variant = kind;
        Page page = Page.of("ha-external-datastore.md");
        try (Cluster cluster = Cluster.on()) {
            Host host = cluster.database();
            Database database = Database.on(host, variant);
            host.follow(page, variant, "run");
            cluster.server(page, variant, database::equip);
            cluster.server(page, variant, database::equip);
            cluster.balancer("haproxy");
            cluster.balancer("haproxy");
            cluster.agent(page, variant);
            sameNodesFromEverywhere(cluster);
            Workload workload = Workload.on(cluster.servers().getFirst(), 3);
            workload.answers();
            history(cluster, database);
            workload.answers();
        }
    }

    /// All, or those of `-Dk3j.ha.variant`.
    static List<String> variants() {
        return List.of(System.getProperty("k3j.ha.variant", "mariadb,postgresql,etcd").split(","));
    }

    private static void sameNodesFromEverywhere(Cluster cluster) throws IOException, InterruptedException {
        String names = "k3s kubectl get nodes -o name";
        String first = cluster.servers().getFirst().must(names);
        assertThat(cluster.servers().get(1).must(names)).isEqualTo(first);
        String through = "sed s/127.0.0.1/" + MachineNet.VIRTUAL + "/ /etc/rancher/k3s/k3s.yaml > /root/vip.yaml; "
                + "KUBECONFIG=/root/vip.yaml " + names;
        assertThat(cluster.servers().getFirst().must(through)).isEqualTo(first);
    }

    private void history(Cluster cluster, Database database) throws Exception {
        List<Watcher> watchers = new ArrayList<>();
        try (Traffic traffic = new Traffic(cluster.apis(), KEYS)) {
            long from = revision(cluster.apis().getFirst());
            watchers.add(new Watcher("watcher-1", List.of(cluster.apis().getFirst()), from));
            watchers.add(new Watcher("watcher-2", List.of(cluster.apis().getLast()), from));
            watchers.add(new Watcher("watcher-both", cluster.apis(), from));
            traffic.begin(CLIENTS);
            progress(cluster, traffic, OPERATIONS / 4);
            loseProcess(cluster, traffic);
            progress(cluster, traffic, OPERATIONS / 4);
            loseBalancer(cluster, traffic);
            progress(cluster, traffic, OPERATIONS / 4);
            loseDatabase(cluster, traffic, database);
            progress(cluster, traffic, OPERATIONS / 4);
            judge(cluster, traffic.end(), watchers);
        } finally {
            watchers.forEach(Watcher::close);
        }
    }

    /// Lets so many more calls be answered.
    private static void progress(Cluster cluster, Traffic traffic, long calls) throws Exception {
        long until = traffic.done() + calls;
        Waiting.until(calls + " answers more", Duration.ofMinutes(10), () -> traffic.done() >= until, cluster::story);
    }

    private void loseProcess(Cluster cluster, Traffic traffic) throws Exception {
        Host second = cluster.servers().get(1);
        second.killProcess();
        progress(cluster, traffic, 1000);
        long start = System.nanoTime();
        second.follow(Page.of("ha-external-datastore.md"), variant, "start");
        Waiting.until("server-2 answering", LIMIT,
                () -> second.run("k3s kubectl get --raw /readyz").text().contains("ok"), second::story);
        Cluster.report("server-2 answers after kill -9 and start", start);
    }

    private static void loseBalancer(Cluster cluster, Traffic traffic) throws Exception {
        long start = System.nanoTime();
        cluster.net().lose(cluster.balancers().getFirst().machine());
        Waiting.until("virtual address at lb-2", LIMIT, () -> cluster.servers().getFirst()
                .run("KUBECONFIG=/root/vip.yaml k3s kubectl get --raw /readyz --request-timeout=2s").code() == 0,
                cluster::story);
        Cluster.report("API through the virtual address after its load balancer was lost", start);
        progress(cluster, traffic, 100);
    }

    private static void loseDatabase(Cluster cluster, Traffic traffic, Database database) throws Exception {
        database.kill();
        long end = System.nanoTime() + DATABASE_AWAY.toNanos();
        Waiting.until("end of the outage", DATABASE_AWAY.plusSeconds(5), () -> System.nanoTime() > end, () -> "");
        assertThat(cluster.servers().getFirst().run("k3s kubectl get nodes").code()).as("reads without a database")
                .isZero();
        database.start();
        long start = System.nanoTime();
        progress(cluster, traffic, 100);
        Cluster.report("100 answers more after the database came back", start);
    }

    private void judge(Cluster cluster, Collection<Operation> history, List<Watcher> watchers) throws Exception {
        System.out.println("[ha] " + Traffic.summary(history));
        long last = history.stream().mapToLong(Operation::revision).max().orElseThrow();
        List<Watched> heard = new ArrayList<>();
        for (Watcher watcher : watchers) {
            Waiting.until("last change at a watcher", LIMIT, () -> watcher.heard() >= last,
                    () -> watcher.heard() + " of " + last + ": " + watcher.trouble());
            heard.addAll(watcher.end());
        }
        Files.write(kept.resolve("history.txt"), Traffic.text(history));
        assertThat(Linearizability.violations(history)).as("history in " + kept).isEmpty();
        assertThat(WatchGuarantees.violations(heard, history)).as("history in " + kept).isEmpty();
        assertThat(cluster.servers()).isNotEmpty();
    }

    private static long revision(Api api) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(api.at("/api/v1/namespaces/default/configmaps?limit=1")).build();
        String list = api.client().send(request, HttpResponse.BodyHandlers.ofString()).body();
        int at = list.indexOf("\"resourceVersion\":\"") + "\"resourceVersion\":\"".length();
        return Long.parseLong(list.substring(at, list.indexOf('"', at)));
    }
}
