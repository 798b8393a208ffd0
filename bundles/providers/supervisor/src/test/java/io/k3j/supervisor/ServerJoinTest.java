package io.k3j.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clusteragreement.ServerJoin;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.pki.ClusterToken;
import io.k3j.servercredentials.Credentials;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server joins another one over TLS, or is refused with a reason and has written nothing.
class ServerJoinTest {
    @TempDir
    private Path directory;
    private final MemoryDatastore store = new MemoryDatastore(true);
    private TestServer first;
    private Served served;
    private String token = "";

    @BeforeEach
    void start() throws Exception {
        first = new TestServer(directory, "server-1").flag("clusterInit", true).flag("agentToken", "agents");
        Credentials credentials = first.start(store);
        token = first.tree().get("server/token").strip();
        served = Served.of(first, credentials, store);
    }

    @AfterEach
    void stop() {
        served.close();
    }

    private TestServer joiner(String with) throws IOException {
        return new TestServer(directory, "server-2").flag("agentToken", "agents").flag("token", with).flag("server",
                served.address());
    }

    private static void join(TestServer joiner) throws IOException {
        new ServerJoin(joiner.layout, joiner.settings(), joiner.own().server(joiner.layout),
                joiner.own().configuration(joiner.layout)).join();
    }

    private void assertRefused(TestServer joiner, String... why) throws IOException {
        Map<String, String> tree = joiner.tree();
        assertThatThrownBy(() -> join(joiner)).isInstanceOf(IOException.class).message().contains(why);
        assertThat(joiner.tree()).isEqualTo(tree);
    }

    @Test
    void adoptsAuthoritiesAndKeys() throws Exception {
        TestServer joiner = joiner(token);
        join(joiner);
        for (String file : new String[] {"server/tls/server-ca.key", "server/tls/client-ca.key",
                "server/tls/etcd/peer-ca.key", "server/tls/service.key", "server/cred/passwd"}) {
            assertThat(joiner.tree().get(file)).as(file).isEqualTo(first.tree().get(file)).isNotNull();
        }
        joiner.start(store);
        assertThat(joiner.tree()).containsEntry("server/token", token + "\n");
    }

    @Test
    void joinsWithABarePassword() throws Exception {
        join(joiner("s3cret"));
    }

    @Test
    void refusesAnotherAuthoritysHashBeforeItSendsTheToken() throws Exception {
        String hash = ClusterToken.parse(token).caHash().orElseThrow();
        String wrong = token.replace(hash, hash.replace(hash.charAt(0), hash.charAt(0) == '0' ? '1' : '0'));
        assertRefused(joiner(wrong), "token CA hash does not match the Cluster CA certificate hash: ", " != " + hash);
        assertRefused(joiner("K10abc::server:s3cret"), "invalid token CA hash length");
    }

    @Test
    void refusesAWrongTokenAndAnAgentsToken() throws Exception {
        assertRefused(joiner("wrong"), "does not accept the token");
        String hash = ClusterToken.parse(token).caHash().orElseThrow();
        assertRefused(joiner("K10" + hash + "::node:agents"), "the token is not a server token");
    }

    @Test
    void showsWhereTheFlagsDiffer() throws Exception {
        assertRefused(joiner(token).flag("disable", new String[] {"servicelb"}).flag("clusterDomain", "example.org"),
                "--disable", "servicelb", "--cluster-domain", "example.org", "cluster.local",
                "critical configuration value mismatch between servers");
        assertRefused(joiner(token).without("agentToken"), "--agent-token", "(none)");
    }

    @Test
    void reportsWhatIsWrongWithAnAddress() throws Exception {
        assertRefused(joiner(token).flag("server", "http://127.0.0.1:1"), "only https:// URLs are supported");
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        assertRefused(joiner(token).flag("server", "https://127.0.0.1:" + port),
                "cannot reach https://127.0.0.1:" + port);
        served.empty();
        assertRefused(joiner(token), "failed to get CA certs", "is a K3s server listening there?");
    }

    @Test
    void refusesANameThatIsAnEtcdMember() throws Exception {
        served.members("{\"members\":[{\"ID\":18446744073709551615,\"name\":\"server-2-0a1b2c3d\","
                + "\"peerURLs\":[\"https://192.0.2.7:2380\"]}]}");
        assertRefused(joiner(token), "duplicate node name found, please use a unique name for this node",
                "server-2-0a1b2c3d at https://192.0.2.7:2380", "--node-name", "k3s kubectl delete node server-2");
        join(joiner(token).flag("nodeName", "server"));
    }
}
