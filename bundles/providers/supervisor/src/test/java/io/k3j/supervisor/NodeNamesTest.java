package io.k3j.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clusteragreement.Members;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.servercredentials.ServerNames;
import io.k3j.supervisorrequests.Refusal;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whoever has the agents' token asks one server for a certificate that would be good for another.
class NodeNamesTest {
    private static final String CONTROL_PLANE = "node-role.kubernetes.io/control-plane";
    private final MemoryDatastore store = new MemoryDatastore(true);
    private final FakeApi api = new FakeApi();
    private final NodeSecrets secrets = new NodeSecrets(new SecureRandom());
    private final NodeNames names = new NodeNames(new ServerNames(Given.settings(Path.of("/d"), "nodeName", "server-1",
            "tlsSan", new String[] {"K3s.example.com", "198.51.100.100", "*.example.org"})),
            new OtherServers(secrets, () -> store), secrets);

    @AfterEach
    void close() {
        store.close();
    }

    private void begin() throws Exception {
        secrets.apiAvailable(api.client());
        api.put(Obj.of(Struct.of("apiVersion", "discovery.k8s.io/v1", "kind", "EndpointSlice", "metadata",
                Struct.of("name", "kubernetes", "namespace", "default"), "endpoints",
                Seq.of(Struct.of("addresses", Seq.of("192.0.2.7")), Struct.of("addresses", Seq.of("192.0.2.8"))))));
        node("server-2", CONTROL_PLANE, "192.0.2.8", "203.0.113.8");
        node("node-9", "tier", "198.51.100.9");
        new Members(store, "server-3", new Members.Kind(false, "192.0.2.9:6443",
                List.of("192.0.2.9", "api.example.com")), InstantSource.system()).seen();
    }

    private void node(String name, String label, String... addresses) {
        api.put(Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", name, "labels", Struct.of(label, "true")), "status", Struct.of("addresses",
                        Seq.copyOf(List.of(addresses).stream()
                                .map(a -> Struct.of("type", "InternalIP", "address", a)).toList())))));
    }

    private List<String> addresses(String node, String... given) throws Refusal {
        return names.ofKubelet(node, List.of(given)).addresses().stream().filter(a -> !a.isLoopbackAddress())
                .map(InetAddress::getHostAddress).toList();
    }

    @Test
    void aKubeletIsKnownByNoAddressOfAnyServer() throws Exception {
        begin();
        assertThat(addresses("node-4", "192.0.2.7", "192.0.2.8", "203.0.113.8", "192.0.2.9", "198.51.100.100",
                "198.51.100.4")).containsExactly("198.51.100.4");
        assertThat(addresses("node-4", "198.51.100.9")).as("no server's").containsExactly("198.51.100.9");
    }

    /// One of K3s, whose API servers compare addresses.
    @Test
    void aServersKubeletIsKnownByItsOwn() throws Exception {
        begin();
        assertThat(addresses("server-2", "192.0.2.8", "192.0.2.9")).containsExactly("192.0.2.8");
        assertThat(addresses("server-1", "192.0.2.7")).containsExactly("192.0.2.7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"k3s.example.com", "api.example.com", "198.51.100.100", "192.0.2.8"})
    void noNewNodeIsCalledAsClientsLookForAServer(String node) throws Exception {
        begin();
        assertThatThrownBy(() -> names.check(node)).isInstanceOfSatisfying(Refusal.class,
                refusal -> assertThat(refusal.code()).isEqualTo(400)).hasMessageContaining("--node-name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"server-1", "node-4", "n.example.com", "n.example.org", "198.51.100.4"})
    void othersMay(String node) throws Exception {
        begin();
        assertThatCode(() -> names.check(node)).doesNotThrowAnyException();
    }

    /// As other servers' nodes that `--tls-san` names.
    @Test
    void aNodeThatHasJoinedKeepsItsNameByItsPassword() throws Exception {
        begin();
        secrets.ensure("k3s.example.com", "its own");
        assertThatCode(() -> names.check("k3s.example.com")).doesNotThrowAnyException();
    }

    /// One without an API server joins as agents do, and may be named by `--tls-san` of all.
    @Test
    void aServersNodeThatJoinsThroughAnotherHasTheServersName() throws Exception {
        begin();
        new Members(store, "api.example.com", new Members.Kind(true, ""), InstantSource.system()).seen();
        assertThatCode(() -> names.check("api.example.com")).doesNotThrowAnyException();
    }

    @Test
    void theNameOfAServerWithoutANodeIsNoNodes() throws Exception {
        begin();
        NodeNames agentless = new NodeNames(new ServerNames(Given.settings(Path.of("/d"), "nodeName", "server-1",
                "disableAgent", true)), new OtherServers(secrets, () -> store), secrets);
        assertThatThrownBy(() -> agentless.check("server-1")).hasMessageContaining("--disable-agent");
        assertThat(agentless.ofKubelet("server-1", List.of("192.0.2.7", "198.51.100.4")).addresses())
                .doesNotContain(InetAddress.ofLiteral("192.0.2.7")).contains(InetAddress.ofLiteral("198.51.100.4"));
    }

    /// A server that has the API on others admits nodes before it is there.
    @Test
    void withoutTheApiAServersNameWaits() throws Exception {
        new Members(store, "server-3", new Members.Kind(false, "", List.of("192.0.2.9")), InstantSource.system())
                .seen();
        assertThatThrownBy(() -> names.check("k3s.example.com")).isInstanceOfSatisfying(Refusal.class,
                refusal -> assertThat(refusal.code()).isEqualTo(503));
        assertThatCode(() -> names.check("node-4")).doesNotThrowAnyException();
        assertThat(addresses("node-4", "192.0.2.9", "198.51.100.4")).containsExactly("198.51.100.4");
    }

    @Test
    void nothingIsSignedWhileTheServersCannotBeTold() throws Exception {
        begin();
        api.overload();
        assertThatThrownBy(() -> addresses("node-4", "192.0.2.8")).isInstanceOfSatisfying(Refusal.class,
                refusal -> assertThat(refusal.code()).isEqualTo(503));
        assertThat(addresses("server-1", "192.0.2.7")).containsExactly("192.0.2.7");
    }
}
