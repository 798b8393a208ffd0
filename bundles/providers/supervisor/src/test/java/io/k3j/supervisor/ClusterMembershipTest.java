package io.k3j.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.datastoreapi.Entry;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.pki.BootstrapSeal;
import io.k3j.pki.PasswordFile;
import io.k3j.servercredentials.Credentials;
import io.k3j.servercredentials.JoinTokens;
import io.k3j.supervisorrequests.Refusal;
import io.k3j.supervisorrequests.Requester;
import io.k3j.testkitedge.FakeExchange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Two servers with one datastore form one cluster, or the second one is refused with a reason.
class ClusterMembershipTest {
    private static final List<String> SHARED = List.of("server/tls/server-ca.crt", "server/tls/server-ca.key",
            "server/tls/client-ca.crt", "server/tls/client-ca.key", "server/tls/request-header-ca.key",
            "server/tls/etcd/server-ca.key", "server/tls/etcd/peer-ca.key", "server/tls/service.key",
            "server/cred/passwd", "server/cred/ipsec.psk");

    @TempDir
    private Path directory;
    private final MemoryDatastore store = new MemoryDatastore(true);

    private List<String> rows() {
        return store.range("", "", 0, 0).entries().stream()
                .map(e -> e.key() + "@" + e.revision() + ":" + new String(e.value())).toList();
    }

    private void assertRefused(TestServer server, String why) throws IOException {
        List<String> rows = rows();
        Map<String, String> tree = server.tree();
        assertThatThrownBy(() -> server.start(store)).isInstanceOf(IOException.class).hasMessageContaining(why);
        assertThat(rows()).isEqualTo(rows);
        assertThat(server.tree()).isEqualTo(tree);
    }

    @Test
    void theSecondServerGetsTheSameAuthorities() throws Exception {
        TestServer one = new TestServer(directory, "server-1");
        TestServer two = new TestServer(directory, "server-2");
        one.start(store);
        two.start(store);
        for (String file : SHARED) {
            assertThat(two.tree().get(file)).as(file).isEqualTo(one.tree().get(file)).isNotNull();
        }
        assertThat(two.tree().get("server/token")).isEqualTo(one.tree().get("server/token"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(two.layout.tls("server-ca.key"))))
                .isEqualTo("rw-------");
    }

