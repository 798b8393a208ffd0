package io.k3j.embeddedregistry;

import io.k3j.imageregistries.SharedRegistries;
import io.k3j.testkit.ManualClock;
import io.k3j.testkitedge.FakeExchange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/// All of one node but its sockets: what it has, what it tells, what its containerd is answered.
final class TestNode implements AutoCloseable {
    final String name;
    final List<ContainerdImages.Stored> stored = new CopyOnWriteArrayList<>();
    final HolderTable table;
    final PeerClient client;
    final NodeEndpoint endpoint;
    final MirrorEndpoint mirror;
    private final Holders holders;
    private final Announcements announcements;
    private final Sharing sharing;

    TestNode(TestCluster cluster, String name, Path root, ManualClock clock) throws IOException {
        this.name = name;
        Path file = Files.writeString(Files.createDirectories(root).resolve("registries.yaml"),
                "mirrors: {docker.io: }");
        SharedRegistries registries = new SharedRegistries(file);
        ContentDirectory content = new ContentDirectory(root);
        PeerSet peers = cluster.peers(name);
        table = new HolderTable(clock);
        client = new PeerClient(peers, clock, Duration.ofMinutes(5));
        holders = new Holders(name, peers, client, table, Duration.ofMinutes(5));
        announcements = new Announcements(name, peers, client, table);
        sharing = new Sharing(file, registries, () -> List.copyOf(stored), content, false, clock, new Random(1));
        endpoint = new NodeEndpoint(peers, table, content, sharing::images, new Room(4, 2),
                Set.of(NodeEndpoint.ROOT));
        mirror = new MirrorEndpoint(name, registries, false, holders, client, new Room(4, 4));
        cluster.add(name, endpoint);
    }

    /// What it gives.
    SharedImages images() {
        return sharing.images();
    }

    /// Looks once at what it has, and tells.
    void step() throws IOException, InterruptedException {
        sharing.step(announcements::tell);
    }

    /// What its containerd is answered.
    FakeExchange pull(String method, String target) throws IOException {
        FakeExchange exchange = new FakeExchange(method, SharedRegistries.MIRROR_PATH + "/" + target)
                .certified(TestCluster.node(name));
        mirror.serve(exchange);
        return exchange;
    }

    @Override
    public void close() {
        client.close();
        holders.close();
        announcements.close();
    }
}
