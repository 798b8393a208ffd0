package io.k3j.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.nodetunnels.NodeTunnels;
import io.k3j.servercredentials.Credentials;
import io.k3j.testkitedge.FakeExchange;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Servers that run only etcd or only the control plane.
class SplitRolesTest {
    @TempDir
    private Path directory;
    private final MemoryDatastore store = new MemoryDatastore(true);

    private SupervisorEndpoint endpoint(TestServer server) throws Exception {
        Credentials credentials = server.start(store);
        SupervisorHandlers handlers = new SupervisorHandlers(server.layout, server.settings(), server.own(),
                new NodeSecrets(TestServer.RANDOM),
                () -> store);
        return handlers.endpoint(credentials, new NodeTunnels(TestServer.RANDOM, 1 << 30));
    }

    private static FakeExchange get(SupervisorEndpoint endpoint, String path) throws Exception {
        FakeExchange exchange = new FakeExchange("GET", path).basic(path.startsWith("/db") ? "server" : "node",
                "secret");
        endpoint.serve(exchange);
        return exchange;
    }

    @Test
    void aServerWithoutAnApiServerNamesThoseThatHaveJoined() throws Exception {
        TestServer etcd = new TestServer(directory, "server-1").flag("clusterInit", true).flag("token", "secret")
                .flag("advertiseAddress", "192.0.2.1").flag("disableApiserver", true);
        SupervisorEndpoint endpoint = endpoint(etcd);
        assertThat(get(endpoint, "/v1-k3s/apiservers").status()).isEqualTo(503);
        assertThat(get(endpoint, "/v1-k3s/apiservers").answer()).contains("no API server has joined this cluster yet");
        assertThat(get(endpoint, "/v1-k3s/readyz").status()).isEqualTo(503);
        new TestServer(directory, "server-2").flag("clusterInit", true).flag("token", "secret")
                .flag("advertiseAddress", "192.0.2.2").start(store);
        new TestServer(directory, "server-3").flag("clusterInit", true).flag("token", "secret")
                .flag("advertiseAddress", "2001:db8::3").start(store);
        assertThat(get(endpoint, "/v1-k3s/apiservers").answer())
                .isEqualTo("[\"192.0.2.2:6443\",\"[2001:db8::3]:6443\"]\n");
    }

    @Test
    void aServerWithoutEtcdNamesTheMembersItKnows() throws Exception {
        TestServer plane = new TestServer(directory, "server-1").flag("server", "https://h:6443")
                .flag("token", "secret").flag("disableEtcd", true);
        SupervisorEndpoint endpoint = endpoint(plane);
        assertThat(get(endpoint, "/db/info").status()).isEqualTo(503);
        Path file = plane.layout.server("db/etcd-members.json");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "{\"members\":[{\"name\":\"a\"}]}");
        assertThat(get(endpoint, "/db/info").answer()).isEqualTo("{\"members\":[{\"name\":\"a\"}]}\n");
        assertThat(get(endpoint, "/db/snapshot").answer()).contains("etcd datastore disabled");
        assertThat(Files.readString(plane.layout.cred("supervisor.kubeconfig"))).contains("https://127.0.0.1:");
    }

    @Test
    void kubernetesRequestsAreRefusedImmediatelyWithOneSentence() throws Exception {
        FakeExchange exchange = new FakeExchange("GET", "/api/v1/nodes");
        new NoApiServer().serve(exchange);
        assertThat(exchange.status()).isEqualTo(503);
        assertThat(exchange.answer()).contains("apiserver disabled");
        // kubectl prints its own message for a 503 on discovery, so the sentence is also sent as a warning
        assertThat(exchange.answered().get("warning")).startsWith("299 - \"apiserver disabled: ").endsWith("\"");
        assertThat(exchange.answered()).doesNotContainKey("retry-after");
    }
}
