package io.k3j.kubeletserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiClient;
import io.k3j.edgeapi.Exchange;
import io.k3j.kuberuntime.Labels;
import io.k3j.kuberuntime.PodRuntime;
import io.k3j.metricstext.MetricText;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.Image;
import io.k3j.nodeapi.ImageStore;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.nodeapi.Sandbox;
import io.k3j.testkit.ManualClock;
import io.k3j.testkitedge.FakeExchange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From what the kubelet knows to labels, with control groups that are files in a directory.
class CadvisorPageTest {
    @TempDir
    private Path root;
    private final ManualClock clock = new ManualClock();
    private final List<Hosted> pods = new ArrayList<>();
    private final List<Image> images = new ArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();

    /// What runs of a pod is given.
    private record Hosted(Obj pod, PodRuntime runtime) implements HostedPod {
    }

    private interface Answers {
        Object to(String method, Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, Answers answers) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
                (_, m, a) -> answers.to(m.getName(), a)));
    }

    private Object images() {
        asked.incrementAndGet();
        if (images.isEmpty()) {
            throw new RuntimeFault(RuntimeFault.Kind.UNSUPPORTED, "scripted");
        }
        return images;
    }

    private static Struct review(Struct spec) {
        return Struct.of("status", spec.has("token")
                ? Struct.of("authenticated", true, "user", Struct.of("username", "somebody"))
                : Struct.of("allowed", spec.struct("resourceAttributes").text("subresource").equals("metrics")));
    }

    private KubeletHost host() {
        ImageStore store = proxy(ImageStore.class, (_, _) -> images());
        ContainerRuntime runtime = proxy(ContainerRuntime.class, (_, _) -> store);
        ApiClient api = proxy(ApiClient.class, (_, a) -> review(((Struct) a[3]).struct("spec")));
        return proxy(KubeletHost.class, (method, _) -> switch (method) {
            case "nodeName" -> "n1";
            case "api" -> api;
            case "logDirectories" -> List.of(root);
            case "clock" -> clock;
            case "runtime" -> runtime;
            case "rootDir" -> Path.of("/var/lib/kubelet");
            case "configuration" -> Struct.of("cgroupRoot", "/k", "cgroupDriver", "cgroupfs");
            case "pods" -> pods;
            default -> throw new IllegalStateException(method);
        });
    }

    private void run() throws IOException {
        run("busybox");
    }

    private void run(String image) throws IOException {
        Files.writeString(Files.createDirectories(root.resolve("sys/fs/cgroup")).resolve("cgroup.controllers"), "cpu");
        for (String group : List.of("s1", "c1")) {
            Files.createDirectories(root.resolve("sys/fs/cgroup/k/kubepods/podu").resolve(group));
        }
        Container container = new Container("c1", "s1", "main", 0, Container.State.RUNNING, "sha256:1",
                Map.of(Labels.CONTAINER, "main"), Map.of(), Container.End.NONE);
        pods.add(new Hosted(
                Obj.of(Struct.of("metadata", Struct.of("namespace", "ns", "name", "p", "uid", "u"), "spec",
                        Struct.of("containers", Seq.of(Struct.of("name", "main", "image", image))))),
                new PodRuntime(List.of(new Sandbox("s1", 0, true, Instant.EPOCH, List.of(), Map.of(), Map.of())),
                        Map.of("main", List.of(container)))));
    }

    private static Image image(String tag, boolean pinned) {
        return new Image("sha256:" + tag, List.of(tag), List.of(), 1, OptionalLong.empty(), "", pinned);
    }

    private static String scrape(CadvisorPage page) throws IOException {
        FakeExchange exchange = new FakeExchange("GET", "/metrics/cadvisor");
        page.serve(exchange);
        assertThat(exchange.status()).isEqualTo(200);
        assertThat(exchange.answered()).containsEntry("content-type", MetricText.CONTENT_TYPE);
        return exchange.answer();
    }

    private static String last(String id, String image, String name) {
        return ",id=\"/k/kubepods/podu" + id + "\",image=\"" + image + "\",name=\"" + name
                + "\",namespace=\"ns\",pod=\"p\"} 0 1767268800000\n";
    }

    @Test
    void containersSandboxesAndPodsAreNamed() throws IOException {
        run();
        images.addAll(List.of(image("docker.io/x/pause:3", false), image("docker.io/pause/x:1", true),
                image("k3j.io/pause:1", true)));
        assertThat(scrape(new CadvisorPage(host(), root))).contains(
                "container_processes{container=\"main\"" + last("/c1", "docker.io/library/busybox:latest", "c1"),
                "container_processes{container=\"\"" + last("/s1", "k3j.io/pause:1", "s1"),
                "container_processes{container=\"\"" + last("", "", ""));
    }

    @Test
    void theImageOfSandboxesIsAskedForUntilItIsKnown() throws IOException {
        run();
        CadvisorPage page = new CadvisorPage(host(), root);
        assertThat(scrape(page)).contains("container_processes{container=\"\"" + last("/s1", "", "s1"));
        images.add(image("k3j.io/pause:1", true));
        assertThat(scrape(page)).contains("container_processes{container=\"\"" + last("/s1", "k3j.io/pause:1", "s1"));
        scrape(page);
        assertThat(asked).hasValue(2);
    }

    @Test
    void aNameThatNoImageHasIsNotTold() throws IOException {
        run("x".repeat(CadvisorPage.MOST_IMAGE + 1));
        assertThat(scrape(new CadvisorPage(host(), root)))
                .contains("container_processes{container=\"main\"" + last("/c1", "", "c1"));
    }

    /// A client that asks for another page before it takes the one it asked for.
    private static Object scrapeWithin(CadvisorPage page, AtomicInteger begun) {
        begun.incrementAndGet();
        try {
            page.serve(proxy(Exchange.class, (_, _) -> scrapeWithin(page, begun)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return begun;
    }

    @Test
    void onlySoManyScrapesAreAnsweredAtOnce() throws IOException {
        run();
        CadvisorPage page = new CadvisorPage(host(), root);
        AtomicInteger begun = new AtomicInteger();
        assertThatThrownBy(() -> scrapeWithin(page, begun)).isInstanceOf(KubeletServer.Refusal.class)
                .hasMessageContaining("try again");
        assertThat(begun).hasValue(CadvisorPage.MOST_SCRAPES + 1);
        assertThat(scrape(page)).contains("\ncontainer_scrape_error 0\n");
    }

    @Test
    void whoMayReadMetricsReadsThoseOfThisMachine() throws IOException {
        FakeExchange exchange = new FakeExchange("GET", "/metrics/cadvisor").with("authorization", "Bearer good");
        new KubeletServer(host(), () -> "").serve(exchange);
        assertThat(exchange.status()).isEqualTo(200);
        assertThat(exchange.answer()).contains("\ncadvisor_version_info{", "\nmachine_memory_bytes{",
                "container_last_seen{container=\"\",id=\"/\"").doesNotContain("pod_cpu_usage_seconds_total");
    }
}
