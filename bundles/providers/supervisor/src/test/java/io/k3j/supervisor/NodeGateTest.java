package io.k3j.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.pki.PasswordFile;
import io.k3j.supervisorrequests.Refusal;
import io.k3j.supervisorrequests.Requester;
import io.k3j.testkitedge.FakeExchange;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node that runs keeps its name when its Secret is gone: its kubelet makes a Node again that somebody has deleted,
/// and the Secret went with the old one.
class NodeGateTest {
    private static final Requester TOKEN = new Requester("node", List.of(PasswordFile.AGENT_GROUP));
    private static final Requester NODE = new Requester("system:node:n", List.of("system:nodes"));
    private static final String SECRET = "kube-system/n.node-password.k3s";
    private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");

    private final FakeApi api = new FakeApi();
    private final NodeSecrets secrets = new NodeSecrets(new SecureRandom(), InstantSource.fixed(NOW));
    private final Set<String> tunnelled = new HashSet<>();
    private NodeGate gate;

    @BeforeEach
    void start(@TempDir Path directory) {
        secrets.apiAvailable(api.client());
        gate = new NodeGate("server", directory.resolve("password"), secrets, false, tunnelled::contains);
        api.put(Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata", Struct.of("name", "n", "uid", "u"))));
    }

    @AfterEach
    void close() {
        secrets.close();
    }

    private void renewLease(Instant at) {
        api.put(Obj.of(Struct.of("apiVersion", "coordination.k8s.io/v1", "kind", "Lease", "metadata",
                Struct.of("name", "n", "namespace", "kube-node-lease"), "spec",
                Struct.of("holderIdentity", "n", "leaseDurationSeconds", 40, "renewTime", at.toString()))));
    }

    private String admit(Requester requester, String password) throws Refusal {
        return gate.admit(new FakeExchange("POST", "/v1-k3s/client-kubelet.crt").with("k3s-node-name", "n")
                .with("k3s-node-password", password), requester);
    }

    @Test
    void isNotClaimedByATokenAlone() {
        renewLease(NOW.minusSeconds(9));
        assertThatThrownBy(() -> admit(TOKEN, "a stranger's"))
                .isInstanceOfSatisfying(Refusal.class, refused -> assertThat(refused.code()).isEqualTo(403))
                .hasMessageContaining(SECRET).hasMessageContaining("another --node-name");
        assertThat(api.created()).doesNotContain(SECRET);
    }

    /// The Node was deleted a moment ago, and the kubelet has not made it again yet.
    @Test
    void isNotClaimedWhileItsTunnelIsOpen() throws Exception {
        api.remove("", "n");
        tunnelled.add("n");
        assertThatThrownBy(() -> admit(TOKEN, "a stranger's")).isInstanceOfSatisfying(Refusal.class,
                refused -> assertThat(refused.code()).isEqualTo(403));
        assertThat(api.created()).doesNotContain(SECRET);
        tunnelled.clear();
        assertThat(admit(TOKEN, "another's")).isEqualTo("n");
        tunnelled.add("n");
        assertThat(admit(TOKEN, "another's")).as("its Secret is there").isEqualTo("n");
    }

    @Test
    void presentsItsPasswordAgainByItsCertificate() throws Exception {
        renewLease(NOW.minusSeconds(9));
        assertThat(admit(NODE, "mine")).isEqualTo("n");
        assertThat(api.created()).contains(SECRET);
        assertThat(admit(TOKEN, "mine")).isEqualTo("n");
    }

    /// On a server without an API: whose check would be pushed out is not admitted unchecked.
    @Test
    void isNotAdmittedWhereTooManyNamesWaitToBeChecked(@TempDir Path directory) throws Exception {
        NodeSecrets alone = new NodeSecrets(new SecureRandom(), InstantSource.fixed(NOW));
        gate = new NodeGate("server", directory.resolve("password"), alone, true, tunnelled::contains);
        assertThat(admit(TOKEN, "mine")).isEqualTo("n");
        int invented = 1;
        while (alone.claimLater("invented-" + invented, "x", "127.0.0.1")) {
            invented++;
        }
        assertThat(invented).isEqualTo(DeferredChecks.MOST_CLAIMS_OF_ONE);
        assertThat(admit(TOKEN, "mine")).as("it waits already").isEqualTo("n");
        assertThatThrownBy(() -> admit(TOKEN, "another's")).isInstanceOfSatisfying(Refusal.class,
                refused -> assertThat(refused.code()).isEqualTo(503));
        assertThat(alone.claimLater("b", "x", "192.0.2.2")).as("from another address").isTrue();
        api.remove("", "n");
        alone.apiAvailable(api.client());
        api.await(SECRET);
        alone.close();
    }

    @Test
    void givesItsNameAwayWhenItHasStopped() throws Exception {
        renewLease(NOW.minusSeconds(60));
        assertThat(admit(TOKEN, "another's")).isEqualTo("n");
    }
}
