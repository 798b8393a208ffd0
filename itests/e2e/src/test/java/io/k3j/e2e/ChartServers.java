package io.k3j.e2e;

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
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A repository of charts with an authority of its own, and a registry with a password; both on loopback, on ports of
/// their own. One chart each.
final class ChartServers implements AutoCloseable {
    static final String LOGIN = "Basic " + Base64.getEncoder().encodeToString("me:secret".getBytes(
            StandardCharsets.UTF_8));
    private static final int OK = 200;
    private static final int UNAUTHORIZED = 401;
    private static final int NOT_FOUND = 404;
    private final HttpServer server;
    private final String authority;

    private record Answer(int code, String type, byte[] body) {
        static Answer text(String type, String body) {
            return new Answer(OK, type, body.getBytes(StandardCharsets.UTF_8));
        }
    }

    private interface Pages {
        Answer at(String path);
    }

    private ChartServers(HttpServer server, String authority, Pages pages) {
        this.server = server;
        this.authority = authority;
        server.createContext("/", exchange -> serve(exchange, pages));
        server.start();
    }

    /// A repository, as `helm repo add` takes it.
    static ChartServers repository(String chart, String version, byte[] archive)
            throws IOException, GeneralSecurityException {
        SecureRandom random = new SecureRandom();
        CertificateAuthority authority = CertificateAuthority.selfSigned("charts", Keys.elliptic(), Instant.now(),
                random);
        HttpsServer server = HttpsServer.create(loopback(), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context(authority, random)));
        String index = "apiVersion: v1\nentries:\n  " + chart + ":\n  - apiVersion: v2\n    name: " + chart
                + "\n    version: " + version + "\n    urls: [" + chart + ".tgz]\n";
        return new ChartServers(server, Pem.encode(List.of(authority.certificate())),
                path -> switch (path.substring(path.lastIndexOf('/') + 1)) {
                    case "index.yaml" -> Answer.text("text/yaml", index);
                    case "broken.yaml" -> Answer.text("text/yaml", "\u0000");
                    default -> path.endsWith("/" + chart + ".tgz")
                            ? new Answer(OK, "application/gzip", archive)
                            : new Answer(NOT_FOUND, "text/plain", new byte[0]);
                });
    }

    /// A registry of the OCI distribution specification, as far as a pull needs it, in plain HTTP.
    static ChartServers registry(String chart, String version, byte[] archive) throws IOException {
        byte[] config = ("{\"apiVersion\":\"v2\",\"name\":\"" + chart + "\",\"version\":\"" + version + "\"}")
                .getBytes(StandardCharsets.UTF_8);
        byte[] manifest = ("{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
                + "\"config\":" + descriptor("application/vnd.cncf.helm.config.v1+json", config) + ",\"layers\":["
                + descriptor("application/vnd.cncf.helm.chart.content.v1.tar+gzip", archive) + "]}")
                .getBytes(StandardCharsets.UTF_8);
        Map<String, Answer> pages = Map.of("/v2/", Answer.text("application/json", "{}"),
                "/v2/charts/" + chart + "/tags/list",
                Answer.text("application/json", "{\"name\":\"charts/" + chart + "\",\"tags\":[\"" + version + "\"]}"),
                "/v2/charts/" + chart + "/manifests/" + version, manifest(manifest),
                "/v2/charts/" + chart + "/manifests/" + digest(manifest), manifest(manifest),
                "/v2/charts/" + chart + "/blobs/" + digest(config), blob(config),
                "/v2/charts/" + chart + "/blobs/" + digest(archive), blob(archive));
        return new ChartServers(HttpServer.create(loopback(), 0), "",
                path -> pages.getOrDefault(path, new Answer(NOT_FOUND, "text/plain", new byte[0])));
    }

    private static Answer manifest(byte[] bytes) {
        return new Answer(OK, "application/vnd.oci.image.manifest.v1+json", bytes);
    }

    private static Answer blob(byte[] bytes) {
        return new Answer(OK, "application/octet-stream", bytes);
    }

    private static String descriptor(String type, byte[] content) {
        return "{\"mediaType\":\"" + type + "\",\"digest\":\"" + digest(content) + "\",\"size\":" + content.length
                + "}";
    }

    private static String digest(byte[] content) {
        try {
            return "sha256:" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private static SSLContext context(CertificateAuthority authority, SecureRandom random)
            throws IOException, GeneralSecurityException {
        KeyPair pair = Keys.elliptic();
        X509Certificate leaf = authority.sign(Profile.server("charts", List.of("localhost"),
                List.of(InetAddress.getLoopbackAddress())),
                pair.getPublic(), Instant.now(), random);
        KeyStore store = KeyStore.getInstance("JKS");
        store.load(null, null);
        store.setKeyEntry("charts", pair.getPrivate(), new char[0],
                new X509Certificate[] {leaf, authority.certificate()});
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private static void serve(HttpExchange exchange, Pages pages) throws IOException {
        try (exchange) {
            boolean known = LOGIN.equals(exchange.getRequestHeaders().getFirst("Authorization"));
            Answer answer = known
                    ? pages.at(exchange.getRequestURI().getPath())
                    : new Answer(UNAUTHORIZED, "text/plain", new byte[0]);
            if (!known) {
                exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"charts\"");
            }
            exchange.getResponseHeaders().set("Content-Type", answer.type());
            boolean head = exchange.getRequestMethod().equals("HEAD");
            if (head) {
                exchange.getResponseHeaders().set("Content-Length", Integer.toString(answer.body().length));
            }
            if (answer.code() == OK && exchange.getRequestURI().getPath().contains("/manifests/")) {
                exchange.getResponseHeaders().set("Docker-Content-Digest", digest(answer.body()));
            }
            exchange.sendResponseHeaders(answer.code(), head || answer.body().length == 0 ? -1 : answer.body().length);
            if (!head) {
                exchange.getResponseBody().write(answer.body());
            }
        }
    }

    /// `127.0.0.1:PORT`.
    String address() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /// The certificate that its own is verified by.
    String authority() {
        return authority;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
