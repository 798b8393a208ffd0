package io.k3j.bootitest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.bootitest.GoClient.Answer;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.FreePort;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A stock K3s agent, played from a script, joins a running server. One story: each goes on where the one before ended.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@NeedsPackages("openssl")
class StockAgentItest {
    private static final Duration LIMIT = Duration.ofSeconds(300);
    /// A refusal takes no longer than so many admissions beside it.
    private static final int GOOD_TIMES = 3;
    /// What else the machine does may slow some down, a penalty that is meant slows all.
    private static final int MOST_TRIES = 50;
    private static final byte[] NOTHING = {};
    private static final String PROTOBUF = "application/vnd.kubernetes.protobuf";
    private static final Map<String, String> KUBELET = Map.of("Accept", PROTOBUF + ",application/json",
            "Content-Type", PROTOBUF);
    private static final Map<String, String> JSON = Map.of("Accept", "application/json, */*");
    private Path home;
    private Commands commands;
    private int port;
    private K3sProcess server;
    private StockAgent agent;
    private StockKubelet kubelet;
    private StockTunnel tunnel;

    @BeforeAll
    void start(@TempDir Path dir) throws Exception {
        home = dir;
        port = FreePort.next();
        commands = new Commands(home);
        server = K3sProcess.server(home, "--disable-agent", "--bind-address", "127.0.0.1", "--https-listen-port",
                Integer.toString(port), "--advertise-address", "127.0.0.1", "--token", "of-the-cluster");
        server.await("kubeconfig", LIMIT, () -> Files.exists(home.resolve("k3s.yaml")));
        server.await("served API", LIMIT, commands::served);
        agent = new StockAgent(Files.createDirectories(home.resolve("stock-1/agent")), port, "stock-1",
                "of-the-cluster");
    }

    @AfterAll
    void stop() throws IOException {
        if (tunnel != null) {
            tunnel.close();
        }
        if (kubelet != null) {
            kubelet.close();
        }
        if (server != null) {
            server.close();
        }
    }

