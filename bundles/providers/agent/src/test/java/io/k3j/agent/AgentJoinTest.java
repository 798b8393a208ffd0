package io.k3j.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.agent.StockServer.Request;
import io.k3j.pki.CertificateRequest;
import io.k3j.pki.ClusterToken;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The requests of a K3s agent, in K3s' order, against a scripted stock server.
class AgentJoinTest {
    @TempDir
    private Path dir;
    private StockServer server;
    private AgentLayout layout;
    private NodeFiles files;

    @BeforeEach
    void start() throws IOException {
        server = new StockServer();
        layout = new AgentLayout(dir, dir.resolve("node/password"));
        files = new NodeFiles(layout, new SecureRandom());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private AgentJoin joining(String token) {
        return new AgentJoin(TestSettings.of(server.url(), token), ClusterToken.parse(token), layout, files,
                new AgentJoin.Way(URI.create(server.url()), server.url(), config -> URI.create(server.url())));
    }

    private void refusedWith(String token, String... words) {
        assertThatThrownBy(() -> joining(token).join(Instant.now())).isInstanceOf(Refused.class)
                .hasMessageContainingAll(words);
        assertThat(dir.resolve("agent")).as("nothing is left of a refused join").doesNotExist();
    }

    @Test
    void sendsTheRequestsOfAStockAgentInItsOrder() throws Exception {
        AgentJoin joining = joining(server.token());
        joining.join(Instant.now());
        assertThat(joining.apiServers(Instant.now())).containsExactly(server.address());
        joining.ready(Instant.now());
        joining.config(Instant.now());
        assertThat(server.requests.stream().map(Request::line)).containsExactly("GET /cacerts", "GET /cacerts",
                "GET /v1-k3s/config", "GET /v1-k3s/client-ca.crt", "GET /v1-k3s/server-ca.crt",
                "POST /v1-k3s/serving-kubelet.crt", "POST /v1-k3s/client-kubelet.crt",
                "POST /v1-k3s/client-kube-proxy.crt", "POST /v1-k3s/client-k3s-controller.crt",
                "GET /v1-k3s/apiservers", "GET /v1-k3s/readyz", "GET /v1-k3s/config");
    }

    @Test
    void sendsCredentialsAndRequestsLikeAStockAgent() throws Exception {
        joining(server.token()).join(Instant.now());
        List<Request> requests = new ArrayList<>(server.requests);
        assertThat(requests.subList(0, 2)).allSatisfy(a -> assertThat(a.headers()).doesNotContainKey("authorization"));
        String basic = "Basic " + Base64.getEncoder().encodeToString("node:secret".getBytes());
        assertThat(requests.subList(2, 9))
                .allSatisfy(a -> assertThat(a.headers()).containsEntry("authorization", basic));
        String password = Files.readString(dir.resolve("node/password"));
        assertThat(password).hasSize(33).endsWith("\n");
        assertThat(requests.subList(5, 9)).allSatisfy(a -> {
            assertThat(a.headers()).containsEntry("k3s-node-name", "n").containsEntry("k3s-node-ip", "192.0.2.7,::7")
                    .containsEntry("k3s-node-password", password.strip());
            assertThat(CertificateRequest.parse(a.body()).key().getAlgorithm()).isEqualTo("EC");
        });
    }

    /// The token may be changed while the agent runs.
    @Test
    void showsItsCertificateAloneOnceItHasOne() throws Exception {
        AgentJoin joining = joining(server.token());
        joining.join(Instant.now());
        server.requests.clear();
        assertThat(joining.apiServers(Instant.now())).containsExactly(server.address());
        assertThat(server.requests).singleElement().satisfies(a -> {
            assertThat(a.headers()).doesNotContainKey("authorization");
            assertThat(a.who()).contains("CN=system:node:n");
        });
    }

    @Test
    void writesTheFilesOfK3s() throws Exception {
        joining(server.token()).join(Instant.now());
        try (Stream<Path> all = Files.list(dir.resolve("agent"))) {
            assertThat(all.map(p -> p.getFileName().toString())).containsExactlyInAnyOrder("client-ca.crt",
                    "server-ca.crt", "serving-kubelet.crt", "serving-kubelet.key", "client-kubelet.crt",
                    "client-kubelet.key", "client-kube-proxy.crt", "client-kube-proxy.key",
                    "client-k3s-controller.crt", "client-k3s-controller.key", "kubelet.kubeconfig",
                    "kubeproxy.kubeconfig", "k3scontroller.kubeconfig", "etc");
        }
        for (String secret : List.of("agent/client-kubelet.key", "agent/kubelet.kubeconfig", "node/password",
                "agent/etc/cluster-config.json")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve(secret))))
                    .isEqualTo(PemFiles.SECRET);
        }
        assertThat(files.complete(Instant.now())).isTrue();
        assertThat(files.complete(Instant.now().plusSeconds(86_400L * 366))).isFalse();
    }

    @Test
    void keepsItsKeysAndPasswordWhenItJoinsAgain() throws Exception {
        joining(server.token()).join(Instant.now());
        String key = Files.readString(dir.resolve("agent/client-kubelet.key"));
        String password = Files.readString(dir.resolve("node/password"));
        joining(server.token()).join(Instant.now());
        assertThat(Files.readString(dir.resolve("agent/client-kubelet.key"))).isEqualTo(key);
        assertThat(Files.readString(dir.resolve("node/password"))).isEqualTo(password);
    }

    @Test
    void authenticatesByCertificateWhenItsTokenHasExpired() throws Exception {
        joining(server.token()).join(Instant.now());
        server.requests.clear();
        joining("abcdef.0123456789abcdef").join(Instant.now());
        assertThat(server.requests.stream().filter(a -> a.who().contains("CN=system:node:n")).map(Request::line))
                .contains("GET /v1-k3s/config", "POST /v1-k3s/client-kubelet.crt");
        assertThat(server.requests.stream().map(a -> a.headers().getOrDefault("authorization", "")))
                .contains("Bearer abcdef.0123456789abcdef");
    }

    /// Its password's Secret may have gone with a Node that somebody has deleted.
    @Test
    void presentsItsPasswordByItsCertificateWhenTheTokenAloneIsForbidden() throws Exception {
        joining(server.token()).join(Instant.now());
        server.requests.clear();
        server.refused.put("/v1-k3s/serving-kubelet.crt", 403);
        assertThatThrownBy(() -> joining(server.token()).join(Instant.now())).isInstanceOf(Refused.class);
        assertThat(server.requests.stream().filter(a -> a.line().endsWith("/serving-kubelet.crt")).map(Request::who))
                .containsExactly("", "CN=system:node:n,O=system:nodes");
    }

    @Test
    void reconnectsWhenALoadBalancerLeadsToADeadServer() throws Exception {
        try (Balancer balancer = new Balancer(server.address(), 3)) {
            AgentJoin joining = new AgentJoin(TestSettings.of(balancer.url(), server.token()),
                    ClusterToken.parse(server.token()), layout, files,
                    new AgentJoin.Way(URI.create(balancer.url()), balancer.url(),
                            config -> URI.create(balancer.url())));
            joining.join(Instant.now());
            assertThat(balancer.accepted()).isGreaterThan(3);
        }
        assertThat(files.complete(Instant.now())).isTrue();
    }

    @Test
    void acceptsAShortToken() throws Exception {
        assertThat(joining("secret").join(Instant.now()).settings().values()).containsEntry("clusterDomain",
                "cluster.local");
    }

    @Test
    void warnsOnceOfAnUntrustedAuthority() throws Exception {
        AgentJoin joining = joining("secret");
        Logger logger = Logger.getLogger("io.k3j.agent");
        List<String> warned = new CopyOnWriteArrayList<>();
        Handler handler = new StreamHandler() {
            @Override
            public synchronized void publish(LogRecord listener) {
                warned.add(listener.getMessage());
            }
        };
        logger.addHandler(handler);
        try {
            joining.join(Instant.now());
            joining.join(Instant.now());
        } finally {
            logger.removeHandler(handler);
        }
        assertThat(warned.stream().filter(text -> text.startsWith("Cluster CA certificate is not trusted")))
                .hasSize(1);
    }

    @Test
    void refusesAnotherClustersHash() {
        String other = "K10" + "0".repeat(64) + "::server:secret";
        refusedWith(other, "token CA hash does not match the Cluster CA certificate hash: 000", "!=");
    }

    @Test
    void reportsAWrongToken() {
        refusedWith("wrong", "does not accept this token", "not authorized)", "; use", "node-token");
        refusedWith("secret\n", "does not accept this token", "line breaks around it", "node-token");
    }

    @Test
    void reportsARejectedNodePasswordInK3sWords() {
        server.refused.put("/v1-k3s/serving-kubelet.crt", 403);
        assertThatThrownBy(() -> joining(server.token()).join(Instant.now())).isInstanceOf(Refused.class)
                .hasMessageContaining("Node password rejected, duplicate hostname or contents of '"
                        + dir.resolve("node/password") + "' may not match server node-passwd entry, try enabling a "
                        + "unique node name with the --with-node-id flag")
                .hasMessageEndingWith(": " + server.why);
        assertThat(dir.resolve("node")).as("a password nobody took is not kept").doesNotExist();
    }

    @Test
    void keepsAnExistingPassword() throws Exception {
        server.refused.put("/v1-k3s/serving-kubelet.crt", 403);
        Files.createDirectories(dir.resolve("node"));
        Files.writeString(dir.resolve("node/password"), "mine\n");
        assertThatThrownBy(() -> joining(server.token()).join(Instant.now())).isInstanceOf(Refused.class);
        assertThat(Files.readString(dir.resolve("node/password"))).isEqualTo("mine\n");
    }

    /// The message is logged.
    @ParameterizedTest
    @ValueSource(strings = {"hush\nhush", "hush\u00fc", "hush\u0007"})
    void aPasswordThatFitsInNoRequestIsRefusedByItsFileAlone(String password) throws Exception {
        Files.createDirectories(dir.resolve("node"));
        Files.writeString(dir.resolve("node/password"), password + "\n");
        assertThatThrownBy(() -> joining(server.token()).join(Instant.now())).isInstanceOf(Refused.class)
                .hasMessageContaining(dir.resolve("node/password").toString()).message().doesNotContain("hush");
        assertThat(Files.readString(dir.resolve("node/password"))).as("kept").isEqualTo(password + "\n");
    }

    @Test
    void reportsAServerThatIsNoK3s() {
        server.refused.put("/cacerts", 404);
        refusedWith(server.token(), "failed to get CA certs", "is not a K3s server");
    }

    @Test
    void aBusyOrDeadServerIsNoRefusal() throws IOException {
        server.refused.put("/v1-k3s/client-kubelet.crt", 503);
        assertThatThrownBy(() -> joining(server.token()).join(Instant.now())).isInstanceOf(IOException.class);
        server.close();
        assertThatThrownBy(() -> joining(server.token()).join(Instant.now())).isInstanceOf(IOException.class);
    }

    /// Of thousands that begin together none would find a place for all its requests in a row.
    @Test
    void aRequestWithoutAPlaceIsMadeAgainAndNoOther() throws Exception {
        server.busy.put("/v1-k3s/client-kubelet.crt", 3);
        joining(server.token()).join(Instant.now());
        assertThat(server.requests.stream().map(StockServer.Request::line).filter(l -> l.contains("-kubelet.crt")))
                .containsExactly("POST /v1-k3s/serving-kubelet.crt", "POST /v1-k3s/client-kubelet.crt",
                        "POST /v1-k3s/client-kubelet.crt", "POST /v1-k3s/client-kubelet.crt",
                        "POST /v1-k3s/client-kubelet.crt");
    }

    /// One that can start from its files does not wait.
    @Test
    void whoJoinsAtOnceIsToldThatThereIsNoPlace() {
        server.busy.put("/v1-k3s/client-kubelet.crt", 1);
        assertThatThrownBy(() -> joining(server.token()).joinAtOnce(Instant.now()))
                .isInstanceOf(SupervisorFault.class).hasMessageContaining("429");
    }

    @Test
    void restoresTheConfigurationFromItsFiles() throws Exception {
        joining(server.token()).join(Instant.now());
        server.close();
        ClusterConfig saved = joining(server.token()).saved();
        assertThat(saved).isNotNull();
        assertThat(saved.settings().values()).containsEntry("flannelBackend", "vxlan");
    }
}
