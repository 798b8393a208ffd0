package io.k3j.embeddedregistry;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.Exchange;
import io.k3j.imageregistries.ImageRequest;
import io.k3j.imageregistries.RegistryAnswers;
import io.k3j.kubeletclient.BoundedInput;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/// What a node says to the others of its cluster, and to nobody else.
///
/// | request | answer |
/// |---|---|
/// | `GET`, `HEAD` `/v2/NAME/manifests\|blobs/REFERENCE?ns=REGISTRY` | from this node's containerd alone: nobody else is asked, so that no request goes round in a circle |
/// | `POST /v1-k3s/p2p` | takes what the caller has, for itself only |
/// | `GET /v1-k3s/p2p/holders?image=…&reference=…` | who has an image, as far as this node was told |
/// | `GET /v1-k3s/p2p` | the nodes that share, a line each |
///
/// On the kubelet's port `/v2` is [#BLOBS]: there it belongs to the node's own containerd.
final class NodeEndpoint implements Endpoint {
    static final String ROOT = "/v1-k3s/p2p";
    static final String HOLDERS = ROOT + "/holders";
    static final String BLOBS = ROOT + "/v2/";
    /// Images in one announcement.
    static final int MOST_IMAGES = 50;
    /// References of one image.
    static final int MOST_REFERENCES = 100;
    private static final int MOST_BYTES = 512 << 10;
    private static final int MOST_ANNOUNCEMENTS = 8;
    private static final int MOST_NAME = 511;
    private static final String REGISTRY = "/v2/";
    private static final Map<String, String> JSON = Map.of("content-type", "application/json");
    private static final Map<String, String> TEXT = Map.of("content-type", "text/plain; charset=utf-8");
    private final PeerSet peers;
    private final HolderTable table;
    private final ContentDirectory content;
    private final Supplier<SharedImages> images;
    private final Room room;
    private final Room announcing = new Room(MOST_ANNOUNCEMENTS, 1);
    private final Set<String> prefixes;

    /// @param images what this node gives, asked for each request
    /// @param prefixes which paths of a port are its
    // one parameter for each collaborator
    @SuppressWarnings("checkstyle:ParameterNumber")
    NodeEndpoint(PeerSet peers, HolderTable table, ContentDirectory content, Supplier<SharedImages> images, Room room,
            Set<String> prefixes) {
        this.peers = peers;
        this.table = table;
        this.content = content;
        this.images = images;
        this.room = room;
        this.prefixes = Set.copyOf(prefixes);
    }

    @Override
    public Set<String> prefixes() {
        return prefixes;
    }

    @Override
    public void serve(Exchange exchange) throws IOException {
        Optional<String> caller = Callers.node(exchange);
        if (caller.isEmpty()) {
            RegistryAnswers.error(exchange, 401, "UNAUTHORIZED",
                    "nodes of this cluster are answered here, by their kubelets' "
                            + "client certificate");
            return;
        }
        String path = exchange.path();
        String method = exchange.method();
        boolean reads = method.equals("GET") || method.equals("HEAD");
        if (path.startsWith(BLOBS) && reads) {
            give(exchange, caller.get(), path.substring(BLOBS.length()));
        } else if (path.startsWith(REGISTRY) && reads) {
            give(exchange, caller.get(), path.substring(REGISTRY.length()));
        } else if (path.equals(HOLDERS) && reads) {
            tellHolders(exchange);
        } else if (path.equals(ROOT) && reads) {
            String all = String.join("\n", new TreeSet<>(peers.names()));
            exchange.respond(200, TEXT, (all + "\n").getBytes(StandardCharsets.UTF_8));
        } else if (path.equals(ROOT) && method.equals("POST")) {
            take(exchange, caller.get());
        } else {
            RegistryAnswers.error(exchange, 404, "UNSUPPORTED", "manifests and blobs are read here, nothing else");
        }
    }

