package io.k3j.kubeletserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiClient;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.testkit.ManualClock;
import io.k3j.testkitedge.FakeExchange;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `/logs/` of the kubelet shows of the node, to whom, and what it does not.
class NodeLogsTest {
    @TempDir
    private Path node;
    private Path logs;
    private String allowed = "log";
    private final ManualClock clock = new ManualClock();
    private final ApiClient api = (ApiClient) Proxy.newProxyInstance(ApiClient.class.getClassLoader(),
            new Class<?>[] {ApiClient.class}, (p, m, a) -> answer(((Struct) a[3]).struct("spec")));

    /// Nobody asks it here.
    private final ContainerRuntime runtime = (ContainerRuntime) Proxy.newProxyInstance(
            ContainerRuntime.class.getClassLoader(), new Class<?>[] {ContainerRuntime.class}, (p, m, a) -> {
                throw new UnsupportedOperationException(m.getName());
            });

    private Struct answer(Struct spec) {
        return Struct.of("status", spec.has("token")
                ? Struct.of("authenticated", true, "user", Struct.of("username", "somebody"))
                : Struct.of("allowed", spec.struct("resourceAttributes").text("subresource").equals(allowed)));
    }

    private Object host(String method) {
        return switch (method) {
            case "nodeName" -> "n1";
            case "clock" -> clock;
            case "api" -> api;
            case "runtime" -> runtime;
            case "logDirectories" -> List.of(logs, node.resolve("disk"));
            default -> throw new UnsupportedOperationException(method);
        };
    }

    private FakeExchange ask(String method, String path) throws IOException {
        FakeExchange exchange = new FakeExchange(method, path).with("authorization", "Bearer good");
        KubeletHost host = (KubeletHost) Proxy.newProxyInstance(KubeletHost.class.getClassLoader(),
                new Class<?>[] {KubeletHost.class}, (p, m, a) -> host(m.getName()));
        new KubeletServer(host, () -> "").serve(exchange);
        return exchange;
    }

    private FakeExchange get(String path) throws IOException {
        return ask("GET", path);
    }

    @BeforeEach
    void lay() throws IOException {
        logs = Files.createDirectories(node.resolve("log"));
        Path pod = Files.createDirectories(node.resolve("disk/ns_p_u1/c"));
        Files.createDirectories(logs.resolve("containers"));
        Files.writeString(pod.resolve("0.log"), "line\n");
        Files.writeString(logs.resolve("syslog"), "0123456789");
        Files.writeString(node.resolve("shadow"), "secret");
        Files.createSymbolicLink(logs.resolve("containers/p.log"), pod.resolve("0.log"));
        Files.createSymbolicLink(pod.resolve("1.log"), node.resolve("shadow"));
        Files.createSymbolicLink(logs.resolve("containers/q.log"), pod.resolve("1.log"));
    }

    @Test
    void listsTheLogsOfTheNode() throws IOException {
        FakeExchange answer = get("/logs/");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.answered()).containsEntry("content-type", "text/html; charset=utf-8");
        assertThat(answer.answer())
                .contains("<a href=\"containers/\">containers/</a>\n<a href=\"syslog\">syslog</a>\n");
        assertThat(get("/logs/?query=sshd").answer()).isEqualTo(answer.answer());
        for (String path : List.of("/logs", "/logs/containers")) {
            assertThat(get(path).status()).as(path).isEqualTo(301);
        }
        assertThat(get("/logs").answered()).containsEntry("location", "logs/");
    }

    @Test
    void showsAFileAndAPartOfIt() throws IOException {
        assertThat(get("/logs/syslog").answer()).isEqualTo("0123456789");
        assertThat(get("/%6cogs/syslog").answer()).isEqualTo("0123456789");
        assertThat(get("/logs/syslog").answered()).containsEntry("content-type", "text/plain; charset=utf-8");
        assertThat(get("/logs/none").status()).isEqualTo(404);
        assertThat(ask("POST", "/logs/syslog").status()).isEqualTo(405);
    }

    @Test
    void followsTheLinksOfContainersLogs() throws IOException {
        assertThat(get("/logs/containers/p.log").answer()).isEqualTo("line\n");
    }

    @Test
    void followsNoLinkThatAContainerHasPlanted() throws IOException {
        for (String path : List.of("containers/q.log", "../shadow", "%2e%2e/shadow", "..%2fshadow",
                "containers/../../shadow")) {
            FakeExchange answer = get("/logs/" + path);
            assertThat(answer.status()).as(path).isEqualTo(404);
            assertThat(answer.answer()).doesNotContain("secret");
        }
    }

    @Test
    void anIndexThatLeadsOutDoesNotHideItsDirectory() throws IOException {
        Files.createSymbolicLink(logs.resolve("containers/index.html"), node.resolve("shadow"));
        FakeExchange answer = get("/logs/containers/");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.answer()).contains("<a href=\"p.log\">").doesNotContain("secret");
    }

    @Test
    void isShownToNobodyElse() throws IOException {
        allowed = "proxy";
        assertThat(get("/logs/syslog").status()).isEqualTo(403);
    }
}
