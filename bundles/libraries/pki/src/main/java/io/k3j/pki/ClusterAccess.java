package io.k3j.pki;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Asks a server's supervisor for what joiners and administrators need, with a token.
///
/// Trust begins as in K3s: a server the machine's own authorities vouch for is trusted; else what `/cacerts` shows is
/// taken as its authority, the connection is made again under it, and the hash in the token has to fit. Nothing secret
/// is sent before that.
///
/// **Threads.** Any; each call blocks up to ten seconds for the whole answer, as in K3s, if it does not say otherwise.
/// Close it when done.
///
/// **Errors.** No answer at all is an `IOException` with a sentence for people; an answer that is a refusal is an
/// [Answer]. No request is tried again.
public final class ClusterAccess implements AutoCloseable {
    /// Bytes of an answer that are taken: room for a bootstrap record. More is an error.
    public static final int MAX_BYTES = 16 << 20;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int OK = 200;
    private static final int MULTIPLE = 300;

    private final URI server;
    private final ClusterToken token;
    private final HttpClient client;
    private final String authority;
    private final Optional<String> warning;

    private ClusterAccess(URI server, ClusterToken token, HttpClient client, String authority,
            Optional<String> warning) {
        this.server = server;
        this.token = token;
        this.client = client;
        this.authority = authority;
        this.warning = warning;
    }

    /// What came back. Its text may hold secrets.
    ///
    /// @param status the HTTP status code
    /// @param body the whole body, at most [#MAX_BYTES]
    public record Answer(int status, byte[] body) {
        /// The body as text. In UTF-8.
        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        /// Whether the request was granted.
        public boolean ok() {
            return status >= OK && status < MULTIPLE;
        }
    }

    /// Reaches the server and decides whether to trust it. Blocks for up to three requests.
    ///
    /// @param url `https://host:port`; a slash at its end is left out
    /// @param token in any form of [ClusterToken]
    /// @param user who to be when the token does not say: `server` or `node`
    /// @throws IOException with a sentence for the person who typed the command, K3s' words in it; no connection is
    ///     left then
    public static ClusterAccess of(String url, String token, String user) throws IOException {
        URI server = address(url);
        ClusterToken parsed = parse(token, user);
        Optional<String> known = known(server);
        if (known.isPresent()) {
            Optional<String> warning = parsed.caHash().map(hash -> "the CA hash of the token was not checked: "
                    + server + " shows a certificate this machine trusts anyway");
            return new ClusterAccess(server, parsed, client(null), known.get(), warning);
        }
        String shown = shown(server);
        // what is trusted from here on is what the token's hash is of: a second answer may be another one
        check(parsed, shown);
        HttpClient pinned = client(pinned(shown));
        try {
            authorities(pinned, server);
        } catch (SSLException other) {
            pinned.close();
            Optional<String> clock = ClockSkew.told(other, Instant.now());
            if (clock.isPresent()) {
                throw new IOException("CA cert validation failed: " + server + ": " + clock.get(), other);
            }
            throw new IOException("CA cert validation failed: the certificate of " + server
                    + " is not by the authority it shows, or not for this name (" + other.getMessage()
                    + "); add the name with --tls-san on the servers, or use another address", other);
        } catch (IOException failed) {
            pinned.close();
            throw failed;
        }
        Optional<String> warning = parsed.caHash().isPresent() ? Optional.empty()
                : Optional.of("the token has no CA hash, so it cannot be checked that " + server
                        + " is the right server; use the full token from server/token");
        return new ClusterAccess(server, parsed, pinned, shown, warning);
    }

