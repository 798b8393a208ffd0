package io.k3j.embeddedregistry;

import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.Exchange;
import io.k3j.imageregistries.ImageRequest;
import io.k3j.imageregistries.RegistryAnswers;
import io.k3j.imageregistries.SharedRegistries;
import io.k3j.metricstext.MetricText;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/// What the node's own containerd asks before any registry: passes on what another node has, and says 404 to all else,
/// so that containerd goes on to the next endpoint. Only this node's certificate is answered.
final class MirrorEndpoint implements Endpoint {
    private static final System.Logger LOG = System.getLogger("io.k3j.embeddedregistry");
    private static final List<String> RETURNED = List.of("content-type", "content-length", "content-range",
            "docker-content-digest", "accept-ranges");
    private static final int OK = 200;
    private static final int PARTIAL = 206;
    private final String node;
    private final SharedRegistries registries;
    private final boolean latest;
    private final Holders holders;
    private final PeerClient client;
    private final Room room;
    private final LongAdder given = new LongAdder();
    private final LongAdder missed = new LongAdder();

    /// @param node the name of this one
    /// @param latest whether the tag `latest` is asked of other nodes
    // one parameter for each collaborator
    @SuppressWarnings("checkstyle:ParameterNumber")
    MirrorEndpoint(String node, SharedRegistries registries, boolean latest, Holders holders, PeerClient client,
            Room room) {
        this.node = node;
        this.registries = registries;
        this.latest = latest;
        this.holders = holders;
        this.client = client;
        this.room = room;
    }

    @Override
    public Set<String> prefixes() {
        return Set.of(SharedRegistries.MIRROR_PATH);
    }

    @Override
    public void serve(Exchange exchange) throws IOException {
        String path = exchange.path();
        boolean reads = exchange.method().equals("GET") || exchange.method().equals("HEAD");
        int root = SharedRegistries.MIRROR_PATH.length() + 1;
        Optional<ImageRequest> request = !reads || path.length() <= root ? Optional.empty()
                : ImageRequest.of(path.substring(root), exchange.query());
        if (!Callers.node(exchange).equals(Optional.of(node))) {
            RegistryAnswers.error(exchange, 403, "DENIED", "this is for containerd of this node");
        } else if (request.isEmpty() || !passed(request.get())) {
            RegistryAnswers.error(exchange, 404, "UNSUPPORTED",
                    "images of registries under mirrors of registries.yaml are "
                            + "asked of other nodes, nothing else");
        } else if (!room.enter(node)) {
            RegistryAnswers.error(exchange, 429, "TOOMANYREQUESTS", "too many at a time");
        } else {
            try {
                pass(exchange, request.get());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            } finally {
                room.leave(node);
            }
        }
    }

    private boolean passed(ImageRequest request) {
        boolean moves = request.manifest() && request.reference().equals(SharedImages.LATEST);
        return registries.shares(request.registry()) && (latest || !moves);
    }

    private void pass(Exchange exchange, ImageRequest request) throws IOException, InterruptedException {
        Set<String> asked = new LinkedHashSet<>();
        boolean done = attempt(exchange, request, holders.last(request), asked)
                || attempt(exchange, request, holders.find(request), asked);
        (done ? given : missed).increment();
        if (!done) {
            RegistryAnswers.error(exchange, 404, request.manifest() ? "MANIFEST_UNKNOWN" : "BLOB_UNKNOWN",
                    "no other node has it");
        }
    }

    private boolean attempt(Exchange exchange, ImageRequest request, List<String> nodes, Set<String> asked)
            throws IOException {
        for (String one : nodes) {
            if (asked.add(one) && attempt(exchange, request, one)) {
                return true;
            }
        }
        return false;
    }

    /// Whether this node had it. What fails before the answer has begun is a no.
    private boolean attempt(Exchange exchange, ImageRequest request, String one) throws IOException {
        Map<String, String> headers = new HashMap<>();
        exchange.header("range").filter(r -> BlobRange.of(Optional.of(r), Long.MAX_VALUE).isPresent())
                .ifPresent(r -> headers.put("range", r));
        PeerClient.Reply reply;
        try {
            reply = client.ask(one, new PeerClient.Request(exchange.method(), NodeEndpoint.BLOBS + request.target(),
                    headers, new byte[0]));
        } catch (IOException away) {
            return false;
        }
        try (reply) {
            int status = reply.head().status();
            Optional<InputStream> body = status == OK || status == PARTIAL
                    ? body(exchange, request, reply, one) : Optional.empty();
            if (body.isEmpty()) {
                return false;
            }
            holders.gave(request, one);
            Map<String, String> back = new HashMap<>();
            RETURNED.stream().filter(reply.head().headers()::containsKey)
                    .forEach(name -> back.put(name, reply.head().headers().getOrDefault(name, "")));
            exchange.onEnd(() -> {
                if (exchange.gone()) {
                    reply.close();
                }
            });
            RegistryAnswers.copy(body.get(), exchange.stream(status, back));
            return true;
        }
    }

    /// What is passed on, compared with its digest; of a manifest before anything is. Empty where the node fails.
    private Optional<InputStream> body(Exchange exchange, ImageRequest request, PeerClient.Reply reply, String one) {
        boolean whole = reply.head().status() == OK && exchange.method().equals("GET");
        try {
            InputStream body = whole && CheckedBody.checks(request.reference())
                    ? new CheckedBody(reply.body(), request.reference(), () -> distrust(request, one)) : reply.body();
            if (!request.manifest()) {
                return Optional.of(body);
            }
            byte[] manifest = body.readNBytes(ContentDirectory.MOST_MANIFEST_BYTES + 1);
            return manifest.length > ContentDirectory.MOST_MANIFEST_BYTES ? Optional.empty()
                    : Optional.of(new ByteArrayInputStream(manifest));
        } catch (IOException failed) {
            return Optional.empty();
        }
    }

    private void distrust(ImageRequest request, String one) {
        LOG.log(System.Logger.Level.WARNING, "Node gave another content than its digest says node={0} image={1} "
                + "reference={2}", one, request.name(), request.reference());
        client.distrust(one);
    }

    /// What was answered, in Prometheus' text form. Does not block.
    String metrics() {
        return new MetricText().family("k3j_embedded_registry_requests_total", MetricText.Type.COUNTER,
                "Requests of this node's containerd, by whether another node had what was asked for.")
                .value(given.sum(), "found", "true").value(missed.sum(), "found", "false").toString();
    }
}
