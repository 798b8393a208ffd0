package io.k3j.testkitprocess;

import io.k3j.pki.Pem;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Requests to an API server from outside, by HTTP as the JDK speaks it and nothing of K3j's. Any thread may use it;
/// each request waits for its answer, 30 s at most unless it is told another time.
public final class Api implements AutoCloseable {
    /// The form of objects that people read.
    public static final String JSON = "application/json";
    /// The form of objects that Kubernetes' own programs read.
    public static final String PROTOBUF = "application/vnd.kubernetes.protobuf";
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int OK = 200;

    private final HttpClient client;
    private final String server;
    private final Duration limit;

    private Api(HttpClient client, String server, Duration limit) {
        this.client = client;
        this.server = server;
        this.limit = limit;
    }

    /// As the user of a kubeconfig, by client certificate, of the server it names.
    public static Api of(Path kubeconfig) throws IOException {
        String config = Files.readString(kubeconfig);
        return of(config, value(config, "server"), true);
    }

    /// As the user of a kubeconfig, of a server with another address, which begins with `https://`.
    public static Api of(Path kubeconfig, String server) throws IOException {
        return of(Files.readString(kubeconfig), server, true);
    }

    /// As nobody, who trusts the authority of a kubeconfig: requests bring a token of their own.
    public static Api anonymous(Path kubeconfig, String server) throws IOException {
        return of(Files.readString(kubeconfig), server, false);
    }

    /// Of a server that asks for no credentials.
    public static Api to(String server) {
        return new Api(HttpClient.newBuilder().connectTimeout(LIMIT).build(), server, LIMIT);
    }

    /// The same client, whose requests wait so long for their answers; with either both are closed.
    public Api within(Duration longest) {
        return new Api(client, server, longest);
    }

    private static Api of(String config, String server, boolean user) throws IOException {
        try {
            return new Api(HttpClient.newBuilder().sslContext(context(config, user)).connectTimeout(LIMIT).build(),
                    server, LIMIT);
        } catch (GeneralSecurityException e) {
            throw new IOException("kubeconfig cannot be used", e);
        }
    }

    /// The client, for requests of other forms; HTTP/2 whenever the server offers it.
    public HttpClient client() {
        return client;
    }

    /// The address of a path.
    public URI at(String path) {
        return URI.create(server + path);
    }

    /// Sends a body.
    public HttpResponse<String> send(String method, String path, String type, byte[] body)
            throws IOException, InterruptedException {
        HttpRequest request = request(path).header("Content-Type", type)
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body)).build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /// Gets what is there in a form.
    public HttpResponse<String> get(String path, String accept) throws IOException, InterruptedException {
        return client.send(request(path).header("Accept", accept).build(), HttpResponse.BodyHandlers.ofString());
    }

    /// The bytes of what is there in a form.
    /// @throws AssertionError when the answer is not 200
    public byte[] bytes(String path, String accept) throws IOException, InterruptedException {
        try (InputStream body = open(path, accept)) {
            return body.readAllBytes();
        }
    }

    /// The body of an answer that comes bit by bit, a watch's say.
    /// @throws AssertionError when the answer is not 200
    public InputStream open(String path, String accept) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = client.send(request(path).header("Accept", accept).build(),
                HttpResponse.BodyHandlers.ofInputStream());
        if (answer.statusCode() != OK) {
            try (InputStream body = answer.body()) {
                throw new AssertionError(path + ": " + answer.statusCode() + " "
                        + new String(body.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return answer.body();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(at(path)).timeout(limit);
    }

    private static SSLContext context(String config, boolean user) throws IOException, GeneralSecurityException {
        KeyStore trusted = empty();
        for (X509Certificate authority : certificates(config, "certificate-authority-data")) {
            trusted.setCertificateEntry("ca-" + trusted.size(), authority);
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyStore own = empty();
        if (user) {
            own.setKeyEntry("user", Pem.keys(data(config, "client-key-data")).getFirst().secret(), new char[0],
                    certificates(config, "client-certificate-data").toArray(X509Certificate[]::new));
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    /// In memory only. The other kind, PKCS12, takes 30 ms and more of processor time for each key.
    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("JKS");
        store.load(null, null);
        return store;
    }

    private static List<X509Certificate> certificates(String config, String name)
            throws IOException, GeneralSecurityException {
        return Pem.certificates(data(config, name));
    }

    private static String data(String config, String name) {
        return new String(Base64.getDecoder().decode(value(config, name)), StandardCharsets.UTF_8);
    }

    private static String value(String config, String name) {
        return config.lines().map(String::strip).filter(line -> line.startsWith(name + ": ")).findFirst()
                .orElseThrow(() -> new AssertionError("kubeconfig without " + name)).substring(name.length() + 2);
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
