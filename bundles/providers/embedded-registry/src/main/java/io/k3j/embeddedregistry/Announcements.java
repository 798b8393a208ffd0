package io.k3j.embeddedregistry;

import io.k3j.codec.Json;
import io.k3j.componentbase.Termination;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// Tells the nodes that rendezvous hashing names what this node has of an image: what has changed, also because nodes
/// came or went, and again whoever could not be told. One thread.
final class Announcements implements AutoCloseable {
    /// Nodes that are told at once.
    private static final int AT_ONCE = 8;
    private static final long LIMIT_SECONDS = 120;
    private static final Duration STOP = Duration.ofSeconds(2);
    private static final System.Logger LOG = System.getLogger("io.k3j.embeddedregistry");
    private static final int NO_CONTENT = 204;
    private final String node;
    private final PeerSet peers;
    private final PeerClient client;
    private final HolderTable table;
    private final ExecutorService telling = Executors.newFixedThreadPool(AT_ONCE,
            Thread.ofVirtual().name("embedded-registry-tells-", 0).factory());
    /// References by node and image, as they were taken.
    private final Map<String, Map<String, Set<String>>> told = new HashMap<>();
    private Set<String> members = Set.of();
    private Map<String, Set<String>> last = Map.of();
    private boolean owing;

    /// @param node the name of this one
    /// @param table this node's own part
    Announcements(String node, PeerSet peers, PeerClient client, HolderTable table) {
        this.node = node;
        this.peers = peers;
        this.client = client;
        this.table = table;
    }

    /// Blocks for two minutes at most.
    ///
    /// @param images references by image: all that this node has
    /// @param everything whether also what was told before is told
    void tell(Map<String, Set<String>> images, boolean everything) throws InterruptedException {
        Set<String> now = peers.names();
        if (!everything && !owing && now.equals(members) && images.equals(last)) {
            return;
        }
        members = now;
        last = images;
        Map<String, Map<String, Set<String>>> wanted = wanted(images, now);
        told.keySet().retainAll(now);
        told.keySet().forEach(one -> wanted.computeIfAbsent(one, _ -> new TreeMap<>()));
        Map<String, Callable<Boolean>> tasks = new TreeMap<>();
        wanted.forEach((one, its) -> {
            Map<String, Set<String>> news = news(told.getOrDefault(one, Map.of()), its, everything);
            if (!news.isEmpty()) {
                tasks.put(one, () -> tell(one, news));
            }
        });
        owing = false;
        List<String> names = List.copyOf(tasks.keySet());
        List<Future<Boolean>> done = telling.invokeAll(names.stream().map(tasks::get).toList(), LIMIT_SECONDS,
                TimeUnit.SECONDS);
        for (int i = 0; i < names.size(); i++) {
            if (taken(done.get(i))) {
                told.put(names.get(i), wanted.getOrDefault(names.get(i), Map.of()));
            } else {
                told.remove(names.get(i));
                owing = true;
            }
        }
    }

    private static Map<String, Map<String, Set<String>>> wanted(Map<String, Set<String>> images, Set<String> members) {
        Map<String, Map<String, Set<String>>> all = new TreeMap<>();
        Rendezvous rendezvous = new Rendezvous(members);
        images.forEach((image, references) -> rendezvous.of(image)
                .forEach(one -> all.computeIfAbsent(one, _ -> new TreeMap<>()).put(image, references)));
        return all;
    }

    private static Map<String, Set<String>> news(Map<String, Set<String>> before, Map<String, Set<String>> after,
            boolean everything) {
        Map<String, Set<String>> news = new TreeMap<>(after);
        if (!everything) {
            news.entrySet().removeIf(e -> e.getValue().equals(before.get(e.getKey())));
        }
        before.keySet().stream().filter(image -> !after.containsKey(image))
                .forEach(image -> news.put(image, Set.of()));
        return news;
    }

    private static boolean taken(Future<Boolean> answer) throws InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException | CancellationException failed) {
            return false;
        }
    }

    private boolean tell(String one, Map<String, Set<String>> images) throws IOException {
        if (one.equals(node)) {
            images.forEach((image, references) -> table.tell(node, image, references));
            return true;
        }
        for (byte[] body : batches(images)) {
            try (PeerClient.Reply reply = client.ask(one, new PeerClient.Request("POST", NodeEndpoint.ROOT,
                    Map.of("content-type", "application/json"), body))) {
                if (reply.head().status() != NO_CONTENT) {
                    LOG.log(System.Logger.Level.DEBUG, "Node takes no announcement node={0} code={1}", one,
                            reply.head().status());
                    return false;
                }
            }
        }
        return true;
    }

    private static List<byte[]> batches(Map<String, Set<String>> images) {
        List<byte[]> all = new ArrayList<>();
        List<Struct> some = new ArrayList<>();
        images.forEach((image, references) -> {
            some.add(Struct.of("name", image, "references", Seq.copyOf(references.stream()
                    .limit(NodeEndpoint.MOST_REFERENCES).toList())));
            if (some.size() == NodeEndpoint.MOST_IMAGES) {
                all.add(Json.bytes(Struct.of("images", Seq.copyOf(some))));
                some.clear();
            }
        });
        if (!some.isEmpty()) {
            all.add(Json.bytes(Struct.of("images", Seq.copyOf(some))));
        }
        return all;
    }

    @Override
    public void close() {
        Termination.of(telling, "embedded-registry-tells", STOP);
    }
}
