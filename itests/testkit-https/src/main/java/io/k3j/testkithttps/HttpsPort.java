package io.k3j.testkithttps;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
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
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

/// A server of HTTPS on a port of 127.0.0.1, with an authority of its own and a certificate for `localhost` and that
/// address. Each request has a virtual thread, on which its handler may block. What it answers is the handlers'.
public final class HttpsPort implements AutoCloseable {
    private final SecureRandom random = new SecureRandom();
    private final CertificateAuthority authority;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpsServer server;

    /// A certificate of a port's authority and its key, PEM in base64.
    public record Identity(String certificate, String key) {
    }

    /// Bound, and not begun.
    /// @param name of authority and certificate
    /// @param names of the certificate, beside `localhost`
    public HttpsPort(String name, String... names) throws IOException, GeneralSecurityException {
        this(false, name, names);
    }

    private HttpsPort(boolean knows, String name, String... names) throws IOException, GeneralSecurityException {
        authority = CertificateAuthority.selfSigned(name, Keys.elliptic(), Instant.now(), random);
        server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setHttpsConfigurator(configurator(context(name, names), knows));
        server.setExecutor(threads);
    }

    /// The same, which asks clients for certificates of its own authority and serves those without one as well.
    /// @param name of authority and certificate
    public static HttpsPort knowingClients(String name) throws IOException, GeneralSecurityException {
        return new HttpsPort(true, name);
    }

    private static HttpsConfigurator configurator(SSLContext context, boolean knows) {
        return new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters wishes = getSSLContext().getDefaultSSLParameters();
                wishes.setWantClientAuth(knows);
                parameters.setSSLParameters(wishes);
            }
        };
    }

    private SSLContext context(String name, String... names) throws IOException, GeneralSecurityException {
        KeyPair keys = Keys.elliptic();
        List<String> all = Stream.concat(Stream.of("localhost"), Stream.of(names)).toList();
        X509Certificate shown = authority.sign(Profile.server(name, all, List.of(InetAddress.getByName("127.0.0.1"))),
                keys.getPublic(), Instant.now(), random);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("server", keys.getPrivate(), new char[0],
                new X509Certificate[] {shown, authority.certificate()});
        KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
        own.init(store, new char[0]);
        KeyStore known = KeyStore.getInstance("PKCS12");
        known.load(null, null);
        known.setCertificateEntry("clients", authority.certificate());
        TrustManagerFactory clients = TrustManagerFactory.getInstance("PKIX");
        clients.init(known);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), clients.getTrustManagers(), null);
        return context;
    }

    /// Has a handler answer below a path; the longest path that a request begins with counts.
    public HttpsPort at(String path, HttpHandler handler) {
        server.createContext(path, handler);
        return this;
    }

    /// Begins to serve.
    public HttpsPort started() {
        server.start();
        return this;
    }

    /// The port.
    public int number() {
        return server.getAddress().getPort();
    }

    /// Where it is.
    public String url() {
        return "https://localhost:" + number();
    }

    /// Its authority, PEM.
    public String authorities() {
        return Pem.encode(List.of(authority.certificate()));
    }

    /// The same in base64, as `caBundle` and `certificate-authority-data` have it.
    public String authorityData() {
        return base64(authorities());
    }

    /// A client of its authority.
    public Identity client(String name) {
        KeyPair keys = Keys.elliptic();
        return new Identity(base64(Pem.encode(List.of(authority.sign(Profile.client(name), keys.getPublic(),
                Instant.now(), random)))), base64(Pem.encode(keys)));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /// Ends at once, whoever waits for an answer.
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
