package io.k3j.embeddedregistry;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkit.ManualClock;
import io.k3j.testkitedge.FakeExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeEndpointTest {
    private static final String BUSYBOX = "library/busybox/";
    private static final String NS = "?ns=docker.io";
    private final TestCluster cluster = new TestCluster();
    @TempDir
    Path dir;
    private TestContent content;
    private TestNode node;

    @BeforeEach
    void begin() throws Exception {
        node = new TestNode(cluster, "a", dir, new ManualClock());
        cluster.members.add("b");
        content = new TestContent(dir, "layer");
        node.stored.add(content.image("docker.io/library/busybox:1"));
        node.step();
    }

    @AfterEach
    void end() throws IOException {
        node.close();
        cluster.close();
    }

    private FakeExchange ask(FakeExchange exchange) throws IOException {
        node.endpoint.serve(exchange);
        return exchange;
    }

    private FakeExchange get(String path) throws IOException {
        return ask(new FakeExchange("GET", path).certified(TestCluster.node("b")));
    }

    private int told(String caller, String body) throws IOException {
        return ask(new FakeExchange("POST", NodeEndpoint.ROOT).certified(TestCluster.node(caller))
                .body(body.getBytes(StandardCharsets.UTF_8))).status();
    }

    @Test
    void onlyNodesAreAnswered() throws IOException {
        String path = NodeEndpoint.BLOBS + BUSYBOX + "manifests/1" + NS;
        assertThat(get(path).status()).isEqualTo(200);
        assertThat(ask(new FakeExchange("GET", path)).status()).isEqualTo(401);
        for (FakeExchange stranger : List.of(
                new FakeExchange("GET", path).certified(TestCluster.certificate("admin", "system:masters")),
                new FakeExchange("GET", path).certified(TestCluster.certificate("system:node:b")),
                new FakeExchange("GET", path).certified(TestCluster.certificate("b", "system:nodes")),
                new FakeExchange("GET", path).basic("system:node:b", "x"))) {
            assertThat(ask(stranger).status()).isEqualTo(401);
            assertThat(stranger.answer()).contains("UNAUTHORIZED");
        }
    }

    @Test
    void theSameIsUnderTheUsualPath() throws IOException {
        assertThat(get("/v2/" + BUSYBOX + "manifests/1" + NS).answered())
                .containsEntry("docker-content-digest", content.index);
        assertThat(get("/v2/" + BUSYBOX + "blobs/" + content.layer + NS).answer()).isEqualTo("layer");
    }

    @Test
    void whatIsNotHereIsAskedOfNobody() throws IOException {
        assertThat(told("b", "{\"images\":[{\"name\":\"docker.io/library/other\",\"references\":[\"1\"]}]}"))
                .isEqualTo(204);
        cluster.requests.clear();
        FakeExchange other = get(NodeEndpoint.BLOBS + "library/other/manifests/1" + NS);
        assertThat(other.status()).isEqualTo(404);
        assertThat(other.answer()).isEqualTo("{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":"
                + "\"this node does not have it\"}]}");
        assertThat(cluster.requests).as("no request is passed on").isEmpty();
    }

    @Test
    void headsAndPartsOfBlobs() throws IOException {
        String path = NodeEndpoint.BLOBS + BUSYBOX + "blobs/" + content.layer + NS;
        FakeExchange head = ask(new FakeExchange("HEAD", path).certified(TestCluster.node("b")));
        assertThat(head.answered()).containsEntry("content-length", "5");
        assertThat(head.bytes()).isEmpty();
        FakeExchange part = ask(new FakeExchange("GET", path).with("range", "bytes=1-2")
                .certified(TestCluster.node("b")));
        assertThat(part.status()).isEqualTo(206);
        assertThat(part.answer()).isEqualTo("ay");
        FakeExchange behind = ask(new FakeExchange("GET", path).with("range", "bytes=5-")
                .certified(TestCluster.node("b")));
        assertThat(behind.status()).isEqualTo(416);
        assertThat(behind.answered()).containsEntry("content-range", "bytes */5");
    }

    @Test
    void aNodeSpeaksForItselfOnly() throws IOException {
        assertThat(told("b", "{\"images\":[{\"name\":\"docker.io/x\",\"node\":\"c\",\"references\":[\"1\"]}]}"))
                .isEqualTo(204);
        assertThat(get(NodeEndpoint.HOLDERS + "?image=docker.io/x&reference=1").answer())
                .isEqualTo("{\"nodes\":[\"b\"]}");
        assertThat(told("stranger", "{\"images\":[{\"name\":\"docker.io/x\",\"references\":[\"1\"]}]}"))
                .as("a node that does not share").isEqualTo(403);
        assertThat(node.table.holders("docker.io/x", "1")).containsExactly("b");
    }

    @Test
    void announcementsAreBounded() throws IOException {
        assertThat(told("b", "{\"images\":[{\"name\":\"" + "x".repeat(600) + "\",\"references\":[\"1\"]}]}"))
                .isEqualTo(413);
        assertThat(told("b", "{\"images\":[{\"name\":\"x\",\"references\":[\"" + "1".repeat(300) + "\"]}]}"))
                .isEqualTo(413);
        assertThat(told("b", "{\"images\":[{\"name\":\"x\",\"references\":[" + "\"1\",".repeat(10) + "\"\"]}]}"))
                .isEqualTo(413);
        String many = "{\"name\":\"x\",\"references\":[\"1\"]},".repeat(NodeEndpoint.MOST_IMAGES);
        assertThat(told("b", "{\"images\":[" + many + "{\"name\":\"y\",\"references\":[\"1\"]}]}")).isEqualTo(413);
        assertThat(told("b", "{\"images\":")).isEqualTo(400);
        assertThat(node.table.holders("y", "1")).isEmpty();
    }

    @Test
    void theNodesThatShareAreTold() throws IOException {
        assertThat(get(NodeEndpoint.ROOT).answer()).isEqualTo("a\nb\n");
        assertThat(get(NodeEndpoint.ROOT + "/other").status()).isEqualTo(404);
        assertThat(ask(new FakeExchange("PUT", NodeEndpoint.BLOBS + BUSYBOX + "manifests/1" + NS)
                .certified(TestCluster.node("b"))).status()).isEqualTo(404);
    }

    @Test
    void withoutRoomAnotherNodeIsToBeAsked() throws IOException {
        NodeEndpoint full = new NodeEndpoint(cluster.peers("a"), node.table, new ContentDirectory(dir),
                node::images, new Room(0, 0), Set.of("/v2"));
        FakeExchange asked = new FakeExchange("GET", "/v2/" + BUSYBOX + "manifests/1" + NS)
                .certified(TestCluster.node("b"));
        full.serve(asked);
        assertThat(asked.status()).isEqualTo(429);
        assertThat(asked.answer()).contains("TOOMANYREQUESTS");
    }

    @Test
    void oneNodeDoesNotTakeAllTheRoom() {
        Room room = new Room(3, 2);
        assertThat(room.enter("a")).isTrue();
        assertThat(room.enter("a")).isTrue();
        assertThat(room.enter("a")).isFalse();
        assertThat(room.enter("b")).isTrue();
        assertThat(room.enter("c")).isFalse();
        room.leave("a");
        assertThat(room.enter("c")).isTrue();
        assertThat(room.enter("a")).isFalse();
    }
}
