package io.k3j.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.codec.Json;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `certificate rotate-ca` in a cluster of two servers: each takes the new authorities over with its next start, and
/// then vouches anew for everything.
class AuthorityRotationTest {
    private static final Map<String, String> ISSUED = Map.of("client-ca", "client-admin", "server-ca",
            "serving-kube-apiserver", "request-header-ca", "client-auth-proxy", "etcd/server-ca", "etcd/server-client",
            "etcd/peer-ca", "etcd/peer-server-client");
    private static final Map<String, String> FIELDS = Map.of("client-ca", "ClientCA", "server-ca", "ServerCA",
            "request-header-ca", "RequestHeaderCA", "etcd/server-ca", "ETCDServerCA", "etcd/peer-ca", "ETCDPeerCA");

    @TempDir
    private Path directory;
    private final MemoryDatastore store = new MemoryDatastore(true);
    private TestServer one;
    private TestServer two;

    @BeforeEach
    void start() throws IOException {
        one = new TestServer(directory, "server-1");
        two = new TestServer(directory, "server-2");
        one.start(store);
        two.start(store);
    }

    @AfterEach
    void stop() {
        store.close();
    }

    /// Authorities nobody has heard of.
    private static Struct strangers() {
        Struct.Builder all = Struct.builder();
        FIELDS.forEach((file, field) -> {
            KeyPair pair = Keys.elliptic();
            CertificateAuthority made = CertificateAuthority.selfSigned("new-" + field, pair, Instant.now(),
                    TestServer.RANDOM);
            all.put(field, BootstrapFiles.field(Pem.encode(made.chain()), ""));
            all.put(field + "Key", BootstrapFiles.field(Pem.encode(pair), ""));
        });
        return all.build();
    }

    private void put(Struct wanted, String query) throws IOException, Refusal {
        FakeExchange put = new FakeExchange("PUT", "/v1-k3s/cert/cacerts" + query).body(Json.bytes(wanted));
        new AuthorityRequests(() -> store, () -> "s3cret", InstantSource.system(), TestServer.RANDOM).answer(put,
                new Asker("server", List.of(Tokens.SERVER_GROUP)));
        assertThat(put.status).isEqualTo(204);
    }

    private static X509Certificate first(TestServer server, String name) throws IOException {
        return PemFiles.certificates(server.layout.tls(name + ".crt")).getFirst();
    }

    private static Map<String, String> authorities(TestServer server) throws IOException {
        Map<String, String> names = new TreeMap<>();
        for (String authority : ISSUED.keySet()) {
            names.put(authority, first(server, authority).getSubjectX500Principal().getName());
        }
        return names;
    }

    private static void vouchesForEverything(TestServer server) throws Exception {
        for (Map.Entry<String, String> issued : ISSUED.entrySet()) {
            first(server, issued.getValue()).verify(first(server, issued.getKey()).getPublicKey());
        }
    }

    @Test
    void everyServerTakesThemOverWithItsNextStart() throws Exception {
        Map<String, String> before = authorities(one);
        put(strangers(), "?force=true");
        assertThat(authorities(one)).isEqualTo(before);
        one.start(store);
        assertThat(authorities(one).values()).allMatch(name -> name.contains("new-"));
        vouchesForEverything(one);
        assertThat(authorities(two)).isEqualTo(before);
        vouchesForEverything(two);
        two.start(store);
        assertThat(authorities(two)).isEqualTo(authorities(one));
        vouchesForEverything(two);
        for (String file : List.of("server/tls/client-ca.key", "server/tls/etcd/peer-ca.key", "server/token")) {
            assertThat(two.tree().get(file)).as(file).isEqualTo(one.tree().get(file));
        }
    }

    @Test
    void aServerThatIsStartedAgainFirstDoesNotBringTheOldOnesBack() throws Exception {
        put(strangers(), "?force=true");
        two.start(store);
        one.start(store);
        one.start(store);
        two.start(store);
        assertThat(authorities(one)).isEqualTo(authorities(two));
        assertThat(authorities(one).values()).allMatch(name -> name.contains("new-"));
        TestServer three = new TestServer(directory, "server-3");
        three.start(store);
        assertThat(authorities(three)).isEqualTo(authorities(one));
    }

    @Test
    void strangersAreRefusedWithoutForceAndNothingChanges() throws Exception {
        List<String> rows = store.range("", "", 0, 0).entries().stream().map(e -> e.key() + e.revision()).toList();
        assertThatThrownBy(() -> put(strangers(), "")).isInstanceOf(Refusal.class)
                .hasMessageContaining("failed to validate new CA certificates and keys")
                .hasMessageContaining("--force");
        assertThat(store.range("", "", 0, 0).entries().stream().map(e -> e.key() + e.revision()).toList())
                .isEqualTo(rows);
    }

    @Test
    void aKeyThatDoesNotFitIsRefusedEvenWithForce() {
        Struct broken = strangers().with("ClientCAKey", strangers().get("ClientCAKey"));
        assertThatThrownBy(() -> put(broken, "?force=true")).isInstanceOf(Refusal.class)
                .hasMessageContaining("ClientCAKey: the key does not belong to the first certificate");
    }

    @Test
    void aTokenThatIsChangedInBetweenKeepsTheNewAuthorities() throws Exception {
        Credentials credentials = one.start(store);
        put(strangers(), "?force=true");
        new TokenRotation(new Tokens(one.layout, one.settings()), credentials, TestServer.RANDOM).rotate(store,
                "fresh");
        one.flag("token", "fresh").start(store);
        two.flag("token", "fresh").start(store);
        assertThat(authorities(one).values()).allMatch(name -> name.contains("new-"));
        assertThat(authorities(two)).isEqualTo(authorities(one));
    }
}
