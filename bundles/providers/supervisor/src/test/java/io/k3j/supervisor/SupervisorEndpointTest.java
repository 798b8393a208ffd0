package io.k3j.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.clusteragreement.ControlConfig;
import io.k3j.codec.Json;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodetunnels.NodeTunnels;
import io.k3j.pki.CertificateRequest;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import io.k3j.pki.Profile;
import io.k3j.servercredentials.Credentials;
import io.k3j.servercredentials.Issuer;
import io.k3j.servercredentials.ServerLayout;
import io.k3j.servercredentials.ServerNames;
import io.k3j.servercredentials.SupervisorSettings;
import io.k3j.supervisorrequests.Replies;
import io.k3j.testkitedge.FakeExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What agents and servers may request, and what is refused.
class SupervisorEndpointTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir
    private Path directory;
    private Credentials credentials;
    private SupervisorEndpoint endpoint;
    private final NodeSecrets secrets = new NodeSecrets(RANDOM);
    private final FakeApi api = new FakeApi();
    private String localPassword = "";

    @BeforeEach
    void start() throws Exception {
        SupervisorSettings settings = Given.settings(directory, "token", "srv", "agentToken", "agt");
        ServerLayout layout = new ServerLayout(directory);
        credentials = Credentials.ensure(settings, layout, Instant.now(), RANDOM);
        Path password = Credentials.nodePasswordFile(settings, layout);
        localPassword = Files.readString(password).strip();
        NodeGate gate = new NodeGate("node-1", password, secrets, false, node -> false);
        NodeNames names = new NodeNames(new ServerNames(settings), new OtherServers(secrets, () -> null), secrets);
        CertificateSigning signing = new CertificateSigning(layout, credentials.authorities(), names, gate,
                InstantSource.system(), RANDOM);
        AgentRequests agents = new AgentRequests(credentials.authorities(), signing,
                new ApiServers(secrets, "192.0.2.7:6443", () -> null),
                ControlConfig.of(Map.of("clusterCidr", new String[] {"10.42.0.0/16"}, "dataDir", "/d", "token", "srv",
                        "datastoreEndpoint", "mysql://u:p@h/")));
        endpoint = new SupervisorEndpoint(
                new RequestAuthenticator(credentials.passwords(), new BootstrapTokens(secrets, InstantSource.system())),
                credentials.authorities(), agents,
                Map.of("server-bootstrap", (exchange, requester) -> Replies.text(exchange, "record"), "token",
                        (exchange, requester) -> {
                            throw new DatastoreUnavailable("no connection", new IOException(), true);
                        }),
                new NodeTunnels(RANDOM, 1 << 30));
    }

    private FakeExchange send(FakeExchange exchange) throws Exception {
        endpoint.serve(exchange);
        return exchange;
    }

    private FakeExchange get(String path) {
        return new FakeExchange("GET", path);
    }

    private FakeExchange sign(String what, String node, String password, KeyPair key) {
        return new FakeExchange("POST", "/v1-k3s/" + what).basic("node", "agt").with("k3s-Node-Name", node)
                .with("k3s-Node-Password", password).body(CertificateRequest.create(node, key));
    }

    private static String message(FakeExchange exchange) {
        Struct status = Json.object(exchange.answer().getBytes(StandardCharsets.UTF_8));
        assertThat(status.text("kind")).isEqualTo("Status");
        assertThat(status.whole("code", 0)).isEqualTo(exchange.status());
        return status.text("message");
    }

    @Test
    void servesCacertsAndPingWithoutAuthentication() throws Exception {
        assertThat(send(get("/ping")).answer()).isEqualTo("pong");
        assertThat(send(get("/cacerts")).answer())
                .isEqualTo(Files.readString(directory.resolve("server/tls/server-ca.crt")));
    }

    @Test
    void refusesEverythingElseWithoutCredentials() throws Exception {
        assertThat(send(get("/v1-k3s/config")).status()).isEqualTo(401);
        assertThat(message(send(get("/v1-k3s/config").basic("node", "wrong")))).isEqualTo("not authorized");
        assertThat(send(get("/v1-k3s/config").with("authorization", "Bearer x")).status()).isEqualTo(401);
        assertThat(send(get("/v1-k3s/config").with("authorization", "Basic %%%")).status()).isEqualTo(401);
        X509Certificate user = credentials.authorities().get(Issuer.CLIENT).sign(Profile.client("jane", "devs"),
                Keys.elliptic().getPublic(), Instant.now(), RANDOM);
        assertThat(message(send(get("/v1-k3s/config").certified(user)))).isEqualTo("forbidden");
        assertThat(send(get("/v1-k3s/server-bootstrap").basic("node", "agt")).status()).isEqualTo(403);
        assertThat(send(get("/v1-k3s/server-bootstrap").basic("server", "srv")).answer()).isEqualTo("record");
        assertThat(send(get("/v1-k3s/connect").basic("node", "agt")).status()).as("only by certificate").isEqualTo(403);
    }

    /// Clients try again then, and nobody has to read a log.
    @Test
    void anApiOrDatastoreThatIsAwayIsNoErrorOfTheServer() throws Exception {
        secrets.apiAvailable(api.client());
        api.overload();
        FakeExchange byToken = send(get("/v1-k3s/config").with("authorization", "Bearer abcdef.0123456789abcdef"));
        assertThat(byToken.status()).isEqualTo(503);
        assertThat(message(byToken)).contains("try again", "too many requests");
        assertThat(byToken.answered()).containsEntry("retry-after", "1");
        FakeExchange withoutDatastore = send(get("/v1-k3s/token").basic("server", "srv"));
        assertThat(withoutDatastore.status()).isEqualTo(503);
        assertThat(message(withoutDatastore)).contains("no connection", "it may have been done all the same");
    }

    /// Another try would be answered the same.
    @Test
    void whatTheApiRefusesThisServerIsAnErrorOfTheServer() throws Exception {
        secrets.apiAvailable(api.client());
        api.refuse(new ApiFault(403, "Forbidden", "secrets is forbidden", Struct.EMPTY));
        FakeExchange byToken = send(get("/v1-k3s/config").with("authorization", "Bearer abcdef.0123456789abcdef"));
        assertThat(byToken.status()).isEqualTo(500);
        assertThat(message(byToken)).contains("secrets is forbidden").doesNotContain("try again");
        assertThat(byToken.answered()).doesNotContainKey("retry-after");
    }

    /// Stock agents send both, and the token may have been changed since they joined.
    @Test
    void aCertificateCountsBesideAStaleToken() throws Exception {
        X509Certificate node = credentials.authorities().get(Issuer.CLIENT).sign(
                Profile.client("system:node:a", "system:nodes"), Keys.elliptic().getPublic(), Instant.now(), RANDOM);
        assertThat(send(get("/v1-k3s/config").basic("node", "old").certified(node)).status()).isEqualTo(200);
        assertThat(send(get("/v1-k3s/config").with("authorization", "Bearer x").certified(node)).status())
                .isEqualTo(200);
        assertThat(send(get("/v1-k3s/server-bootstrap").basic("server", "wrong").certified(node)).status())
                .as("it is the node's word only").isEqualTo(403);
        assertThat(send(get("/v1-k3s/server-bootstrap").basic("server", "srv").certified(node)).answer())
                .isEqualTo("record");
    }

    @Test
    void servesAgentsTheConfigurationWithoutSecrets() throws Exception {
        String answer = send(get("/v1-k3s/config").basic("node", "agt")).answer();
        assertThat(answer).contains("\"ClusterIPRange\":{\"IP\":\"10.42.0.0\",\"Mask\":\"//8AAA==\"}",
                "\"DataDir\":\"/d/server\"").doesNotContain("srv", "mysql");
        assertThat(send(get("/v1-k3s/apiservers").basic("node", "agt")).answer()).isEqualTo("[\"192.0.2.7:6443\"]\n");
        secrets.apiAvailable(api.client());
        api.put(Obj.of(Struct.of("apiVersion", "discovery.k8s.io/v1", "kind", "EndpointSlice", "metadata",
                Struct.of("name", "kubernetes", "namespace", "default"), "ports",
                Seq.of(Struct.of("name", "https", "port", 6443)), "endpoints",
                Seq.of(Struct.of("addresses", Seq.of("192.0.2.7")), Struct.of("addresses", Seq.of("2001:db8::8"))))));
        assertThat(send(get("/v1-k3s/apiservers").basic("node", "agt")).answer())
                .isEqualTo("[\"192.0.2.7:6443\",\"[2001:db8::8]:6443\"]\n");
        assertThat(send(get("/v1-k3s/client-ca.crt").basic("node", "agt")).answer())
                .isEqualTo(Files.readString(directory.resolve("server/tls/client-ca.crt")));
        X509Certificate node = credentials.authorities().get(Issuer.CLIENT)
                .sign(Profile.client("system:node:a", "system:nodes"), Keys.elliptic().getPublic(), Instant.now(),
                        RANDOM);
        assertThat(send(get("/v1-k3s/server-ca.crt").certified(node)).status()).isEqualTo(200);
        assertThat(send(get("/v1-k3s/nothing").basic("node", "agt")).status()).isEqualTo(404);
    }

    @Test
    void admitsAgentsByBootstrapToken() throws Exception {
        String token = "abcdef.0123456789abcdef";
        FakeExchange early = send(get("/v1-k3s/server-ca.crt").with("authorization", "Bearer " + token));
        assertThat(early.status()).isEqualTo(401);
        secrets.apiAvailable(api.client());
        api.put(bootstrapToken("abcdef", "0123456789abcdef", Instant.now().plusSeconds(60)));
        api.put(bootstrapToken("ghijkl", "0123456789abcdef", Instant.now().minusSeconds(60)));
        assertThat(send(get("/v1-k3s/server-ca.crt").with("authorization", "Bearer " + token)).status()).isEqualTo(200);
        for (String wrong : List.of("abcdef.0123456789abcdeX", "ghijkl.0123456789abcdef", "nobody.0123456789abcdef",
                "x")) {
            FakeExchange refused = send(get("/v1-k3s/server-ca.crt").with("authorization", "Bearer " + wrong));
            assertThat(refused.status()).as(wrong).isEqualTo(401);
        }
    }

    private static Obj bootstrapToken(String id, String secret, Instant expiration) {
        Struct data = Struct.of("token-id", base64(id), "token-secret", base64(secret), "expiration",
                base64(expiration.toString()), "usage-bootstrap-authentication", base64("true"), "auth-extra-groups",
                base64("system:bootstrappers:k3s:default-node-token"));
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "Secret", "metadata",
                Struct.of("name", "bootstrap-token-" + id, "namespace", "kube-system"), "type",
                "bootstrap.kubernetes.io/token", "data", data));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void isReadyOnceTheApiIsAvailable() throws Exception {
        assertThat(message(send(get("/v1-k3s/readyz").basic("node", "agt")))).isEqualTo("runtime core not ready");
        secrets.apiAvailable(api.client());
        assertThat(send(get("/v1-k3s/readyz").basic("node", "agt")).answer()).isEqualTo("ok");
    }

    @Test
    void answersEtcdPathsThatThereIsNoEtcd() throws Exception {
        FakeExchange answer = send(get("/db/info").basic("server", "srv"));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(message(answer)).isEqualTo("etcd datastore disabled");
    }

    @Test
    void signsForANodeWithItsOwnKey() throws Exception {
        secrets.apiAvailable(api.client());
        KeyPair key = Keys.elliptic();
        FakeExchange answer = send(sign("client-kubelet.crt", "Node-2", "pw", key));
        assertThat(answer.status()).isEqualTo(200);
        List<X509Certificate> chain = Pem.certificates(answer.answer());
        assertThat(chain).hasSize(2);
        assertThat(chain.getFirst().getSubjectX500Principal().getName())
                .isEqualTo("CN=system:node:node-2,O=system:nodes");
        assertThat(chain.getFirst().getPublicKey()).isEqualTo(key.getPublic());
        FakeExchange serving = send(
                sign("serving-kubelet.crt", "node-2", "pw", key).with("k3s-Node-IP", "198.51.100.4,2001:db8::4"));
        assertThat(Pem.certificates(serving.answer()).getFirst().getSubjectAlternativeNames())
                .map(name -> String.valueOf(name.get(1)))
                .contains("node-2", "198.51.100.4", "2001:db8:0:0:0:0:0:4", "localhost");
        assertThat(send(sign("client-kube-proxy.crt", "x", "y", key)).status()).isEqualTo(200);
    }

    /// Anybody with the agents' token could answer for the API server.
    @Test
    void signsNoNameOfTheServers() throws Exception {
        secrets.apiAvailable(api.client());
        for (String name : List.of("kubernetes.default", "Kubernetes.default.svc",
                "kubernetes.default.svc.cluster.local", "localhost")) {
            for (String what : List.of("serving-kubelet.crt", "client-kubelet.crt", "client-k3s-controller.crt")) {
                FakeExchange refused = send(sign(what, name, "pw", Keys.elliptic()));
                assertThat(refused.status()).as("%s: agents take 403 for a wrong password", name).isEqualTo(400);
                assertThat(message(refused)).contains("--node-name");
            }
        }
        FakeExchange serving = send(sign("serving-kubelet.crt", "node-2", "pw", Keys.elliptic())
                .with("k3s-node-ip", "192.0.2.7,10.43.0.1,198.51.100.4"));
        assertThat(Pem.certificates(serving.answer()).getFirst().getSubjectAlternativeNames())
                .map(name -> String.valueOf(name.get(1))).contains("198.51.100.4")
                .doesNotContain("192.0.2.7", "10.43.0.1");
    }

    @Test
    void reservesANodeNameForTheFirstPassword() throws Exception {
        secrets.apiAvailable(api.client());
        KeyPair key = Keys.elliptic();
        assertThat(send(sign("client-kubelet.crt", "node-2", "mine", key)).status()).isEqualTo(200);
        assertThat(api.created()).contains("kube-system/node-2.node-password.k3s");
        assertThat(send(sign("client-kubelet.crt", "node-2", "mine", key)).status()).isEqualTo(200);
        assertThat(send(sign("client-kubelet.crt", "node-2", "another's", key)).status()).isEqualTo(403);
    }

    @Test
    void requiresNameAndPassword() throws Exception {
        secrets.apiAvailable(api.client());
        assertThat(message(send(sign("client-kubelet.crt", "", "x", Keys.elliptic())))).isEqualTo("node name not set");
        assertThat(message(send(sign("client-kubelet.crt", "x", "", Keys.elliptic()))))
                .isEqualTo("node password not set");
        X509Certificate node = credentials.authorities().get(Issuer.CLIENT)
                .sign(Profile.client("system:node:a", "system:nodes"), Keys.elliptic().getPublic(), Instant.now(),
                        RANDOM);
        FakeExchange other = new FakeExchange("POST", "/v1-k3s/client-kubelet.crt").certified(node)
                .with("k3s-node-name", "b").with("k3s-node-password", "x")
                .body(CertificateRequest.create("b", Keys.elliptic()));
        assertThat(message(send(other))).isEqualTo("header node name does not match auth node name");
    }

    @Test
    void admitsItsOwnNodeBeforeTheApiIsAvailable() throws Exception {
        assertThat(send(sign("client-kubelet.crt", "node-1", localPassword, Keys.elliptic())).status()).isEqualTo(200);
        assertThat(send(sign("client-kubelet.crt", "node-1", "wrong", Keys.elliptic())).status()).isEqualTo(403);
        assertThat(message(send(sign("client-kubelet.crt", "node-2", "x", Keys.elliptic()))))
                .isEqualTo("runtime core not ready");
        secrets.apiAvailable(api.client());
        api.await("kube-system/node-1.node-password.k3s");
    }

    @Test
    void refusesRequestsItCannotCheck() throws Exception {
        secrets.apiAvailable(api.client());
        FakeExchange answer = send(sign("client-kubelet.crt", "n", "x", Keys.elliptic()).body(new byte[] {0x30, 1}));
        assertThat(answer.status()).isEqualTo(400);
        FakeExchange address = send(
                sign("serving-kubelet.crt", "n", "x", Keys.elliptic()).with("k3s-node-ip", "example.com"));
        assertThat(message(address)).isEqualTo("invalid node IP address example.com");
    }

    @Test
    void refusesAnInvalidNodeNameWithoutRetry() throws Exception {
        secrets.apiAvailable(api.client());
        FakeExchange refused = send(sign("client-kubelet.crt", "bad_name", "x", Keys.elliptic()));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(message(refused)).contains("bad_name", "cannot be used");
    }

    @Test
    void issuesNoNodeCertificateWhileTheApiIsOverloaded() throws Exception {
        secrets.apiAvailable(api.client());
        assertThat(send(sign("client-kubelet.crt", "victim", "right", Keys.elliptic())).status()).isEqualTo(200);
        api.overload();
        FakeExchange refused = send(sign("client-kubelet.crt", "victim", "wrong", Keys.elliptic()));
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.answer()).doesNotContain("CERTIFICATE");
        assertThat(send(sign("client-kubelet.crt", "node-1", localPassword, Keys.elliptic())).status())
                .as("the node of this server proves itself without the cluster").isEqualTo(200);
        assertThat(send(sign("client-kubelet.crt", "node-1", "wrong", Keys.elliptic())).status()).isEqualTo(403);
    }

    @Test
    void bindsTheNetworkIdentityToTheNode() throws Exception {
        secrets.apiAvailable(api.client());
        assertThat(send(sign("client-kubelet.crt", "a", "right", Keys.elliptic())).status()).isEqualTo(200);
        FakeExchange bound = send(sign("client-k3s-controller.crt", "a", "right", Keys.elliptic()));
        assertThat(subject(bound)).contains("CN=system:k3s-controller", "O=system:k3s-controller:a");
        assertThat(send(sign("client-k3s-controller.crt", "a", "wrong", Keys.elliptic())).status()).isEqualTo(403);
        FakeExchange stock = send(new FakeExchange("POST", "/v1-k3s/client-k3s-controller.crt").basic("node", "agt")
                .body(CertificateRequest.create("x", Keys.elliptic())));
        assertThat(subject(stock)).isEqualTo("CN=system:k3s-controller");
    }

    private static String subject(FakeExchange answer) {
        return Pem.certificates(answer.answer()).getFirst().getSubjectX500Principal().getName();
    }
}
