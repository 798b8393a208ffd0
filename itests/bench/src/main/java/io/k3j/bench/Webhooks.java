package io.k3j.bench;

import com.sun.net.httpserver.HttpExchange;
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
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A mutating and a validating webhook, which allow everything and change a label; they know how long they take
/// themselves.
final class Webhooks implements AutoCloseable {
    static final String MUTATING = "/mutate";
    static final String VALIDATING = "/validate";
    private static final String UID = "\"request\":{\"uid\":\"";
    private static final int UID_LENGTH = 36;
    private static final String PATCH = Base64.getEncoder().encodeToString(
            "[{\"op\":\"add\",\"path\":\"/metadata/labels\",\"value\":{\"added\":\"yes\"}}]"
                    .getBytes(StandardCharsets.UTF_8));
    private final HttpsServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final String bundle;
    private volatile Histogram own = new Histogram();

    private Webhooks(HttpsServer server, String bundle) {
        this.server = server;
        this.bundle = bundle;
    }

    /// Serves them on a free port of this machine.
    static Webhooks start() throws IOException, GeneralSecurityException {
        SecureRandom random = new SecureRandom();
        CertificateAuthority authority = CertificateAuthority.selfSigned("hooks", Keys.elliptic(), Instant.now(),
                random);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context(authority, random)));
        Webhooks hooks = new Webhooks(server, Base64.getEncoder().encodeToString(
                Pem.encode(List.of(authority.certificate())).getBytes(StandardCharsets.UTF_8)));
        server.setExecutor(hooks.threads);
        server.createContext(MUTATING, exchange -> hooks.answer(exchange,
                "\"allowed\":true,\"patchType\":\"JSONPatch\",\"patch\":\"" + PATCH + "\""));
        server.createContext(VALIDATING, exchange -> hooks.answer(exchange, "\"allowed\":true"));
        server.start();
        return hooks;
    }

    private static SSLContext context(CertificateAuthority authority, SecureRandom random)
            throws IOException, GeneralSecurityException {
        KeyPair pair = Keys.elliptic();
        X509Certificate leaf = authority.sign(Profile.server("hooks", List.of("localhost"),
                List.of(InetAddress.getByName("127.0.0.1"))), pair.getPublic(), Instant.now(), random);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("hooks", pair.getPrivate(), new char[0],
                new X509Certificate[] {leaf, authority.certificate()});
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private void answer(HttpExchange exchange, String response) throws IOException {
        long begin = System.nanoTime();
        String asked = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        int uid = asked.indexOf(UID) + UID.length();
        byte[] answer = ("{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"response\":{\"uid\":\""
                + asked.substring(uid, uid + UID_LENGTH) + "\"," + response + "}}").getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("content-type", "application/json");
        exchange.sendResponseHeaders(200, answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
        own.add(System.nanoTime() - begin);
    }

    /// A configuration of one of them, for namespaces with the label `bench`.
    ///
    /// @param kind `Mutating` or `Validating`
    /// @param label of the namespaces
    String configuration(String kind, String path, String label) {
        return """
                {"apiVersion":"admissionregistration.k8s.io/v1","kind":"%sWebhookConfiguration",
                "metadata":{"name":"bench"},"webhooks":[{"name":"bench.example.com","clientConfig":
                {"url":"https://127.0.0.1:%d%s","caBundle":"%s"},
                "rules":[{"operations":["CREATE"],"apiGroups":[""],"apiVersions":["v1"],"resources":["configmaps"]}],
                "namespaceSelector":{"matchLabels":{"bench":"%s"}},"sideEffects":"None",
                "admissionReviewVersions":["v1"]}]}"""
                .formatted(kind, server.getAddress().getPort(), path, bundle,
                        label);
    }

    /// How long the calls since the last question took them themselves.
    Histogram own() {
        Histogram past = own;
        own = new Histogram();
        return past;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