    @Test
    void serversThatStartConcurrentlyFormOneCluster() throws Exception {
        TestServer[] servers = new TestServer[4];
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Credentials>> starts = new java.util.ArrayList<>();
            for (int i = 0; i < servers.length; i++) {
                TestServer server = new TestServer(directory, "server-" + i);
                servers[i] = server;
                starts.add(() -> {
                    ClusterMembership cluster = new ClusterMembership(server.layout, server.settings(), server.parity(),
                            TestServer.RANDOM, (amount, unit) -> {
                                unit.sleep(0);
                                Thread.yield();
                                while (store.get(BootstrapSeal.key("s3cret")).map(Entry::value)
                                        .map(v -> v.length == 0).orElse(true)) {
                                    LockSupport.parkNanos(1_000_000);
                                }
                                return true;
                            });
                    cluster.admit(store);
                    Credentials made = server.credentials();
                    cluster.complete(store);
                    return made;
                });
            }
            for (Future<Credentials> start : threads.invokeAll(starts)) {
                start.get();
            }
        }
        for (TestServer server : servers) {
            assertThat(server.tree().get("server/token")).isEqualTo(servers[0].tree().get("server/token"));
        }
        assertThat(store.range("/bootstrap/", "", 0, 0).entries()).hasSize(1);
    }

    @Test
    void refusesAnotherToken() throws Exception {
        new TestServer(directory, "server-1").start(store);
        assertRefused(new TestServer(directory, "server-2").flag("token", "other"),
                "bootstrap data already found and encrypted with different token");
        assertRefused(new TestServer(directory, "server-3").without("token"),
                "bootstrap data already found and encrypted with different token");
    }

    @Test
    void updatesAnOldFileFromTheRecordAndRefusesANewerOne() throws Exception {
        TestServer one = new TestServer(directory, "server-1");
        one.start(store);
        String right = one.tree().get("server/tls/client-ca.crt");
        Path file = one.layout.tls("client-ca.crt");
        Files.writeString(file, "something else");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plus(Duration.ofMinutes(1))));
        assertRefused(one, "client-ca.crt newer than datastore and could cause a cluster outage.");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(1))));
        one.start(store);
        assertThat(one.tree()).containsEntry("server/tls/client-ca.crt", right);
    }

    @Test
    void restoresAMissingFile() throws Exception {
        TestServer one = new TestServer(directory, "server-1");
        one.start(store);
        Map<String, String> before = one.tree();
        Files.delete(one.layout.tls("server-ca.key"));
        Files.delete(one.layout.cred("passwd"));
        one.start(store);
        assertThat(one.tree()).isEqualTo(before);
    }

    @Test
    void writesNothingAtTheNextStart() throws Exception {
        TestServer one = new TestServer(directory, "server-1");
        one.start(store);
        List<String> rows = store.range("/bootstrap/", "", 0, 0).entries().stream().map(e -> e.key() + e.revision())
                .toList();
        Map<String, String> tree = one.tree();
        assertThat(one.cluster().known()).isTrue();
        one.start(store);
        assertThat(store.range("/bootstrap/", "", 0, 0).entries().stream().map(e -> e.key() + e.revision()).toList())
                .isEqualTo(rows);
        assertThat(one.tree()).isEqualTo(tree);
    }

    @Test
    void takesOverTheLockOfAServerThatDied() throws Exception {
        store.commit(BootstrapSeal.key("s3cret"), 0, new byte[0], Duration.ZERO);
        TestServer one = new TestServer(directory, "server-1");
        one.start(store);
        assertThat(store.get(BootstrapSeal.key("s3cret")).orElseThrow().value()).isNotEmpty();
    }

    @Test
    void aServerThatLostTheLockJoinsTheClusterOfTheOneThatTookIt() throws Exception {
        TestServer slow = new TestServer(directory, "server-1");
        TestServer other = new TestServer(directory, "server-2");
        ClusterMembership taking = other.cluster();
        ClusterMembership stalled = slow.cluster((amount, unit) -> {
            try {
                return taking.complete(store);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        stalled.admit(store);
        slow.credentials();
        taking.admit(store);
        other.credentials();
        assertThat(stalled.complete(store)).isFalse();
        slow.credentials();
        assertThat(stalled.complete(store)).isTrue();
        for (String file : SHARED) {
            assertThat(slow.tree().get(file)).as(file).isEqualTo(other.tree().get(file)).isNotNull();
        }
        assertThat(store.range("/bootstrap/", "", 0, 0).entries()).hasSize(1);
    }

    @Test
    void sealsEveryRecordWithTheToken() throws Exception {
        new TestServer(directory, "server-1").flag("agentToken", "agents-only").start(store);
        for (Entry entry : store.range("", "", 0, 0).entries()) {
            assertThat(new String(entry.value())).as(entry.key()).doesNotContain("PRIVATE KEY", "s3cret",
                    "agents-only", "clusterCidr");
        }
    }

    /// A server that was admitted before prepares itself while the datastore is asked.
    @Test
    void aStartWithAWrongTokenLeavesTheOneThatOpensTheCluster() throws Exception {
        TestServer one = new TestServer(directory, "server-1");
        one.start(store);
        one.flag("token", "wrong").credentials();
        assertThatThrownBy(() -> one.start(store)).hasMessageContaining("different token");
        Credentials credentials = one.without("token").start(store);
        assertThat(credentials.passwords().authenticate("server", "s3cret")).isPresent();
        assertThat(one.tree().get("server/token")).endsWith("::server:s3cret\n");
    }

    @Test
    void aDamagedTokenFileIsWrittenAnew() throws Exception {
        TestServer one = new TestServer(directory, "server-1");
        one.start(store);
        Files.writeString(one.layout.server("token"), "K10 garbage\n");
        one.without("token").start(store);
        assertThat(one.tree().get("server/token")).endsWith("::server:s3cret\n");
    }

    /// A password that is made up would begin another cluster.
    @Test
    void aDamagedTokenFileIsNamedWhereNothingElseTellsThePassword() throws Exception {
        TestServer one = new TestServer(directory, "server-1");
        one.start(store);
        Files.delete(one.layout.cred("passwd"));
        Files.writeString(one.layout.server("token"), "K10 garbage\n");
        for (String why : List.of(one.layout.server("token") + " holds no token (invalid token format)",
                "K10<CA-HASH>::<USERNAME>:<PASSWORD> or <PASSWORD>", "start with --token")) {
            assertRefused(one.without("token"), why);
        }
        one.flag("token", "s3cret").start(store);
        assertThat(one.tree().get("server/token")).endsWith("::server:s3cret\n");
    }

    /// It could not be read again from the files, or as another token.
    @ParameterizedTest
    @ValueSource(strings = {"\"two\\nlines\"", "\"fresh\\n\"", "\" fresh\"", "\"K10::server:\"", "null", "1"})
    void aTokenThatTheFilesCannotHoldIsRefused(String token) throws Exception {
        TestServer one = new TestServer(directory, "server-1");
        Credentials credentials = one.start(store);
        Map<String, String> tree = one.tree();
        ServerTokenRequests requests = new ServerTokenRequests(() -> store,
                new TokenRotation(new JoinTokens(one.layout, one.settings()), credentials, InstantSource.system(),
                        TestServer.RANDOM));
        FakeExchange put = new FakeExchange("PUT", "/v1-k3s/token")
                .body(("{\"newToken\":" + token + "}").getBytes());
        assertThatThrownBy(() -> requests.answer(put, new Requester("server", List.of(PasswordFile.SERVER_GROUP))))
                .isInstanceOfSatisfying(Refusal.class, refused -> assertThat(refused.code()).isEqualTo(400))
                .hasMessageContaining("the new token cannot be used");
        assertThat(one.tree()).isEqualTo(tree);
    }

    /// As K3s.
    @Test
    void anEmptyTokenIsDrawn() throws Exception {
        TestServer one = new TestServer(directory, "server-1");
        Credentials credentials = one.start(store);
        ServerTokenRequests requests = new ServerTokenRequests(() -> store,
                new TokenRotation(new JoinTokens(one.layout, one.settings()), credentials, InstantSource.system(),
                        TestServer.RANDOM));
        FakeExchange put = new FakeExchange("PUT", "/v1-k3s/token").body("{\"newToken\":\"\"}".getBytes());
        requests.answer(put, new Requester("server", List.of(PasswordFile.SERVER_GROUP)));
        assertThat(put.status()).isEqualTo(200);
        String drawn = credentials.passwords().row("server").orElseThrow().password();
        assertThat(drawn).matches("[0-9a-f]{32}");
        assertThat(one.tree().get("server/token")).endsWith("::server:" + drawn + "\n");
    }

    @Test
    void rotatesTheToken() throws Exception {
        TestServer one = new TestServer(directory, "server-1");
        Credentials credentials = one.start(store);
        ServerTokenRequests requests = new ServerTokenRequests(() -> store,
                new TokenRotation(new JoinTokens(one.layout, one.settings()), credentials, InstantSource.system(),
                        TestServer.RANDOM));
        FakeExchange put = new FakeExchange("PUT", "/v1-k3s/token").body("{\"newToken\":\"fresh\"}".getBytes());
        requests.answer(put, new Requester("server", List.of(PasswordFile.SERVER_GROUP)));
        assertThat(put.status()).isEqualTo(200);
        assertThat(credentials.passwords().authenticate("server", "fresh")).isPresent();
        assertThat(credentials.passwords().authenticate("node", "fresh")).isPresent();
        assertThat(credentials.passwords().authenticate("server", "s3cret")).isEmpty();
        assertThat(one.tree().get("server/token")).endsWith("::server:fresh\n");
        assertRefused(new TestServer(directory, "server-2"), "encrypted with different token");
        one.flag("token", "fresh").start(store);
        new TestServer(directory, "server-3").flag("token", "fresh").start(store);
        assertThat(store.range("/bootstrap/", "", 0, 0).entries()).hasSize(1);
        assertThat(store.range("k3s/server-config/", "", 0, 0).entries()).hasSize(1);
    }
}
