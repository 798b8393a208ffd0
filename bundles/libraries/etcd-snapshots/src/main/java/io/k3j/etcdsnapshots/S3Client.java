package io.k3j.etcdsnapshots;

import io.k3j.httpproxy.HttpProxy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;

/// The requests of S3 that snapshots need, one bucket. Each blocks: at most the settings' timeout until the answer
/// begins, and then for as long as its body takes, but at most that timeout for its next bytes. No request is tried
/// again: the caller's next operation is the second try. Any thread.
final class S3Client implements AutoCloseable {
    /// Of an error, which is for people.
    private static final int MAX_ERROR_BYTES = 64 << 10;
    /// Of a page, which has at most a thousand keys.
    private static final int MAX_LIST_BYTES = 4 << 20;
    /// Of a list; a longer one is refused: whoever takes a part for the whole deletes what is not in it.
    private static final int MAX_PAGES = 100;
    /// S3 takes no larger object in one request.
    private static final long MAX_OBJECT_BYTES = 5L << 30;
    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int NOT_FOUND = 404;
    private final S3Settings settings;
    private final S3Signature signature;
    private final HttpClient http;
    private final Optional<HttpProxy> proxy;
    private final InstantSource clock;

    /// @param environment may name a proxy
    /// @throws IOException when the authority or the proxy cannot be used
    S3Client(S3Settings settings, Map<String, String> environment, InstantSource clock) throws IOException {
        this.settings = settings;
        this.clock = clock;
        signature = new S3Signature(settings.keys(), settings.region());
        proxy = S3Connection.proxy(settings, environment);
        http = S3Connection.open(settings, proxy);
    }

    /// A request without a body.
    ///
    /// @param key empty for the bucket itself
    /// @param headers beside those of the signature
    private record Call(String method, String key, Map<String, String> query, Map<String, String> headers) {
        static Call of(String method, String key) {
            return new Call(method, key, Map.of(), Map.of());
        }
    }

    /// Whether the bucket is there and ours to use, by a list of one key.
    /// @throws IOException in a sentence when it is not
    void check() throws IOException {
        // a HEAD would be refused without a reason
        HttpResponse<InputStream> answer = send(new Call("GET", "", Map.of("list-type", "2", "max-keys", "1"),
                Map.of()), Optional.empty());
        if (answer.statusCode() == OK || answer.statusCode() == NOT_FOUND) {
            answer.body().close();
        } else {
            throw refused("GET", "", answer);
        }
        if (answer.statusCode() == NOT_FOUND) {
            throw new IOException("bucket " + settings.bucket() + " does not exist at " + settings.endpoint());
        }
    }

    /// Stores a file in one request, with words about it as `x-amz-meta-…`; replaces an object of that key. The file is
    /// read twice: its hash is sent before it.
    /// @throws IOException in a sentence when S3 refuses, or the file is too large
    void put(String key, Path file, Map<String, String> about) throws IOException {
        if (Files.size(file) > MAX_OBJECT_BYTES) {
            throw new IOException(file + " is larger than the 5 GiB one request to S3 may have; use"
                    + " --etcd-snapshot-compress");
        }
        Map<String, String> headers = new LinkedHashMap<>();
        about.forEach((name, value) -> headers.put("x-amz-meta-" + name, value));
        HttpResponse<InputStream> answer = send(new Call("PUT", key, Map.of(), headers), Optional.of(file));
        expect("PUT", key, answer);
    }

    /// Fetches an object into a file, which is replaced and for root only; empty when there is none. Part of the file
    /// is there when it fails on the way.
    Optional<Path> get(String key, Path file) throws IOException {
        HttpResponse<InputStream> answer = send(Call.of("GET", key), Optional.empty());
        if (answer.statusCode() == NOT_FOUND) {
            answer.body().close();
            return Optional.empty();
        }
        if (answer.statusCode() != OK) {
            throw refused("GET", key, answer);
        }
        try (InputStream body = answer.body()) {
            Files.deleteIfExists(file);
            try (OutputStream out = Snapshots.secret(file)) {
                body.transferTo(out);
            }
        }
        return Optional.of(file);
    }

    /// The words about an object, without their `x-amz-meta-`; none when it cannot be asked.
    Map<String, String> about(String key) throws IOException {
        HttpResponse<InputStream> answer = send(Call.of("HEAD", key), Optional.empty());
        answer.body().close();
        Map<String, String> about = new LinkedHashMap<>();
        answer.headers().map().forEach((name, values) -> {
            if (name.startsWith("x-amz-meta-")) {
                about.put(name.substring("x-amz-meta-".length()), values.getFirst());
            }
        });
        return about;
    }

    /// Removes an object; no error if there is none, as S3 has it.
    void delete(String key) throws IOException {
        expect("DELETE", key, send(Call.of("DELETE", key), Optional.empty()));
    }

