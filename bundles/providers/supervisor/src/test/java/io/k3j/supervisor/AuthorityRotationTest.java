package io.k3j.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clusteragreement.BootstrapData;
import io.k3j.clusteragreement.NextAuthorities;
import io.k3j.codec.Json;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.PasswordFile;
import io.k3j.pki.Pem;
import io.k3j.pki.PemFiles;
import io.k3j.servercredentials.Credentials;
import io.k3j.servercredentials.JoinTokens;
import io.k3j.supervisorrequests.Refusal;
import io.k3j.supervisorrequests.Requester;
import io.k3j.testkitedge.FakeExchange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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

/// `certificate rotate-ca` in a cluster of two servers: each adopts the new authorities at its next start and
/// then signs all its certificates anew.
class AuthorityRotationTest {
    private static final Map<String, String> ISSUED = Map.of("client-ca", "client-admin", "server-ca",
            "serving-kube-apiserver", "request-header-ca", "client-auth-proxy", "etcd/server-ca", "etcd/server-client",
            "etcd/peer-ca", "etcd/peer-server-client");

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

    private void put(Struct wanted, String query) throws IOException, Refusal {
        FakeExchange put = new FakeExchange("PUT", "/v1-k3s/cert/cacerts" + query).body(Json.bytes(wanted));
        new AuthorityRequests(() -> store, () -> "s3cret", InstantSource.system(), TestServer.RANDOM).answer(put,
                new Requester("server", List.of(PasswordFile.SERVER_GROUP)));
        assertThat(put.status()).isEqualTo(204);
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

    private static void assertAllSigned(TestServer server) throws Exception {
        for (Map.Entry<String, String> issued : ISSUED.entrySet()) {
            first(server, issued.getValue()).verify(first(server, issued.getKey()).getPublicKey());
        }
    }

    @Test
    void everyServerAdoptsThemAtItsNextStart() throws Exception {
        Map<String, String> before = authorities(one);
        put(Strangers.all(), "?force=true");
        assertThat(authorities(one)).isEqualTo(before);
        one.start(store);
        assertThat(authorities(one).values()).allMatch(name -> name.contains("new-"));
        assertAllSigned(one);
        assertThat(authorities(two)).isEqualTo(before);
        assertAllSigned(two);
        two.start(store);
        assertThat(authorities(two)).isEqualTo(authorities(one));
        assertAllSigned(two);
        for (String file : List.of("server/tls/client-ca.key", "server/tls/etcd/peer-ca.key", "server/token")) {
            assertThat(two.tree().get(file)).as(file).isEqualTo(one.tree().get(file));
        }
    }

    @Test
    void restartingTheOtherServerFirstDoesNotRestoreTheOldOnes() throws Exception {
        put(Strangers.all(), "?force=true");
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
    void aServerThatHasSeenThemAdoptsThemWithoutTheDatastore() throws Exception {
        NextAuthorities next = new NextAuthorities(one.layout, () -> "s3cret", TestServer.RANDOM);
        String kept = "server/cred/next-authorities.json";
        assertThat(next.step(store, true)).isTrue();
        assertThat(one.tree()).doesNotContainKey(kept);
        Map<String, String> before = authorities(one);
        put(Strangers.all(), "?force=true");
        assertThat(next.step(store, true)).isTrue();
        assertThat(authorities(one)).isEqualTo(before);
        assertThat(Files.getPosixFilePermissions(one.directory.resolve(kept)))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        NextAuthorities.apply(one.layout);
        one.credentials();
        assertThat(authorities(one).values()).allMatch(name -> name.contains("new-"));
        assertAllSigned(one);
        assertThat(one.tree()).doesNotContainKey(kept);
        one.start(store);
        two.start(store);
        assertThat(authorities(two)).isEqualTo(authorities(one));
    }

    @Test
    void newerAuthoritiesThanTheSeenOnesWin() throws Exception {
        put(Strangers.all(), "?force=true");
        new NextAuthorities(one.layout, () -> "s3cret", TestServer.RANDOM).step(store, true);
        put(Strangers.all(), "?force=true");
        NextAuthorities.apply(one.layout);
        one.start(store);
        two.start(store);
        assertThat(one.tree().get("server/tls/client-ca.crt")).isEqualTo(two.tree().get("server/tls/client-ca.crt"));
        assertAllSigned(one);
    }

    @Test
    void withdrawnAuthoritiesAreForgotten() throws Exception {
        Struct before = new BootstrapData(store, "s3cret", TestServer.RANDOM).read().orElseThrow();
        NextAuthorities next = new NextAuthorities(one.layout, () -> "s3cret", TestServer.RANDOM);
        put(Strangers.all(), "?force=true");
        next.step(store, true);
        put(before, "?force=true");
        next.step(store, true);
        assertThat(one.tree()).doesNotContainKey("server/cred/next-authorities.json");
    }

    @Test
    void unrelatedAuthoritiesAreRefusedWithoutForceAndNothingChanges() throws Exception {
        List<String> rows = store.range("", "", 0, 0).entries().stream().map(e -> e.key() + e.revision()).toList();
        assertThatThrownBy(() -> put(Strangers.all(), "")).isInstanceOf(Refusal.class)
                .hasMessageContaining("failed to validate new CA certificates and keys")
                .hasMessageContaining("--force");
        assertThat(store.range("", "", 0, 0).entries().stream().map(e -> e.key() + e.revision()).toList())
                .isEqualTo(rows);
    }

    @Test
    void aKeyThatDoesNotMatchIsRefusedEvenWithForce() {
        Struct broken = Strangers.all().with("ClientCAKey", Strangers.all().get("ClientCAKey"));
        assertThatThrownBy(() -> put(broken, "?force=true")).isInstanceOf(Refusal.class)
                .hasMessageContaining("ClientCAKey: the key does not belong to the first certificate");
    }

    @Test
    void aTokenRotatedInBetweenKeepsTheNewAuthorities() throws Exception {
        Credentials credentials = one.start(store);
        put(Strangers.all(), "?force=true");
        new TokenRotation(new JoinTokens(one.layout, one.settings()), credentials, InstantSource.system(),
                TestServer.RANDOM).rotate(store, "fresh");
        one.flag("token", "fresh").start(store);
        two.flag("token", "fresh").start(store);
        assertThat(authorities(one).values()).allMatch(name -> name.contains("new-"));
        assertThat(authorities(two)).isEqualTo(authorities(one));
    }
}