    @Test
    @Order(1)
    void findsOutWhomToBelieve() throws Exception {
        GoClient ordinary = agent.client(SSLContext.getDefault());
        assertThatThrownBy(() -> ordinary.send("GET", "/cacerts", Map.of(), NOTHING))
                .isInstanceOf(SSLHandshakeException.class);
        Answer blind = agent.client(WireTls.anybody()).send("GET", "/cacerts", Map.of(), NOTHING);
        assertThat(blind.headers().get("content-type")).startsWith("text/plain");
        Files.write(agent.authority(), blind.body());
        assertThat(agent.unknown().send("GET", "/cacerts", Map.of(), NOTHING).body()).isEqualTo(blind.body());
        String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(blind.body()));
        assertThat(Files.readString(home.resolve("data/server/node-token")))
                .isEqualTo("K10" + hash + "::server:of-the-cluster\n");
    }

    @Test
    @Order(2)
    void isToldTheConfigurationAndTheAuthorities() throws Exception {
        Answer config = agent.get("config");
        assertThat(config.headers()).containsEntry("content-type", "application/json");
        assertThat(config.text()).contains("\"ClusterIPRange\":{\"IP\":\"10.42.0.0\",\"Mask\":\"//8AAA==\"}",
                "\"ServiceIPRange\":{\"IP\":\"10.43.0.0\",\"Mask\":\"//8AAA==\"}", "\"HTTPSPort\":" + port,
                "\"SupervisorPort\":" + port, "\"ServiceNodePortRange\":{\"Base\":30000,\"Size\":2768}",
                "\"EgressSelectorMode\":\"agent\"", "\"FlannelBackend\":\"vxlan\"").doesNotContain("of-the-cluster");
        assertThat(agent.get("server-ca.crt").body()).isEqualTo(Files.readAllBytes(agent.authority()));
        Answer clients = agent.get("client-ca.crt");
        Files.write(agent.directory().resolve("client-ca.crt"), clients.body());
        assertThat(WireTls.certificates(clients.text()).getFirst().getSubjectX500Principal().getName())
                .startsWith("CN=k3s-client-ca@");
    }

    @Test
    @Order(3)
    void hasItsCertificatesSigned() throws Exception {
        Answer serving = agent.signed("serving-kubelet", agent.node());
        assertThat(serving.status()).as(serving.text()).isEqualTo(200);
        X509Certificate leaf = WireTls.certificates(serving.text()).getFirst();
        assertThat(leaf.getSubjectX500Principal().getName()).isEqualTo("CN=stock-1");
        assertThat(leaf.getSubjectAlternativeNames().stream().map(name -> String.valueOf(name.get(1))))
                .contains("stock-1", "localhost", "127.0.0.1");
        Answer client = agent.signed("client-kubelet", agent.node());
        assertThat(client.text()).doesNotContain("PRIVATE KEY");
        assertThat(subject(client)).isEqualTo("CN=system:node:stock-1,O=system:nodes");
        assertThat(subject(agent.signed("client-kube-proxy", agent.basic()))).isEqualTo("CN=system:kube-proxy");
        assertThat(subject(agent.signed("client-k3s-controller", agent.basic())))
                .isEqualTo("CN=system:k3s-controller");
        assertThat(commands.kubectl("get", "secret", "stock-1.node-password.k3s", "--namespace", "kube-system", "-o",
                "jsonpath={.type}")).isEqualTo("k3s.cattle.io/node-password");
    }

    private static String subject(Answer answer) throws Exception {
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return WireTls.certificates(answer.text()).getFirst().getSubjectX500Principal().getName();
    }

    @Test
    @Order(4)
    void opensATunnelToEveryServer() throws Exception {
        assertThat(agent.as("client-kubelet").send("GET", "/v1-k3s/apiservers", agent.basic(), NOTHING).text().strip())
                .isEqualTo("[\"127.0.0.1:" + port + "\"]");
        SSLContext serving = WireTls.showing(agent.directory(), "serving-kubelet",
                Files.readString(agent.directory().resolve("client-ca.crt")));
        kubelet = new StockKubelet(serving);
        assertThatThrownBy(() -> StockTunnel.open(agent.unknown(), "")).hasMessageContaining("bad handshake 401");
        assertThatThrownBy(() -> StockTunnel.open(agent.as("client-kube-proxy"), ""))
                .hasMessageContaining("bad handshake 403");
        tunnel = StockTunnel.open(agent.as("client-kubelet"), "tcp/127.0.0.1:" + kubelet.port());
        tunnel.ping();
        assertThat(tunnel.pongs.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    @Order(5)
    void findsTheServerReady() throws Exception {
        assertThat(agent.as("client-kubelet").send("GET", "/v1-k3s/readyz", agent.basic(), NOTHING).text())
                .isEqualTo("ok");
        assertThat(agent.as("client-kubelet").send("GET", "/v1-k3s/config", Map.of(), NOTHING).status())
                .as("by certificate alone").isEqualTo(200);
        // not ready while post-start hooks go on
        Waiting.until("readiness", server,
                () -> agent.as("client-kubelet").send("GET", "/readyz", JSON, NOTHING).text().equals("ok"));
        // what is listed at any revision may be a moment old
        Waiting.until("the server's endpoint", server, () -> {
            Answer endpoints = agent.as("client-k3s-controller").send("GET", "/api/v1/namespaces/default/endpoints"
                    + "?fieldSelector=metadata.name%3Dkubernetes&limit=500&resourceVersion=0", JSON, NOTHING);
            assertThat(endpoints.text()).contains("\"ip\":\"127.0.0.1\"", "\"port\":" + port);
            return true;
        });
        for (String watched : List.of("/api/v1/services", "/apis/discovery.k8s.io/v1/endpointslices")) {
            assertThat(agent.as("client-kube-proxy").send("GET", watched + "?limit=500&resourceVersion=0", JSON,
                    NOTHING).status()).as(watched).isEqualTo(200);
        }
    }

    @Test
    @Order(6)
    void registersItsNode() throws Exception {
        GoClient api = agent.as("client-kubelet");
        Answer created = api.send("POST", "/api/v1/nodes", KUBELET, node());
        assertThat(created.status()).as(created.text()).isEqualTo(201);
        assertThat(created.headers().get("content-type")).startsWith(PROTOBUF);
        assertThat(created.text()).startsWith("k8s\0").contains("stock-1");
        Answer told = api.send("PATCH", "/api/v1/nodes/stock-1/status?timeout=10s", Map.of("Accept",
                PROTOBUF + ",application/json", "Content-Type", "application/strategic-merge-patch+json"),
                StockObjects.STATUS.formatted(Instant.now().truncatedTo(ChronoUnit.SECONDS), kubelet.port())
                        .getBytes(StandardCharsets.UTF_8));
        assertThat(told.status()).as(told.text()).isEqualTo(200);
        Answer lease = api.send("POST", "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases", KUBELET,
                lease());
        assertThat(lease.status()).as(lease.text()).isEqualTo(201);
        assertThat(api.send("POST", "/api/v1/nodes", Map.of("Content-Type", "application/json"),
                "{\"metadata\":{\"name\":\"stock-2\"}}".getBytes(StandardCharsets.UTF_8)).status())
                .as("another's").isEqualTo(403);
        String shown = commands.kubectl("get", "node", "stock-1", "--no-headers");
        assertThat(shown).containsPattern("stock-1 +Ready +<none>").contains("v1.36.2+k3s1");
    }

    private static byte[] node() {
        Proto metadata = new Proto().text(1, "stock-1").entry(11, "kubernetes.io/hostname", "stock-1")
                .entry(11, "kubernetes.io/os", "linux");
        return Proto.object("v1", "Node", new Proto().message(1, metadata).message(2, new Proto()));
    }

    private static byte[] lease() {
        Proto metadata = new Proto().text(1, "stock-1").text(3, "kube-node-lease");
        Proto spec = new Proto().text(1, "stock-1").number(2, 40)
                .message(4, new Proto().number(1, Instant.now().getEpochSecond()));
        return Proto.object("coordination.k8s.io/v1", "Lease", new Proto().message(1, metadata).message(2, spec));
    }

    @Test
    @Order(7)
    void itsKubeletIsReachedThroughTheTunnel() throws Exception {
        assertThat(commands.kubectl("get", "--raw", "/api/v1/nodes/stock-1/proxy/healthz")).isEqualTo("ok");
        assertThat(tunnel.dialled.poll(LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isEqualTo("tcp/127.0.0.1:" + kubelet.port());
        assertThat(kubelet.next("GET /healthz").who()).isEqualTo("CN=kube-apiserver");
        commands.kubectl("apply", "-f", Files.writeString(home.resolve("pod.json"), StockObjects.POD).toString());
        Waiting.until("its pod in what is listed at any revision", server, () -> agent.as("client-kubelet").send("GET",
                "/api/v1/pods?fieldSelector=spec.nodeName%3Dstock-1&limit=500&resourceVersion=0", JSON, NOTHING).text()
                .contains("\"name\":\"said\""));
        assertThat(commands.kubectl("logs", "said")).isEqualTo("first line\nsecond line\n");
        kubelet.next("GET /containerLogs/default/said/main");
        assertThat(commands.kubectl("exec", "said", "--", "say", "it")).isEqualTo("said by the container\n");
        assertThat(kubelet.next("GET /exec/default/said/main?").line()).contains("command=say", "command=it");
        assertThat(tunnel.dialled).as("nothing but the kubelet").allMatch(("tcp/127.0.0.1:" + kubelet.port())::equals);
    }

    @Test
    @Order(8)
    void isAdmittedByTheTokenWhenItsNodeIsGone() throws Exception {
        Map<String, String> byCertificate = new java.util.HashMap<>(agent.node());
        byCertificate.remove("Authorization");
        byte[] request = WireTls.request(Files.createDirectories(home.resolve("again")), "client-kubelet");
        GoClient shows = agent.as("client-kubelet");
        assertThat(shows.send("POST", "/v1-k3s/client-kubelet.crt", byCertificate, request).status()).isEqualTo(200);
        commands.kubectl("delete", "node", "stock-1");
        assertThat(shows.send("POST", "/v1-k3s/client-kubelet.crt", byCertificate, request).status()).isEqualTo(401);
        assertThat(agent.unknown().send("POST", "/v1-k3s/client-kubelet.crt", agent.node(), request).status())
                .as("while its tunnel is open").isEqualTo(403);
        tunnel.close();
        Waiting.until("the end of its tunnel", server, () -> agent.unknown()
                .send("POST", "/v1-k3s/client-kubelet.crt", agent.node(), request).status() == 200);
        assertThat(subject(agent.unknown().send("POST", "/v1-k3s/client-kubelet.crt", agent.node(), request)))
                .isEqualTo("CN=system:node:stock-1,O=system:nodes");
    }

    @Test
    @Order(9)
    void oldAgentsAreGivenTheirKeysWithTheirCertificates() throws Exception {
        for (String leaf : List.of("serving-kubelet", "client-kubelet", "client-kube-proxy",
                "client-k3s-controller")) {
            Answer answer = agent.unknown().send("GET", "/v1-k3s/" + leaf + ".crt", agent.node(), NOTHING);
            assertThat(answer.text()).as(leaf).contains("-----BEGIN EC PRIVATE KEY-----");
            String text = answer.text();
            int key = text.indexOf("-----BEGIN EC");
            Path old = Files.createDirectories(home.resolve("old"));
            Files.writeString(old.resolve(leaf + ".crt"), text.substring(0, key));
            Files.writeString(old.resolve(leaf + ".key"), text.substring(key));
        }
        StockAgent old = new StockAgent(home.resolve("old"), port, "stock-1", "of-the-cluster");
        Files.copy(agent.authority(), old.authority());
        assertThat(old.as("client-kubelet").send("GET", "/v1-k3s/readyz", Map.of(), NOTHING).text()).isEqualTo("ok");
        try (StockTunnel again = StockTunnel.open(old.as("client-kubelet"), "")) {
            again.ping();
            assertThat(again.pongs.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)).isNotNull();
        }
    }

    @Test
    @Order(10)
    void aCertificateThatHasRunOutDoesNotSpoilItsToken() throws Exception {
        Path late = Files.createDirectories(home.resolve("late"));
        Files.copy(agent.authority(), late.resolve("server-ca.crt"));
        WireTls.request(late, "client-kubelet");
        Path tls = home.resolve("data/server/tls");
        WireTls.openssl("req", "-new", "-key", late.resolve("client-kubelet.key").toString(), "-subj",
                "/O=system:nodes/CN=system:node:stock-1", "-out", late.resolve("csr").toString());
        WireTls.openssl("x509", "-req", "-in", late.resolve("csr").toString(), "-CA",
                tls.resolve("client-ca.crt").toString(), "-CAkey", tls.resolve("client-ca.key").toString(), "-days",
                "-1", "-set_serial", "7", "-out", late.resolve("client-kubelet.crt").toString());
        StockAgent off = new StockAgent(late, port, "stock-1", "of-the-cluster");
        assertThat(off.as("client-kubelet").send("GET", "/v1-k3s/config", Map.of(), NOTHING).status())
                .as("alone").isEqualTo(401);
        assertThat(off.as("client-kubelet").send("GET", "/v1-k3s/config", off.basic(), NOTHING).status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @Order(11)
    @ValueSource(
            strings = {"", "Basic", "Basic %%%", "Basic bm9kZQ==", "Basic bm9kZTo=", "Basic c2VydmVyOg==", "Basic Og==",
                    "Basic bm9kZTpv", "Bearer ", "Bearer a.b",
                    "Bearer abcdef.0123456789abcdef", "Digest x"})
    void aTokenThatIsNoneIsRefusedAtOnce(String authorization) throws Exception {
        Map<String, String> headers = authorization.isEmpty() ? Map.of() : Map.of("Authorization", authorization);
        long good = Long.MAX_VALUE;
        long refused = Long.MAX_VALUE;
        for (int i = 0; i < 5 || refused > GOOD_TIMES * good && i < MOST_TRIES; i++) {
            good = Math.min(good, nanos(agent.basic(), 200));
            refused = Math.min(refused, nanos(headers, 401));
        }
        assertThat(refused).as("quickest refusal, ns; a good token's: %s", good).isLessThanOrEqualTo(GOOD_TIMES * good);
        assertThat(agent.unknown().send("GET", "/v1-k3s/config", headers, NOTHING).text())
                .contains("\"message\":\"not authorized\"");
    }

    private long nanos(Map<String, String> headers, int status) throws Exception {
        long begun = System.nanoTime();
        Answer answer = agent.unknown().send("GET", "/v1-k3s/config", headers, NOTHING);
        long took = System.nanoTime() - begun;
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        return took;
    }
}