    /// @throws IOException for what is no URL of a server: a token is not sent without TLS
    private static URI address(String url) throws IOException {
        try {
            URI server = URI.create(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
            if ("https".equals(server.getScheme()) && server.getHost() != null) {
                return server;
            }
        } catch (IllegalArgumentException noAddress) {
            // told below
        }
        throw new IOException("only https:// URLs are supported, invalid URL: " + url
                + "; use for instance https://server-1:6443");
    }

    /// A bare password gets the user; a bootstrap token needs none.
    private static ClusterToken parse(String token, String user) throws IOException {
        try {
            ClusterToken parsed = ClusterToken.parse(token);
            return parsed.user().isEmpty() && !parsed.bootstrap()
                    ? new ClusterToken(parsed.caHash(), user, parsed.password())
                    : parsed;
        } catch (IllegalArgumentException malformed) {
            throw new IOException(malformed.getMessage()
                    + "; must be in format K10<CA-HASH>::<USERNAME>:<PASSWORD> or <PASSWORD>", malformed);
        }
    }

    /// @throws IOException with both hashes, when the token's is another; a hash is no secret
    private static void check(ClusterToken token, String shown) throws IOException {
        String hash;
        try {
            hash = ClusterToken.caHash(shown);
        } catch (IllegalArgumentException noChain) {
            throw new IOException("CA cert validation failed: " + noChain.getMessage(), noChain);
        }
        if (token.caHash().isPresent() && !token.caHash().get().equals(hash)) {
            throw new IOException("token CA hash does not match the Cluster CA certificate hash: "
                    + token.caHash().get() + " != " + hash
                    + "; copy the token again from server/token on a server of the cluster you want to join");
        }
    }

    /// The authorities of a server that this machine trusts anyway.
    private static Optional<String> known(URI server) throws IOException {
        try (HttpClient plain = client(null)) {
            return Optional.of(authorities(plain, server));
        } catch (SSLException unknown) {
            return Optional.empty();
        }
    }

    /// What the server shows to somebody who asks without knowing it. Nothing is sent with it.
    private static String shown(URI server) throws IOException {
        try (HttpClient blind = client(Trust.anybody())) {
            return authorities(blind, server);
        } catch (SSLException noTls) {
            // anyone who is believed blindly and still makes no connection does not speak TLS
            throw new IOException("failed to get CA certs: " + server + " does not answer in TLS ("
                    + noTls.getMessage() + "); is a K3s server listening there?", noTls);
        }
    }

    /// Trust in what the server shows, and in nobody else.
    private static SSLContext pinned(String pem) throws IOException {
        try {
            return Trust.in(Pem.certificates(pem));
        } catch (IllegalArgumentException | GeneralSecurityException unusable) {
            throw new IOException("CA cert validation failed: " + unusable.getMessage(), unusable);
        }
    }

    /// @throws SSLException when the server is not trusted, which its callers tell apart
    private static String authorities(HttpClient client, URI server) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(server.resolve("/cacerts")).timeout(TIMEOUT).build();
        Answer answer = send(client, server, request);
        if (!answer.ok() || !answer.text().contains("BEGIN CERTIFICATE")) {
            throw new IOException("failed to get CA certs: " + server + "/cacerts answered " + answer.status()
                    + (answer.ok() ? " without certificates" : "") + "; is a K3s server listening there?");
        }
        return answer.text();
    }

    /// HTTP/1.1; redirects are not followed, for the credentials would go with them.
    ///
    /// @param trust null for the authorities of the machine
    private static HttpClient client(@Nullable SSLContext trust) {
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(TIMEOUT)
                .version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NEVER);
        return trust == null ? builder.build() : builder.sslContext(trust).build();
    }

    /// The answer, whatever it says.
    /// @throws IOException in a sentence when there is none; a failure of TLS goes on as it is
    private static Answer send(HttpClient client, URI server, HttpRequest request) throws IOException {
        try {
            HttpResponse<byte[]> answer = TimedAnswer.of(client, request, TIMEOUT, MAX_BYTES,
                    "request timed out before its answer was complete");
            return new Answer(answer.statusCode(), answer.body());
        } catch (ConnectException | HttpConnectTimeoutException away) {
            throw new IOException("cannot reach " + server
                    + ": is a server running there, is the port open, and is the address right?", away);
        } catch (SSLException untrusted) {
            throw untrusted;
        } catch (IOException broken) {
            throw new IOException("no answer from " + server + request.uri().getPath() + ": " + broken.getMessage()
                    + "; is a K3s server listening there?", broken);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stopped);
        }
    }

    /// What the token's owner should read: that its hash was not checked, or that it has none. Empty when the hash
    /// fitted, and when neither was needed. To be logged once.
    public Optional<String> warning() {
        return warning;
    }

    /// The authorities the server showed, in PEM; also where the machine's own vouch for it.
    public String authority() {
        return authority;
    }

    /// A GET of JSON.
    ///
    /// @param path from the first slash on
    /// @throws IOException when there is no answer
    public Answer get(String path) throws IOException {
        return get(path, "application/json");
    }

    /// A GET of a certain form.
    ///
    /// @param accept a media type
    /// @throws IOException when there is no answer
    public Answer get(String path, String accept) throws IOException {
        return send(client, server, request(path).header("accept", accept).build());
    }

    /// A PUT.
    /// @throws IOException when there is no answer; whether it was carried out is not known then
    public Answer put(String path, String contentType, String body) throws IOException {
        return send(client, server, request(path).header("content-type", contentType)
                .PUT(HttpRequest.BodyPublishers.ofString(body)).build());
    }

    /// A PUT of JSON that may take as long as it says.
    ///
    /// @param limit for the whole answer
    /// @throws IOException when there is no answer; whether it was carried out is not known then
    public Answer put(String path, String json, Duration limit) throws IOException {
        return send(client, server, request(path).timeout(limit).header("content-type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(json)).build());
    }

    /// A POST of JSON that may take as long as it says.
    ///
    /// @param limit for the whole answer
    /// @throws IOException when there is no answer; whether it was carried out is not known then
    public Answer post(String path, byte[] json, Duration limit) throws IOException {
        return send(client, server, request(path).timeout(limit).header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(json)).build());
    }

    /// The credentials go with every request, unasked.
    private HttpRequest.Builder request(String path) {
        String credentials = token.bootstrap() ? "Bearer " + token.password()
                : "Basic " + Base64.getEncoder().encodeToString(
                        (token.user() + ":" + token.password()).getBytes(StandardCharsets.UTF_8));
        return HttpRequest.newBuilder(server.resolve(path)).timeout(TIMEOUT).header("authorization", credentials);
    }

    /// Waits for requests under way.
    @Override
    public void close() {
        client.close();
    }
}
