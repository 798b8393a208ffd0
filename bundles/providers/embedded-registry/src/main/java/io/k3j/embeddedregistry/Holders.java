package io.k3j.embeddedregistry;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.componentbase.Termination;
import io.k3j.imageregistries.ImageRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// Finds out which other nodes have an image: asks those that rendezvous hashing names for it, all at once. Who gave
/// something of an image last is asked first for the rest of it. Any thread.
final class Holders implements AutoCloseable {
    /// How many nodes are tried for one request.
    static final int MOST = 6;
    private static final Duration STOP = Duration.ofSeconds(2);
    /// How long the nodes' answers are waited for.
    static final Duration LIMIT = Duration.ofSeconds(4);
    private static final int MOST_ANSWER_BYTES = 16 << 10;
    private static final int MOST_REMEMBERED = 256;
    private static final int OK = 200;
    private final String node;
    private final PeerSet peers;
    private final PeerClient client;
    private final HolderTable table;
    private final Duration limit;
    private final ExecutorService asking = Executors
            .newThreadPerTaskExecutor(Thread.ofVirtual().name("embedded-registry-asks-", 0).factory());
    private final Map<String, String> gave = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    /// @param node the name of this one
    /// @param table this node's own part
    /// @param limit how long [#find] waits for answers
    Holders(String node, PeerSet peers, PeerClient client, HolderTable table, Duration limit) {
        this.node = node;
        this.peers = peers;
        this.client = client;
        this.table = table;
        this.limit = limit;
    }

    /// Who gave something of this image last; empty when nobody did.
    synchronized List<String> last(ImageRequest request) {
        String before = gave.get(request.name());
        return before == null || !peers.names().contains(before) ? List.of() : List.of(before);
    }

    /// It gave something of this image.
    synchronized void gave(ImageRequest request, String holder) {
        gave.remove(request.name());
        gave.put(request.name(), holder);
    }

    /// Other nodes that say to have it, six at most. Whoever has the manifest has the blobs, too: these are not told.
    /// Blocks for the limit at most.
    List<String> find(ImageRequest request) throws InterruptedException {
        Set<String> members = peers.names();
        String reference = request.manifest() ? request.reference() : HolderTable.ANY;
        List<Callable<List<String>>> questions = new ArrayList<>();
        new Rendezvous(members).of(request.name())
                .forEach(one -> questions.add(() -> ask(one, request.name(), reference)));
        Set<String> all = new LinkedHashSet<>();
        for (Future<List<String>> answer : asking.invokeAll(questions, limit.toMillis(), TimeUnit.MILLISECONDS)) {
            try {
                all.addAll(answer.get());
            } catch (ExecutionException | CancellationException away) {
                // another of them knows it, too
            }
        }
        return all.stream().filter(h -> members.contains(h) && !h.equals(node)).limit(MOST).toList();
    }

    private List<String> ask(String one, String image, String reference) throws IOException {
        if (one.equals(node)) {
            return table.holders(image, reference);
        }
        String target = NodeEndpoint.HOLDERS + "?image=" + image + "&reference=" + reference;
        try (PeerClient.Reply reply = client.ask(one, PeerClient.Request.get(target))) {
            byte[] body = reply.body().readNBytes(MOST_ANSWER_BYTES);
            return reply.head().status() == OK ? Json.object(body).seq("nodes").texts() : List.of();
        } catch (MalformedInput e) {
            throw new IOException(one + " answers what cannot be read", e);
        }
    }

    @Override
    public void close() {
        Termination.of(asking, "embedded-registry-asks", STOP);
    }
}
