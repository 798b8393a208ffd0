package io.k3j.embeddedregistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.imageregistries.SharedRegistries;
import io.k3j.testkit.ManualClock;
import io.k3j.testkitedge.FakeExchange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharingTest {
    private static final String BUSYBOX = "library/busybox/";
    private static final String NS = "?ns=docker.io";
    private final ManualClock clock = new ManualClock();
    private final TestCluster cluster = new TestCluster();
    private final List<TestNode> nodes = new ArrayList<>();
    @TempDir
    Path dir;
    private TestContent content;

    @BeforeEach
    void begin() throws IOException {
        for (String name : List.of("a", "b", "c", "d", "e")) {
            nodes.add(new TestNode(cluster, name, dir.resolve(name), clock));
        }
        content = new TestContent(dir.resolve("a"), "layer");
        a().stored.add(content.image("docker.io/library/busybox:1"));
        a().stored.add(content.image("docker.io/library/busybox:latest"));
    }

    @AfterEach
    void end() throws IOException {
        nodes.forEach(TestNode::close);
        cluster.close();
    }

    private TestNode a() {
        return nodes.getFirst();
    }

    private TestNode b() {
        return nodes.get(1);
    }

    private void look() throws IOException, InterruptedException {
        for (TestNode node : nodes) {
            node.step();
        }
    }

    @Test
    void aNodePullsWhatAnotherHas() throws Exception {
        look();
        FakeExchange head = b().pull("HEAD", BUSYBOX + "manifests/1" + NS);
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.answered()).containsEntry("docker-content-digest", content.index)
                .containsEntry("content-type", TestContent.INDEX_TYPE).containsKey("content-length");
        assertThat(TestContent.digest(b().pull("GET", BUSYBOX + "manifests/" + content.index + NS).answer()))
                .isEqualTo(content.index);
        assertThat(TestContent.digest(b().pull("GET", BUSYBOX + "manifests/" + content.manifest + NS).answer()))
                .isEqualTo(content.manifest);
        cluster.requests.clear();
        assertThat(b().pull("GET", BUSYBOX + "blobs/" + content.layer + NS).answer()).isEqualTo("layer");
        assertThat(cluster.requests).as("who gave the manifest is asked at once")
                .containsExactly("b a GET /v1-k3s/p2p/v2/library/busybox/blobs/" + content.layer);
    }

    @Test
    void aBlobIsFoundWithoutItsManifest() throws Exception {
        look();
        assertThat(b().pull("GET", BUSYBOX + "blobs/" + content.layer + NS).answer()).isEqualTo("layer");
        assertThat(b().pull("GET", BUSYBOX + "blobs/" + content.layer + NS).answered())
                .doesNotContainKey("content-range");
        FakeExchange part = new FakeExchange("GET", SharedRegistries.MIRROR_PATH + "/" + BUSYBOX + "blobs/"
                + content.layer + NS).with("range", "bytes=2-").certified(TestCluster.node("b"));
        b().mirror.serve(part);
        assertThat(part.status()).isEqualTo(206);
        assertThat(part.answer()).isEqualTo("yer");
        assertThat(part.answered()).containsEntry("content-range", "bytes 2-4/5");
    }

    @Test
    void whatNobodyHasIsAnOciError() throws Exception {
        look();
        FakeExchange manifest = b().pull("GET", BUSYBOX + "manifests/2" + NS);
        assertThat(manifest.status()).isEqualTo(404);
        assertThat(manifest.answer()).startsWith("{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\"");
        assertThat(b().pull("GET", "library/other/blobs/" + content.layer + NS).answer()).contains("BLOB_UNKNOWN");
        assertThat(a().pull("GET", BUSYBOX + "manifests/1" + NS).status()).as("its own it does not ask itself for")
                .isEqualTo(404);
    }

    @Test
    void latestAndRegistriesWithoutAnEntryAreNotAskedForAtAll() throws Exception {
        look();
        cluster.requests.clear();
        assertThat(b().pull("GET", BUSYBOX + "manifests/latest" + NS).status()).isEqualTo(404);
        assertThat(b().pull("GET", BUSYBOX + "manifests/1?ns=quay.io").status()).isEqualTo(404);
        assertThat(b().pull("GET", BUSYBOX + "manifests/1").status()).isEqualTo(404);
        assertThat(b().pull("PUT", BUSYBOX + "manifests/1" + NS).status()).isEqualTo(404);
        assertThat(b().pull("GET", "../../x/manifests/1" + NS).status()).isEqualTo(404);
        assertThat(cluster.requests).isEmpty();
    }

    @Test
    void theMirrorIsForItsOwnNodeAlone() throws Exception {
        look();
        FakeExchange other = new FakeExchange("GET", SharedRegistries.MIRROR_PATH + "/" + BUSYBOX + "manifests/1" + NS)
                .certified(TestCluster.node("c"));
        b().mirror.serve(other);
        assertThat(other.status()).isEqualTo(403);
    }

    @Test
    void anotherNodeIsAskedWhereTheFirstFails() throws Exception {
        new TestContent(dir.resolve("c"), "layer");
        nodes.get(2).stored.add(content.image("docker.io/library/busybox:1"));
        look();
        b().pull("GET", BUSYBOX + "manifests/1" + NS);
        cluster.kill("a");
        assertThat(b().pull("GET", BUSYBOX + "blobs/" + content.layer + NS).answer()).isEqualTo("layer");
        cluster.instead.put("c", "HTTP/1.1 429 \r\ncontent-length: 0\r\n\r\n");
        assertThat(b().pull("GET", BUSYBOX + "blobs/" + content.layer + NS).status()).isEqualTo(404);
    }

    @Test
    void whoGivesSomethingElseIsNotBelievedAndLeftAlone() throws Exception {
        new TestContent(dir.resolve("c"), "layer");
        nodes.get(2).stored.add(content.image("docker.io/library/busybox:1"));
        look();
        b().pull("GET", BUSYBOX + "manifests/" + content.index + NS);
        String gave = cluster.requests.getLast().split(" ")[1];
        cluster.instead.put(gave, "HTTP/1.1 200 \r\ncontent-length: 5\r\n\r\nother");
        assertThatThrownBy(() -> b().pull("GET", BUSYBOX + "blobs/" + content.layer + NS)).hasMessage("broken off");
        cluster.requests.clear();
        assertThat(b().pull("GET", BUSYBOX + "blobs/" + content.layer + NS).answer()).isEqualTo("layer");
        assertThat(cluster.requests).as("not asked any more").noneMatch(r -> r.startsWith("b " + gave + " "));
    }

    @Test
    void aManifestThatIsAnotherOneIsAskedOfTheNextNode() throws Exception {
        new TestContent(dir.resolve("c"), "layer");
        nodes.get(2).stored.add(content.image("docker.io/library/busybox:1"));
        look();
        b().pull("GET", BUSYBOX + "manifests/" + content.index + NS);
        String gave = cluster.requests.getLast().split(" ")[1];
        cluster.instead.put(gave, "HTTP/1.1 200 \r\ncontent-length: 2\r\n\r\n{}");
        assertThat(TestContent.digest(b().pull("GET", BUSYBOX + "manifests/" + content.manifest + NS).answer()))
                .isEqualTo(content.manifest);
    }

    @Test
    void largeBlobsPassWhole() throws Exception {
        String large = "0123456789abcdef".repeat(20_000);
        TestContent more = new TestContent(dir.resolve("a"), large);
        a().stored.add(more.image("docker.io/library/large:1"));
        look();
        assertThat(b().pull("GET", "library/large/blobs/" + more.layer + NS).answer()).isEqualTo(large);
        TestContent none = new TestContent(dir.resolve("a"), "");
        a().stored.add(none.image("docker.io/library/empty:1"));
        look();
        assertThat(b().pull("GET", "library/empty/blobs/" + none.layer + NS).status()).isEqualTo(200);
    }

    @Test
    void twoOfThoseThatKnowMayBeAway() throws Exception {
        String repository = IntStream.range(0, 1_000).mapToObj(i -> "team/image-" + i)
                .filter(r -> Set.of("c", "d", "e")
                        .equals(Set.copyOf(new Rendezvous(cluster.members).of("docker.io/" + r))))
                .findFirst().orElseThrow();
        a().stored.add(content.image("docker.io/" + repository + ":1"));
        look();
        cluster.kill("c");
        cluster.kill("d");
        assertThat(b().pull("GET", repository + "/manifests/1" + NS).status()).isEqualTo(200);
        cluster.kill("e");
        assertThat(nodes.get(2).pull("GET", repository + "/manifests/1" + NS).status()).as("c knows it itself")
                .isEqualTo(200);
        assertThat(a().pull("GET", repository + "/manifests/1" + NS).status()).isEqualTo(404);
    }

    @Test
    void whatStaysIsNotToldAgainBeforeItsTime() throws Exception {
        look();
        cluster.requests.clear();
        look();
        assertThat(cluster.requests).isEmpty();
        clock.advance(Duration.ofMinutes(7));
        look();
        assertThat(cluster.requests).isNotEmpty().allMatch(r -> r.startsWith("a ") && r.endsWith("POST /v1-k3s/p2p"));
    }

    @Test
    void whatANodeHasNoMoreIsForgotten() throws Exception {
        look();
        a().stored.clear();
        look();
        assertThat(nodes).allMatch(n -> n.table.size() == 0);
        assertThat(b().pull("GET", BUSYBOX + "manifests/1" + NS).status()).isEqualTo(404);
    }

    @Test
    void whoeverCouldNotBeToldOrCameLaterIsTold() throws Exception {
        String known = new Rendezvous(cluster.members).of("docker.io/library/busybox").stream()
                .filter(n -> !n.equals("a")).findFirst().orElseThrow();
        cluster.instead.put(known, "HTTP/1.1 403 \r\ncontent-length: 0\r\n\r\n");
        look();
        TestNode one = nodes.stream().filter(n -> n.name.equals(known)).findFirst().orElseThrow();
        assertThat(one.table.size()).isZero();
        cluster.instead.clear();
        look();
        assertThat(one.table.size()).isEqualTo(4);
        for (int i = 0; i < 20; i++) {
            nodes.add(new TestNode(cluster, "later-" + i, dir.resolve("later-" + i), clock));
        }
        look();
        List<String> now = new Rendezvous(cluster.members).of("docker.io/library/busybox");
        assertThat(nodes.stream().filter(n -> now.contains(n.name))).allMatch(n -> n.table.size() == 4);
    }

    @Test
    void withoutAnEntryUnderMirrorsTheLogSaysOnceWhatToAdd() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                told.add(new SimpleFormatter().formatMessage(line));
            }

            @Override
            public void flush() {
                // keeps nothing
            }

            @Override
            public void close() {
                // holds nothing
            }
        };
        Logger log = Logger.getLogger("io.k3j.embeddedregistry");
        log.addHandler(handler);
        Path file = dir.resolve("a/registries.yaml");
        try {
            Files.writeString(file, "configs: {docker.io: {tls: {insecure_skip_verify: true}}}");
            look();
            look();
            assertThat(told.stream().filter(l -> l.contains(file.toString()))).singleElement().asString()
                    .startsWith("Sharing no images: --embedded-registry is on and mirrors of " + file
                            + " names no registry; add below mirrors")
                    .endsWith("as docker.io:, or \"*\": for all");
            assertThat(a().images().references()).isEmpty();
            Files.writeString(file, "mirrors: {'*': }");
            look();
            assertThat(told.getLast()).isEqualTo("Sharing images with the other nodes path=" + file);
            assertThat(a().images().references()).isNotEmpty();
        } finally {
            log.removeHandler(handler);
        }
    }
}