    private void give(Exchange exchange, String caller, String path) throws IOException {
        Optional<ImageRequest> request = ImageRequest.of(path, exchange.query());
        Optional<Descriptor> found = request.flatMap(images.get()::find);
        if (found.isEmpty()) {
            boolean manifest = request.map(ImageRequest::manifest).orElse(true);
            RegistryAnswers.error(exchange, 404, manifest ? "MANIFEST_UNKNOWN" : "BLOB_UNKNOWN",
                    "this node does not have it");
        } else if (!room.enter(caller)) {
            RegistryAnswers.error(exchange, 429, "TOOMANYREQUESTS", "this node gives as much as it can; ask another");
        } else {
            try {
                send(exchange, found.get());
            } finally {
                room.leave(caller);
            }
        }
    }

    private void send(Exchange exchange, Descriptor what) throws IOException {
        try (SeekableByteChannel file = content.open(what.digest())) {
            long size = file.size();
            Optional<BlobRange> range = BlobRange.of(exchange.header("range"), size);
            Map<String, String> headers = new HashMap<>(Map.of("content-type", what.mediaType(),
                    "docker-content-digest", what.digest(), "accept-ranges", "bytes"));
            range.ifPresent(r -> headers.put("content-range", r.header(size)));
            if (range.isPresent() && range.get().length() == 0) {
                exchange.respond(416, headers);
                return;
            }
            long from = range.map(BlobRange::from).orElse(0L);
            long length = range.map(BlobRange::length).orElse(size);
            headers.put("content-length", Long.toString(length));
            file.position(from);
            InputStream body = exchange.method().equals("HEAD") ? InputStream.nullInputStream()
                    : new BoundedInput(Channels.newInputStream(file), length);
            RegistryAnswers.copy(body, exchange.stream(range.isPresent() ? 206 : 200, headers));
        }
    }

    private void tellHolders(Exchange exchange) throws IOException {
        Map<String, String> asked = new HashMap<>();
        for (String pair : exchange.query().split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                asked.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
        exchange.respond(200, JSON,
                Json.bytes(Struct.of("nodes", Seq.copyOf(table.holders(asked.getOrDefault("image", ""),
                        asked.getOrDefault("reference", ""))))));
    }

    private void take(Exchange exchange, String caller) throws IOException {
        if (!peers.names().contains(caller)) {
            RegistryAnswers.error(exchange, 403, "DENIED",
                    "node " + caller + " shares no images: its Node has no label "
                            + NodePeers.LABEL);
        } else if (!announcing.enter(caller)) {
            RegistryAnswers.error(exchange, 429, "TOOMANYREQUESTS", "tell it later");
        } else {
            try {
                keep(exchange, caller);
            } finally {
                announcing.leave(caller);
            }
        }
    }

    private void keep(Exchange exchange, String caller) throws IOException {
        try {
            Seq told = Json.object(exchange.body(MOST_BYTES)).seq("images");
            boolean all = told.size() <= MOST_IMAGES;
            for (Struct image : told.structs().stream().limit(MOST_IMAGES).toList()) {
                all &= keep(caller, image);
            }
            if (all) {
                exchange.respond(204, Map.of());
            } else {
                RegistryAnswers.error(exchange, 413, "SIZE_INVALID", "more than this node keeps of one other");
            }
        } catch (MalformedInput e) {
            RegistryAnswers.error(exchange, 400, "UNSUPPORTED",
                    "{\"images\":[{\"name\":\"…\",\"references\":[\"…\"]}]} "
                            + "is expected");
        }
    }

    private boolean keep(String caller, Struct image) {
        String name = image.text("name");
        Set<String> references = new LinkedHashSet<>(image.seq("references").texts());
        boolean fits = !name.isEmpty() && name.length() <= MOST_NAME && references.size() <= MOST_REFERENCES
                && references.stream().allMatch(r -> !r.isEmpty() && r.length() <= MOST_NAME / 2);
        return fits && table.tell(caller, name, references);
    }
}
