package io.k3j.swapitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Struct;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitdatabases.PostgresServer;
import io.k3j.testkitprocess.Api;
import io.k3j.testkitprocess.ConsoleAnswer;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.RebuiltJars;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Bundles are replaced and components disabled while the cluster is in the midst of something: a drain, a burst of
/// writes, a change of the leader, another operator's command. One server at a database that others could share.
@Tag("swap")
@NeedsPackages("postgresql")
class BusySwapItest {
    private static final Duration START_LIMIT = Duration.ofSeconds(300);
    private static final String METRICS = "metrics-server";
    private static final String SCHEDULER = "scheduler";
    private static final String WORKLOAD = "controllers-workload";
    private static final int REPLICAS = 6;
    private static final int BUDGETED = 5;
    private static final String BUDGET = """
            {"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"all-but-one"},\
            "spec":{"minAvailable":5,"selector":{"matchLabels":{"app":"busy"}}}}""";
    private static final String DEPLOYMENT = """
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"busy"},"spec":{"replicas":6,\
            "selector":{"matchLabels":{"app":"busy"}},"template":{"metadata":{"labels":{"app":"busy"}},\
            "spec":{"containers":[{"name":"a","image":"none"}]}}}}""";
    @TempDir
    static Path dir;
    private static PostgresServer database;
    private static K3sProcess server;
    private static RebuiltJars jars;
    private static Cluster cluster;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        jars = new RebuiltJars(Files.createDirectories(dir.resolve("rebuilt")));
        database = PostgresServer.started();
        server = K3sProcess.server(dir, "--disable-agent", "--bind-address", "127.0.0.1", "--token", "the-token",
                "--datastore-endpoint", database.endpoint("kubernetes"));
        server.await("the lead", START_LIMIT, () -> OtherHolder.leads(server));
        awaitHealth();
        cluster = new Cluster(Api.of(dir.resolve("k3s.yaml")));
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.api().close();
        }
        if (server != null) {
            server.close();
        }
        if (database != null) {
            database.close();
        }
    }

    private static void awaitHealth() throws InterruptedException {
        Waiting.until("all bundles active and healthy", server, () -> {
            List<String> rows = server.console("ls").lines();
            assertThat(rows).hasSizeGreaterThan(1);
            assertThat(rows.subList(1, rows.size())).allMatch(row -> row.matches("\\S+ +\\S+ +ACTIVE +OK.*"));
            return true;
        });
    }

    private static String symbolicName(String name) {
        return "io.k3j." + name.replace("-", "");
    }

    private static void thereAndBack(String name) throws IOException {
        expectOk(server.console("swap", jars.rebuilt(symbolicName(name)).toString()));
        expectOk(server.console("back", name));
    }

    private static void expectOk(ConsoleAnswer answer) {
        assertThat(answer.code()).as(() -> answer.lines() + "\n" + server.tail()).isZero();
    }

    /// A namespace in which pods can be created.
    private static void namespace(String name) throws IOException, InterruptedException {
        cluster.post("/api/v1/namespaces",
                "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"" + name + "\"}}");
        Waiting.until("service account of " + name, server,
                () -> !cluster.get("/api/v1/namespaces/" + name + "/serviceaccounts/default").isEmpty());
    }

    @Test
    void aDrainGoesOnAndKeepsItsBudgetWhileWhatItNeedsIsReplaced() throws Exception {
        namespace("drained");
        CountDownLatch replaced = new CountDownLatch(1);
        try (MadeUpNodes nodes = new MadeUpNodes(cluster, server, "drained", "one", "two");
                ExecutorService operator = Executors.newVirtualThreadPerTaskExecutor()) {
            cluster.post("/apis/policy/v1/namespaces/drained/poddisruptionbudgets", BUDGET);
            cluster.post("/apis/apps/v1/namespaces/drained/deployments", DEPLOYMENT);
            Struct begin = nodes.awaitReady(REPLICAS);
            try (Following pods = new Following(cluster, server, "/api/v1/namespaces/drained/pods", begin)) {
                Future<Integer> drains = operator.submit(() -> drains(nodes, replaced));
                try {
                    replace("apiserver", SCHEDULER, WORKLOAD, "controllers-cluster", "admission-core");
                } finally {
                    replaced.countDown();
                }
                System.out.println("drains of a node meanwhile: " + drains.get());
                nodes.awaitReady(REPLICAS);
                assertThat(nodes.faults()).as(server::tail).isEmpty();
                assertThat(fewestReady(begin, pods.events())).as("fewest pods that were ready at once")
                        .isEqualTo(BUDGETED);
            }
        }
    }

    private static void replace(String... names) throws IOException {
        for (String name : names) {
            thereAndBack(name);
        }
    }

    /// One node after the other, as long as something is replaced and once more.
    private static int drains(MadeUpNodes nodes, CountDownLatch replaced) throws IOException, InterruptedException {
        int count = 0;
        boolean last;
        do {
            last = replaced.getCount() == 0;
            String node = count % 2 == 0 ? "one" : "two";
            nodes.drain(node);
            nodes.uncordon(node);
            count++;
        } while (!last);
        return count;
    }

    /// The least number of pods that were ready at the same time.
    /// @param begin the list of those that were at the beginning
    private static int fewestReady(Struct begin, List<Struct> events) {
        assertThat(events).extracting(event -> event.text("type")).contains("DELETED");
        Set<String> ready = new HashSet<>();
        begin.seq("items").structs().forEach(pod -> ready.add(pod.struct("metadata").text("uid")));
        int fewest = ready.size();
        for (Struct event : events) {
            Struct pod = event.struct("object");
            String uid = pod.struct("metadata").text("uid");
            if (!event.text("type").equals("DELETED") && MadeUpNodes.ready(pod)) {
                ready.add(uid);
            } else {
                ready.remove(uid);
            }
            fewest = Math.min(fewest, ready.size());
        }
        return fewest;
    }

    @Test
    void aBurstOfWritesLosesNoneWhileTheDriverIsReplaced() throws Exception {
        namespace("burst");
        try (Burst burst = new Burst(cluster, "burst")) {
            burst.meets(server);
            expectOk(server.console("swap", jars.rebuilt(symbolicName("datastore-postgres")).toString()));
            burst.meets(server);
            expectOk(server.console("back", "datastore-postgres"));
            burst.meets(server);
            Map<String, String> acknowledged = burst.end();
            System.out.println("writes of a burst meanwhile: " + acknowledged.size());
            assertThat(burst.refused()).as(server::tail).isEmpty();
            assertThat(new HashSet<>(acknowledged.values())).as("revisions").hasSameSizeAs(acknowledged.keySet());
            assertThat(burst.stored()).isEqualTo(acknowledged);
        }
    }

    @Test
    void controllersAreReplacedWhileAnotherServerTakesTheLead() throws Exception {
        namespace("led");
        String path = "/api/v1/namespaces/led/pods";
        try (Following pods = new Following(cluster, server, path, cluster.get(path))) {
            try (OtherHolder other = new OtherHolder(cluster, server)) {
                cluster.post("/apis/apps/v1/namespaces/led/deployments", DEPLOYMENT);
                expectOk(server.console("swap", jars.rebuilt(symbolicName(WORKLOAD)).toString()));
                other.noticed();
            }
            Waiting.until("the pods of the one that leads again", server,
                    () -> cluster.list(path).size() == REPLICAS && observed() == REPLICAS);
            assertThat(cluster.list("/apis/apps/v1/namespaces/led/replicasets")).hasSize(1);
            assertThat(pods.events()).filteredOn(event -> event.text("type").equals("ADDED"))
                    .as("pods that were ever created").hasSize(REPLICAS);
        }
        expectOk(server.console("back", WORKLOAD));
        awaitHealth();
    }

    private static long observed() throws IOException, InterruptedException {
        return cluster.get("/apis/apps/v1/namespaces/led/deployments/busy").struct("status").whole("replicas", 0);
    }

    @Test
    void whatWasStoppedOnALeaderIsStartedThoughAnotherServerLeadsByNow() throws Exception {
        expectOk(server.console("stop", WORKLOAD));
        try (OtherHolder _ = new OtherHolder(cluster, server).noticed()) {
            expectOk(server.console("start", WORKLOAD));
        }
        awaitHealth();
    }

    /// Each on a connection of its own, at the same moment.
    private static List<ConsoleAnswer> atOnce(List<String> one, List<String> other) throws Exception {
        CyclicBarrier together = new CyclicBarrier(2);
        List<ConsoleAnswer> answers = new ArrayList<>();
        try (ExecutorService operators = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<ConsoleAnswer>> asked = new ArrayList<>();
            for (List<String> words : List.of(one, other)) {
                asked.add(operators.submit(() -> {
                    together.await();
                    return server.console(words.toArray(String[]::new));
                }));
            }
            for (Future<ConsoleAnswer> each : asked) {
                answers.add(each.get());
            }
        }
        return answers;
    }

    private static String state(String component) throws IOException {
        return server.console("component", "ls").lines().stream().map(row -> row.split("\\s+"))
                .filter(columns -> columns[0].equals(component)).map(columns -> columns[1]).findFirst().orElseThrow();
    }

    @Test
    void ofTwoOperatorsWhoWantTheOppositeTheLaterPrevails() throws Exception {
        List<ConsoleAnswer> answers = atOnce(List.of("component", "disable", METRICS),
                List.of("component", "enable", METRICS));
        expectOk(answers.getFirst());
        ConsoleAnswer enabled = answers.getLast();
        if (enabled.code() == 0) {
            assertThat(state(METRICS)).isEqualTo("ENABLED");
        } else {
            assertThat(enabled.lines()).last().asString().contains("is enabled already");
            assertThat(state(METRICS)).isEqualTo("DISABLED");
            expectOk(server.console("component", "enable", METRICS));
        }
        awaitHealth();
    }

    @Test
    void twoOperatorsWithTheSameJarSwapItOnceAndWithTwoJarsOneAfterTheOther() throws Exception {
        String jar = jars.rebuilt(symbolicName(SCHEDULER), "first").toString();
        List<ConsoleAnswer> same = atOnce(List.of("swap", jar), List.of("swap", jar));
        assertThat(same).extracting(ConsoleAnswer::code).as(server::tail).containsExactlyInAnyOrder(0, 1);
        assertThat(same).filteredOn(answer -> answer.code() == 1).flatExtracting(ConsoleAnswer::lines)
                .containsExactly("this jar runs already");
        expectOk(server.console("back", SCHEDULER));

        String other = jars.rebuilt(symbolicName(SCHEDULER), "second").toString();
        atOnce(List.of("swap", jar), List.of("swap", other)).forEach(BusySwapItest::expectOk);
        expectOk(server.console("back", SCHEDULER));
        expectOk(server.console("back", SCHEDULER));
        assertThat(server.console("back", SCHEDULER).lines()).last().asString().contains("nothing to go back to");
        awaitHealth();
    }

    @Test
    void aSwapBesideADisableLeavesTheComponentDisabled() throws Exception {
        String jar = jars.rebuilt(symbolicName(METRICS), "beside").toString();
        List<ConsoleAnswer> answers = atOnce(List.of("swap", jar), List.of("component", "disable", METRICS));
        expectOk(answers.getLast());
        assertThat(state(METRICS)).isEqualTo("DISABLED");
        boolean swapped = answers.getFirst().code() == 0;
        if (!swapped) {
            assertThat(answers.getFirst().lines()).last().asString().contains("k3s bundle ls");
        }
        expectOk(server.console("component", "enable", METRICS));
        if (swapped) {
            expectOk(server.console("back", METRICS));
        }
        awaitHealth();
    }
}
