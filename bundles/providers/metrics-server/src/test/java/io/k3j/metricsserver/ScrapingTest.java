package io.k3j.metricsserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Lister;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.componentapi.Health;
import io.k3j.model.FieldSelector;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import io.k3j.testkitbase.Waiting;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The loop, from nodes that answer to what is listed.
class ScrapingTest {
    private static final Gvr NODES = Gvr.of("v1", "nodes");
    private static final Gvr PODS = Gvr.of("v1", "pods");
    private static final Gvr API_SERVICES = Gvr.of("apiregistration.k8s.io/v1", "apiservices");
    private final FakeApi api = FakeApi.live();
    private final Set<String> dead = ConcurrentHashMap.newKeySet();
    private final AtomicLong looks = new AtomicLong();
    private final AtomicLong now = new AtomicLong();
    private final Scraping scraping = new Scraping(this::answer, Health.none(), InstantSource.system(), 20,
            new Demand(Duration.ofMinutes(1), Duration.ofSeconds(60), now::get));
    private final CountDownLatch ready = new CountDownLatch(1);

    @BeforeEach
    void cluster() {
        for (String node : List.of("a", "b")) {
            api.seed(NODES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                    Struct.of("name", node, "labels", Struct.of("zone", node)), "status",
                    Struct.of("addresses", Seq.of(Struct.of("type", "InternalIP", "address", "10.0.0.1"))))));
            for (String namespace : List.of("n", "m")) {
                api.seed(PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                        Struct.of("name", "p-" + node, "namespace", namespace, "uid", namespace + node, "labels",
                                Struct.of("app", node)),
                        "spec", Struct.of("nodeName", node))));
            }
        }
    }

    @AfterEach
    void close() throws InterruptedException {
        scraping.close();
        api.close();
    }

    private String answer(Obj node) throws IOException {
        if (dead.contains(node.name())) {
            throw new IOException("no answer");
        }
        long look = looks.incrementAndGet();
        StringBuilder text = new StringBuilder("node_cpu_usage_seconds_total " + look + " " + look * 10_000
                + "\nnode_memory_working_set_bytes 1024 " + look * 10_000 + "\n");
        for (String namespace : List.of("n", "m")) {
            String labels = "{container=\"c\",namespace=\"" + namespace + "\",pod=\"p-" + node.name() + "\"} ";
            text.append("container_cpu_usage_seconds_total" + labels + look + " " + look * 10_000
                    + "\ncontainer_memory_working_set_bytes" + labels + "2048 " + look * 10_000 + "\n");
        }
        return text.toString();
    }

    private void twoRounds() throws InterruptedException {
        scraping.attach(api);
        scraping.start(ready::countDown);
        assertThat(ready.await(60, TimeUnit.SECONDS)).isTrue();
    }

    private static List<String> names(Lister lister, Query query) {
        return lister.list(query).stream().map(o -> o.struct("metadata"))
                .map(m -> m.text("namespace").isEmpty() ? m.text("name") : m.text("namespace") + "/" + m.text("name"))
                .toList();
    }

    @Test
    void saysWhyThereIsNothingYet() {
        Scraping scraping = new Scraping(this::answer, Health.none(), InstantSource.system(), 20,
                new Demand(Duration.ofMinutes(1), Duration.ofMillis(1), System::nanoTime));
        assertThatThrownBy(() -> scraping.nodes().list(Query.ALL)).isInstanceOf(ApiFault.class)
                .hasMessageContaining("no kubelet has been asked").extracting(e -> ((ApiFault) e).code())
                .isEqualTo(503);
    }

    @Test
    void showsNodesAndPodsBySelectors() throws InterruptedException {
        twoRounds();
        assertThat(names(scraping.nodes(), Query.ALL)).containsExactly("a", "b");
        assertThat(names(scraping.nodes(), Query.ALL.labelled(Selector.parse("zone=b")))).containsExactly("b");
        assertThat(names(scraping.pods(), Query.ALL)).containsExactly("m/p-a", "m/p-b", "n/p-a", "n/p-b");
        assertThat(names(scraping.pods(), Query.in("n").labelled(Selector.parse("app in (a)"))))
                .containsExactly("n/p-a");
        assertThat(names(scraping.pods(), new Query("", Selector.EVERYTHING,
                FieldSelector.parse("metadata.namespace!=n,metadata.name=p-b")))).containsExactly("m/p-b");
        Struct pod = scraping.pods().get(new Key("n", "p-a"));
        assertThat(pod.text("kind")).isEqualTo("PodMetrics");
        assertThat(pod.struct("metadata").struct("labels").text("app")).isEqualTo("a");
        assertThat(pod.seq("containers").struct(0).struct("usage").text("memory")).isEqualTo("2Ki");
        assertThat(pod.text("window")).endsWith("s");
        assertThatThrownBy(() -> scraping.pods().get(new Key("n", "q"))).extracting(e -> ((ApiFault) e).code())
                .isEqualTo(404);
    }

    @Test
    void publishesTheGroupOnceThereAreFigures() throws InterruptedException {
        twoRounds();
        Obj there = api.get(API_SERVICES, Key.of("v1beta1.metrics.k8s.io"));
        assertThat(there.spec().text("group")).isEqualTo("metrics.k8s.io");
        assertThat(there.status().seq("conditions").find("type", "Available").text("status")).isEqualTo("True");
        ApiServiceObject.withdraw(api);
        assertThat(api.find(API_SERVICES, Key.of("v1beta1.metrics.k8s.io"))).isEmpty();
    }

    @Test
    void leavesAnApiServiceOfSomebodyElseAlone() {
        Obj foreign = api.create(API_SERVICES, Obj.of(Struct.of("apiVersion", "apiregistration.k8s.io/v1", "kind",
                "APIService", "metadata", Struct.of("name", "v1beta1.metrics.k8s.io"), "spec",
                Struct.of("service", Struct.of("name", "metrics-server", "namespace", "mine")))),
                io.k3j.clientapi.WriteOptions.PLAIN);
        ApiServiceObject.keep(api, java.time.Instant.EPOCH);
        ApiServiceObject.withdraw(api);
        assertThat(api.get(API_SERVICES, foreign.key()).revision()).isEqualTo(foreign.revision());
    }

    @Test
    void asksNobodyWhileNobodyAsksAndTheNextQuestionWaitsForFigures() throws InterruptedException {
        twoRounds();
        // nobody has asked: it rests as soon as there are figures
        Waiting.until("a rest", () -> scraping.metrics().text().contains("type=\"node\"} 0"));
        long before = looks.get();
        assertThat(names(scraping.nodes(), Query.ALL)).containsExactly("a", "b");
        assertThat(looks.get()).isGreaterThanOrEqualTo(before + 4);
    }

    /// Else what has been replaced is kept until somebody asks for figures.
    @Test
    void asksAClientThatRefusesAgainWhileItRests() throws InterruptedException {
        twoRounds();
        Waiting.until("a rest", () -> scraping.metrics().text().contains("type=\"node\"} 0"));
        AtomicInteger views = new AtomicInteger();
        scraping.detach(api);
        scraping.attach(
                (ApiClient) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {ApiClient.class},
                        (_, method, arguments) -> {
                            if (method.getName().equals("view") && views.getAndIncrement() == 0) {
                                throw ApiFault.unavailable("not complete yet");
                            }
                            return method.invoke(api, arguments);
                        }));
        Waiting.until("views of the next client", () -> views.get() > 2);
    }

    @Test
    void goesOnWithoutANodeThatDoesNotAnswer() throws InterruptedException {
        dead.add("a");
        twoRounds();
        assertThat(names(scraping.nodes(), Query.ALL)).containsExactly("b");
        assertThat(names(scraping.pods(), Query.ALL)).containsExactly("m/p-b", "n/p-b");
        assertThat(scraping.metrics().text()).contains("metrics_server_kubelet_request_total{success=\"false\"} ");
    }

    @Test
    void writesWindowsAsGoDoes() {
        assertThat(MetricsObjects.window(10_000)).isEqualTo("10s");
        assertThat(MetricsObjects.window(9_517)).isEqualTo("9.517s");
        assertThat(MetricsObjects.window(90_500)).isEqualTo("1m30.5s");
        assertThat(MetricsObjects.window(60_000)).isEqualTo("1m0s");
    }
}
