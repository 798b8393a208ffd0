package io.k3j.testkitregistry;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import io.k3j.pki.Profile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A registry on a port of its own, which serves what was pushed and remembers what it was asked.
public final class TestRegistry implements AutoCloseable {
    private static final int OK = 200;
    private static final int UNAUTHORIZED = 401;
    private static final int NOT_FOUND = 404;
    private final HttpServer server;
    private final String host;
    private final String authority;
    private final Map<String, TestImage> images = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Map<String, String> tokens = new ConcurrentHashMap<>();
    private volatile Login login = Login.NONE;
    private volatile String user = "";
    private volatile String password = "";
    private volatile String elsewhere = "";

    /// How somebody shows who he is.
    public enum Login {
        /// Nobody has to.
        NONE,
        /// By a password at each request.
        BASIC,
        /// By a token that the token server, here on the same port, gives for a password.
        TOKEN,
        /// By a token that the token server gives for an identity token, which is the password.
        IDENTITY
    }

    private TestRegistry(HttpServer server, String host, String authority) {
        this.server = server;
        this.host = host;
        this.authority = authority;
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::serve);
        server.start();
    }

    /// One with TLS and an authority of its own, reached by this address.
    public static TestRegistry tls(String address) throws IOException, GeneralSecurityException {
        SecureRandom random = new SecureRandom();
        CertificateAuthority authority = CertificateAuthority.selfSigned("registry", Keys.elliptic(), Instant.now(),
                random);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(address, 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context(authority, address, random)));
        return new TestRegistry(server, address, Pem.encode(List.of(authority.certificate())));
    }

    /// One without TLS.
    public static TestRegistry plain(String address) throws IOException {
        return new TestRegistry(HttpServer.create(new InetSocketAddress(address, 0), 0), address, "");
    }

    /// From now on somebody has to show who he is.
    public TestRegistry secured(Login how, String name, String secret) {
        user = name;
        password = secret;
        login = how;
        tokens.clear();
        return this;
    }

    /// From now on blobs are elsewhere: requests for them are redirected.
    public TestRegistry redirecting(String url) {
        elsewhere = url;
        return this;
    }

    /// Keeps an image.
    public TestRegistry push(String repository, String tag, TestImage image) {
        images.put(repository + ":" + tag, image);
        return this;
    }

    /// `ADDRESS:PORT`.
    public String address() {
        return host + ":" + server.getAddress().getPort();
    }

    /// As an endpoint.
    public String url() {
        return (server instanceof HttpsServer ? "https://" : "http://") + address();
    }

    /// The certificate that its own is verified by, as PEM.
    public String authority() {
        return authority;
    }

    /// The requests so far, as `GET /v2/…?ns=…`, with ` as NAME` behind those that showed who they are.
    public List<String> asked() {
        return List.copyOf(asked);
    }

    /// Forgets the requests.
    public void forget() {
        asked.clear();
    }

    private static SSLContext context(CertificateAuthority authority, String address, SecureRandom random)
            throws IOException, GeneralSecurityException {
        KeyPair pair = Keys.elliptic();
        X509Certificate leaf = authority.sign(Profile.server("registry", List.of("localhost"),
                List.of(InetAddress.ofLiteral(address))), pair.getPublic(), Instant.now(), random);
        KeyStore store = KeyStore.getInstance("JKS");
        store.load(null, null);
        store.setKeyEntry("registry", pair.getPrivate(), new char[0],
                new X509Certificate[] {leaf, authority.certificate()});
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String shown = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")).orElse("");
            String who = who(shown);
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI()
                    + (shown.isEmpty() ? "" : " as " + (who.isEmpty() ? "nobody known" : who)));
            String path = exchange.getRequestURI().getPath();
            if (path.equals("/token")) {
                token(exchange, who);
            } else if (login != Login.NONE && (who.isEmpty() || (login == Login.BASIC) != shown.startsWith("Basic"))) {
                challenge(exchange, path);
            } else {
                answer(exchange, path);
            }
        }
    }

    private String who(String shown) {
        if (shown.startsWith("Bearer ")) {
            return tokens.getOrDefault(shown.substring("Bearer ".length()), "");
        }
        String basic = "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(
                StandardCharsets.UTF_8));
        return shown.equals(basic) ? user : "";
    }

    private void challenge(HttpExchange exchange, String path) throws IOException {
        String repository = path.replaceFirst("^/v2/", "").replaceFirst("/(manifests|blobs)/.*", "");
        exchange.getResponseHeaders().set("WWW-Authenticate", login == Login.BASIC ? "Basic realm=\"test\""
                : "Bearer realm=\"" + url() + "/token\",service=\"test\",scope=\"repository:" + repository
                        + ":pull\"");
        send(exchange, UNAUTHORIZED, "application/json", "{\"errors\":[{\"code\":\"UNAUTHORIZED\"}]}".getBytes(
                StandardCharsets.UTF_8));
    }

    /// Whoever shows nothing gets a token that counts for nothing.
    private void token(HttpExchange exchange, String who) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        boolean identity = login == Login.IDENTITY && body.contains("grant_type=refresh_token")
                && body.contains("refresh_token=" + password);
        boolean shows = exchange.getRequestHeaders().containsKey("Authorization") || !body.isEmpty();
        if (shows && who.isEmpty() && !identity) {
            send(exchange, UNAUTHORIZED, "application/json", "{}".getBytes(StandardCharsets.UTF_8));
            return;
        }
        byte[] bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        String token = HexFormat.of().formatHex(bytes);
        if (!who.isEmpty() || identity) {
            tokens.put(token, user);
        }
        send(exchange, OK, "application/json", ("{\"token\":\"" + token + "\",\"expires_in\":300}").getBytes(
                StandardCharsets.UTF_8));
    }

    private void answer(HttpExchange exchange, String path) throws IOException {
        if (path.equals("/v2/")) {
            send(exchange, OK, "application/json", "{}".getBytes(StandardCharsets.UTF_8));
            return;
        }
        boolean blob = path.contains("/blobs/");
        String kind = blob ? "/blobs/" : "/manifests/";
        int at = path.lastIndexOf(kind);
        String repository = at < 4 ? "" : path.substring("/v2/".length(), at);
        String reference = at < 0 ? "" : path.substring(at + kind.length());
        if (blob && !elsewhere.isEmpty()) {
            exchange.getResponseHeaders().set("Location", elsewhere + path);
            exchange.sendResponseHeaders(307, -1);
            return;
        }
        TestImage tagged = images.get(repository + ":" + reference);
        if (tagged != null) {
            send(exchange, OK, tagged.type(), tagged.manifest());
            return;
        }
        for (Map.Entry<String, TestImage> entry : images.entrySet()) {
            TestImage image = entry.getValue();
            boolean here = entry.getKey().startsWith(repository + ":");
            if (here && reference.equals(TestImage.digest(image.manifest()))) {
                send(exchange, OK, image.type(), image.manifest());
                return;
            }
            byte[] content = image.blobs().get(reference);
            if (here && content != null) {
                send(exchange, OK, blob ? "application/octet-stream" : type(content), content);
                return;
            }
        }
        send(exchange, NOT_FOUND, "application/json", "{\"errors\":[{\"code\":\"NAME_UNKNOWN\"}]}".getBytes(
                StandardCharsets.UTF_8));
    }

    private static String type(byte[] manifest) {
        return io.k3j.codec.Json.object(manifest).text("mediaType", "application/vnd.oci.image.manifest.v1+json");
    }

    private static void send(HttpExchange exchange, int code, String type, byte[] body) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", type);
        if (code == OK && exchange.getRequestURI().getPath().contains("/manifests/")) {
            headers.set("Docker-Content-Digest", TestImage.digest(body));
        }
        boolean head = exchange.getRequestMethod().equals("HEAD");
        if (head) {
            headers.set("Content-Length", Integer.toString(body.length));
        }
        exchange.sendResponseHeaders(code, head ? -1 : body.length);
        if (!head) {
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