    /// The objects whose keys start with a prefix, without those below a further slash; at most a hundred pages.
    /// @throws IOException in a sentence when S3 refuses, answers something else than a list, or has more pages
    List<S3Listing.Entry> list(String prefix) throws IOException {
        S3Listing all = new S3Listing();
        for (int page = 0; page < MAX_PAGES && !all.complete(); page++) {
            Map<String, String> query = new LinkedHashMap<>(Map.of("list-type", "2", "delimiter", "/"));
            if (!prefix.isEmpty()) {
                query.put("prefix", prefix);
            }
            all.next().ifPresent(next -> query.put("continuation-token", next));
            HttpResponse<InputStream> answer = send(new Call("GET", "", query, Map.of()), Optional.empty());
            if (answer.statusCode() != OK) {
                throw refused("GET", "", answer);
            }
            try (InputStream body = answer.body()) {
                all.add(body.readNBytes(MAX_LIST_BYTES));
            }
        }
        if (!all.complete()) {
            throw new IOException("bucket " + settings.bucket() + " at " + settings.endpoint() + " has more than "
                    + MAX_PAGES + " pages of objects under '" + prefix
                    + "'; give snapshots a folder of their own with --etcd-s3-folder");
        }
        return all.entries();
    }

    /// Closes the answer of a request whose body says nothing.
    private void expect(String method, String key, HttpResponse<InputStream> answer) throws IOException {
        if (answer.statusCode() != OK && answer.statusCode() != NO_CONTENT) {
            throw refused(method, key, answer);
        }
        answer.body().close();
    }

    /// What S3 says, in a sentence with the endpoint, the bucket and the key; closes the answer.
    private IOException refused(String method, String key, HttpResponse<InputStream> answer) throws IOException {
        try (InputStream body = answer.body()) {
            String why = S3Listing.error(body.readNBytes(MAX_ERROR_BYTES));
            return new IOException("S3 at " + settings.endpoint() + " refused " + method + " " + settings.bucket()
                    + "/" + key + " (" + answer.statusCode() + (why.isEmpty() ? "" : " " + why) + ")");
        }
    }

    /// Signs and sends. The body of the answer has to be closed by the caller. An interrupt stays for the caller and
    /// ends the request.
    private HttpResponse<InputStream> send(Call call, Optional<Path> file) throws IOException {
        URI base = S3Connection.base(settings);
        String path = S3Signature.encoded(base.getPath() + "/" + call.key(), true);
        Map<String, String> signed = new LinkedHashMap<>(call.headers());
        signed.put("host", base.getRawAuthority());
        String hash = file.isPresent() ? sha256(file.get()) : S3Signature.NO_BODY;
        S3Signature.Request request = new S3Signature.Request(call.method(), path, call.query(), signed, hash);
        String query = S3Signature.query(call.query());
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(base.getScheme() + "://"
                + base.getRawAuthority() + path + (query.isEmpty() ? "" : "?" + query))).timeout(settings.timeout());
        signature.headers(request, clock.instant()).forEach(builder::header);
        builder.method(call.method(), file.isPresent() ? HttpRequest.BodyPublishers.ofFile(file.get())
                : HttpRequest.BodyPublishers.noBody());
        proxy.ifPresent(through -> through.on(builder));
        try {
            return reached(http.send(builder.build(), answer -> HttpResponse.BodySubscribers.mapping(
                    HttpResponse.BodySubscribers.ofInputStream(),
                    body -> new StallingBody(body, settings.timeout(), "S3 at " + settings.endpoint()))));
        } catch (ConnectException | HttpTimeoutException away) {
            throw new IOException(unreached() + ": is that right, and is it up?", away);
        } catch (SSLException foreign) {
            throw new IOException(unreached() + " by TLS (" + foreign.getMessage() + "): give its authority with"
                    + " --etcd-s3-endpoint-ca, or --etcd-s3-insecure when it speaks HTTP without TLS", foreign);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stopped);
        }
    }

    /// An answer of S3, and not of the proxy before it.
    private HttpResponse<InputStream> reached(HttpResponse<InputStream> answer) throws IOException {
        if (proxy.isPresent() && answer.statusCode() == HttpProxy.LOGIN_REFUSED) {
            answer.body().close();
            throw new IOException("cannot reach S3 at " + settings.endpoint() + ": " + proxy.get().refusal());
        }
        return answer;
    }

    private String unreached() {
        return "cannot reach S3 at " + settings.endpoint() + proxy.map(through -> " through " + through).orElse("");
    }

    /// Read piece by piece: a snapshot may be gigabytes.
    private static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file, StandardOpenOption.READ)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] piece = new byte[1 << 16];
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                digest.update(piece, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Ends whatever is under way: an orderly close would wait for answers nobody reads to their end.
    @Override
    public void close() {
        http.shutdownNow();
    }
}
