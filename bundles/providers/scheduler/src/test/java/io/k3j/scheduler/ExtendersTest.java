package io.k3j.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.k3j.codec.Json;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schedulerconfig.SchedulerConfiguration;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.jupiter.api.io.TempDir;

/// Pods scheduled with an extender that answers over HTTP.
class ExtendersTest {
    @TempDir
    private Path home;
    private final Map<String, String> answers = new ConcurrentHashMap<>();
    private final Map<String, Struct> asked = new ConcurrentHashMap<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String verb = exchange.getRequestURI().getPath().substring("/x/".length());
        asked.put(verb, Json.object(exchange.getRequestBody().readAllBytes()));
        String answer = answers.getOrDefault(verb, "");
        if (answer.equals("hang")) {
            try {
                over.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        byte[] body = answer.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.isEmpty() ? 500 : 200, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    /// With much time, which a first request takes on a slow machine, unless the fields say otherwise.
    private SchedulerFixture cluster(String fields) throws IOException {
        String time = fields.contains("httpTimeout") ? "" : "httpTimeout: 5m, ";
        Path file = Files.writeString(home.resolve("scheduler.yaml"), "apiVersion: kubescheduler.config.k8s.io/v1\n"
                + "kind: KubeSchedulerConfiguration\nextenders: [{urlPrefix: 'http://127.0.0.1:"
                + server.getAddress().getPort() + "/x', " + time + fields + "}]\n");
        SchedulerFixture cluster = new SchedulerFixture(SchedulerConfiguration.of(List.of("config=" + file)));
        cluster.node("n1", "4");
        cluster.node("n2", "4");
        return cluster;
    }

    private static String scheduled(SchedulerFixture cluster) {
        cluster.pod("a", SchedulerFixture.cpu("1"));
        cluster.settle();
        return cluster.nodeOf("a");
    }

    @Test
    void aNodeThatTheExtenderLeavesIsTaken() throws IOException {
        answers.put("filter", "{\"NodeNames\": [\"n2\"], \"FailedNodes\": {\"n1\": \"no device\"}}");
        SchedulerFixture cluster = cluster("filterVerb: filter, nodeCacheCapable: true");
        assertThat(scheduled(cluster)).isEqualTo("n2");
        assertThat(asked.get("filter").seq("NodeNames").texts()).containsExactlyInAnyOrder("n1", "n2");
        assertThat(asked.get("filter").struct("Pod").struct("metadata").text("name")).isEqualTo("a");
    }

    @Test
    void oneWithoutACacheIsToldTheNodesAndMayWriteItsFieldsSmall() throws IOException {
        answers.put("filter", "{\"nodes\": {\"items\": [{\"metadata\": {\"name\": \"n1\"}}]}}");
        SchedulerFixture cluster = cluster("filterVerb: filter");
        assertThat(scheduled(cluster)).isEqualTo("n1");
        assertThat(asked.get("filter").struct("Nodes").seq("items").size()).isEqualTo(2);
    }

    @Test
    void whatItRejectsIsToldAndTriedAgain() throws IOException {
        answers.put("filter", "{\"NodeNames\": [], \"FailedNodes\": {\"n1\": \"no device\", \"n2\": \"no device\"}}");
        SchedulerFixture cluster = cluster("filterVerb: filter, nodeCacheCapable: true");
        assertThat(scheduled(cluster)).isEmpty();
        assertThat(cluster.why("a")).startsWith("0/2 nodes are available: 2 no device. ");
        answers.put("filter", "{\"NodeNames\": [\"n1\"]}");
        cluster.node("n3", "1");
        cluster.settle();
        assertThat(cluster.nodeOf("a")).isEqualTo("n1");
    }

    @Test
    void itsScoresCount() throws IOException {
        answers.put("prioritize", "[{\"Host\": \"n1\", \"Score\": 0}, {\"Host\": \"n2\", \"Score\": 10}]");
        assertThat(scheduled(cluster("prioritizeVerb: prioritize, weight: 5"))).isEqualTo("n2");
        answers.put("prioritize", "[{\"host\": \"n1\", \"score\": 10}]");
        assertThat(scheduled(cluster("prioritizeVerb: prioritize, weight: 5"))).isEqualTo("n1");
    }

    @Test
    void itBindsInPlaceOfTheScheduler() throws IOException {
        answers.put("bind", "{}");
        SchedulerFixture cluster = cluster("bindVerb: bind");
        assertThat(scheduled(cluster)).as("the extender has to write it").isEmpty();
        assertThat(asked.get("bind").text("PodName")).isEqualTo("a");
        assertThat(asked.get("bind").text("PodNamespace")).isEqualTo("default");
        assertThat(asked.get("bind").text("Node")).startsWith("n");
    }

    @Test
    void aBindingThatFailsIsTold() throws IOException {
        answers.put("bind", "{\"Error\": \"no lock\"}");
        SchedulerFixture cluster = cluster("bindVerb: bind");
        cluster.pod("a", SchedulerFixture.cpu("1"));
        cluster.settle();
        assertThat(cluster.why("a")).isEqualTo("binding rejected: no lock");
    }

    @Test
    void itIsAskedAboutPodsThatAskForWhatItManages() throws IOException {
        SchedulerFixture cluster = cluster("filterVerb: filter, "
                + "managedResources: [{name: example.com/gpu, ignoredByScheduler: true}]");
        assertThat(scheduled(cluster)).isNotEmpty();
        assertThat(asked).isEmpty();
        answers.put("filter", "{\"Nodes\": {\"items\": [{\"metadata\": {\"name\": \"n2\"}}]}}");
        cluster.pod("g", Struct.of("containers", Seq.of(Struct.of("name", "c", "image", "i", "resources",
                Struct.of("limits", Struct.of("example.com/gpu", "1"), "requests",
                        Struct.of("example.com/gpu", "1"))))));
        cluster.settle();
        assertThat(cluster.nodeOf("g")).isEqualTo("n2");
    }

    @Test
    void oneThatFailsFailsTheAttemptUnlessItMayBeIgnored() throws IOException {
        SchedulerFixture cluster = cluster("filterVerb: filter");
        cluster.pod("a", SchedulerFixture.cpu("1"));
        cluster.settle();
        assertThat(cluster.why("a")).startsWith("failed filter with extender at URL http://127.0.0.1:")
                .endsWith("/x/filter, code 500");
        assertThat(scheduled(cluster("filterVerb: filter, ignorable: true"))).isNotEmpty();
    }

    @Test
    void oneThatHangsHasItsTime() throws IOException {
        answers.put("filter", "hang");
        assertThat(scheduled(cluster("filterVerb: filter, ignorable: true, httpTimeout: 200ms"))).isNotEmpty();
    }

    /// Whatever it says of violated budgets, which only compares candidates.
    @ParameterizedTest
    @ValueSource(longs = {0, -1, 1L << 40})
    void itSaysOnWhichNodePodsArePreempted(long violations) throws IOException {
        SchedulerFixture cluster = cluster("preemptVerb: preempt, nodeCacheCapable: true");
        cluster.pod("low1", SchedulerFixture.cpu("4").with("nodeName", "n1"));
        cluster.pod("low2", SchedulerFixture.cpu("4").with("nodeName", "n2"));
        cluster.settle();
        answers.put("preempt", "{\"NodeNameToMetaVictims\": {\"n2\": {\"Pods\": [{\"UID\": \""
                + cluster.get("low2").uid() + "\"}], \"NumPDBViolations\": " + violations + "}}}");
        cluster.pod("high", SchedulerFixture.cpu("1").with("priority", 1000L));
        cluster.settle();
        assertThat(cluster.get("high").status().text("nominatedNodeName")).isEqualTo("n2");
        assertThat(asked.get("preempt").struct("NodeNameToMetaVictims").names()).containsExactlyInAnyOrder("n1", "n2");
    }
}
