package io.k3j.aggregator;

import io.k3j.apiserverapi.Caller;
import io.k3j.edgeapi.ByteDuplex;
import io.k3j.kubeletclient.ResponseHead;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Asks the server behind an APIService for `/openapi/v2`, as upstream's `system:aggregator`. A document that is known
/// is not sent again: the server says so by its ETag, or its bytes are the same. Any thread; blocks, for a minute at
/// most.
final class OpenApiDownloads implements AutoCloseable {
    /// Of a download as a whole; upstream's.
    static final Duration LIMIT = Duration.ofMinutes(1);
    static final String PATH = "/openapi/v2";
    private static final Caller SELF = Caller.of("system:aggregator", List.of());
    /// Begins a tag that is none of a server.
    private static final String DIGEST = "sha-256:";
    /// Longer ones are not sent back.
    private static final int MOST_TAG = 256;
    private static final int NOT_MODIFIED = 304;
    private final BackendDialer backends;
    private final int mostBytes;
    private final Duration limit;
    private final Set<BackendConnections> under = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /// @param mostBytes of a document
    /// @param limit of a download
    OpenApiDownloads(BackendDialer backends, int mostBytes, Duration limit) {
        this.backends = backends;
        this.mostBytes = mostBytes;
        this.limit = limit;
    }

    /// What a server answers.
    sealed interface Answer {
    }

    /// Its document.
    /// @param tag by which it is known the next time
    record Document(byte[] body, String tag) implements Answer {
    }

    /// The document that is known.
    record Unchanged() implements Answer {
    }

    /// Asks.
    /// @param tag of the last document; empty for none
    /// @throws IOException for any other answer, 404 among them, and when there is none in time
    Answer ask(ApiService to, String tag) throws IOException {
        try (BackendConnections connections = new BackendConnections(limit)) {
            under.add(connections);
            try {
                if (closed) {
                    throw new IOException("context canceled");
                }
                return asked(to, tag, connections);
            } catch (IOException e) {
                throw connections.told(e);
            } finally {
                under.remove(connections);
            }
        }
    }

    private Answer asked(ApiService to, String tag, BackendConnections connections) throws IOException {
        String known = tag.startsWith("\"") || tag.startsWith("W/\"") ? tag : "";
        ByteDuplex back = backends.open(to, backends.endpoints().of(to), connections);
        OwnRequest request = OwnRequest.get(PATH, known);
        ResponseHead head = request.send(back, to, SELF);
        if (head.status() == NOT_MODIFIED && !known.isEmpty()) {
            return new Unchanged();
        }
        if (head.status() / 100 != 2) {
            throw new IOException("failed to retrieve openAPI spec, http error: " + head.status());
        }
        byte[] body = request.body(back, head, mostBytes);
        String now = tag(head.headers().getOrDefault("etag", ""), body);
        return now.startsWith(DIGEST) && now.equals(tag) ? new Unchanged() : new Document(body, now);
    }

    /// The server's own, or one of the bytes.
    private static String tag(String told, byte[] body) {
        boolean usable = (told.startsWith("\"") || told.startsWith("W/\"")) && told.length() <= MOST_TAG
                && told.chars().allMatch(c -> c > ' ' && c <= '~');
        return usable ? told : DIGEST + HexFormat.of().formatHex(digest(body));
    }

    private static byte[] digest(byte[] body) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(body);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Whether it was closed: what fails then says nothing about a server.
    boolean isClosed() {
        return closed;
    }

    /// Ends those under way; no more begin.
    @Override
    public void close() {
        closed = true;
        under.forEach(BackendConnections::cut);
    }
}
