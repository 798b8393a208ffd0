package io.k3j.edge;

import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.ListeningSockets;
import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.Exchange;
import io.k3j.edgeapi.ListenerIdentity;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Profile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.ServerSocketChannel;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// A complete edge on a free loopback port, with its own authority.
final class TestPort implements AutoCloseable, ListeningSockets, ListenerIdentity, HealthScope {
    /// The test's handler of requests.
    interface Answer {
        void serve(Exchange exchange) throws IOException;
    }

    static final SecureRandom RANDOM = new SecureRandom();
    private static final char[] PASSWORD = "test".toCharArray();

    final CertificateAuthority serverAuthority;
    final CertificateAuthority clientAuthority;
    final AtomicReference<String> asked = new AtomicReference<>();
    final CountDownLatch healthy = new CountDownLatch(1);
    /// What the port's clock is ahead.
    volatile Duration ahead = Duration.ZERO;
    private final AtomicInteger services = new AtomicInteger();
    private final ServerSocketChannel socket;
    private final KeyPair serverKey = Keys.elliptic();
    private final X509Certificate serverCertificate;
    private volatile List<X509Certificate> authorities;
    private volatile List<X509Certificate> proxyAuthorities = List.of();
    private final Map<String, TlsRules> rules;
    private Ports ports;

    TestPort(boolean epoll) throws IOException {
        this(epoll, Patience.defaults());
    }

    TestPort(boolean epoll, Patience patience) throws IOException {
        this(epoll, patience, TlsRules.of("test"));
    }

    TestPort(boolean epoll, Patience patience, TlsRules ofPort) throws IOException {
        this(epoll, patience, ofPort, Limits.LEAST_CONNECTIONS);
    }

    private TestPort(boolean epoll, Patience patience, TlsRules ofPort, int connections) throws IOException {
        rules = Map.of(SERVER, ofPort);
        Instant now = Instant.now();
        serverAuthority = CertificateAuthority.selfSigned("k3s-server", Keys.elliptic(), now, RANDOM);
        clientAuthority = CertificateAuthority.selfSigned("k3s-client", Keys.elliptic(), now, RANDOM);
        authorities = clientAuthority.chain();
        Profile profile = Profile.server("k3s", List.of("localhost"), List.of(InetAddress.getLoopbackAddress()));
        serverCertificate = serverAuthority.sign(profile, serverKey.getPublic(), now, RANDOM);
        socket = ServerSocketChannel.open();
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        socket.configureBlocking(false);
        ports = new Ports(this, reports(), rules,
                new Ports.Surroundings(epoll, patience, this::now, connections));
        ports.addIdentity(SERVER, this);
    }

    /// Health is all that the test looks at.
    Ports.Reports reports() {
        return new Ports.Reports(this, () -> {
        }, System.err::println, "--https-listen-port");
    }

    private Instant now() {
        return Instant.now().plus(ahead);
    }

    static TestPort start() throws Exception {
        TestPort port = new TestPort(true);
        port.healthy.await();
        return port;
    }

    /// Starts an edge with room for so many connections.
    static TestPort holding(int connections) throws Exception {
        TestPort port = new TestPort(true, Patience.defaults(), TlsRules.of("test"), connections);
        port.healthy.await();
        return port;
    }

    /// Starts an edge with other timeouts.
    static TestPort start(Patience patience) throws Exception {
        TestPort port = new TestPort(true, patience);
        port.healthy.await();
        return port;
    }

    /// Starts an edge of which arguments say something.
    static TestPort start(String... arguments) throws Exception {
        TestPort port = new TestPort(true, Patience.defaults(), TlsRules.of("test", arguments));
        port.healthy.await();
        return port;
    }

    /// Starts a second edge on the same socket, as a parallel swap does; returns the old one.
    Ports successor() {
        Ports old = ports;
        ports = next();
        ports.addIdentity(SERVER, this);
        return old;
    }

    /// The same of one that knows its endpoint before it accepts a connection.
    Ports successor(String prefix, Answer answer) {
        Ports old = ports;
        ports = next();
        serve(prefix, answer);
        ports.addIdentity(SERVER, this);
        return old;
    }

    private Ports next() {
        return new Ports(this, reports(), rules, new Ports.Surroundings(true, Patience.defaults(), this::now,
                Limits.LEAST_CONNECTIONS));
    }

    Endpoint serve(String prefix, Answer answer) {
        Endpoint endpoint = new Endpoint() {
            @Override
            public Set<String> prefixes() {
                return Set.of(prefix);
            }

            @Override
            public void serve(Exchange exchange) throws IOException {
                answer.serve(exchange);
            }
        };
        ports.addEndpoint(SERVER, endpoint, new Routes.Offer("io.k3j.test", 0, services.incrementAndGet(),
                () -> true));
        return endpoint;
    }

    void remove(Endpoint endpoint) {
        ports.removeEndpoint(SERVER, endpoint);
    }

    int number() {
        return socket.socket().getLocalPort();
    }

    String url(String path) {
        return "https://localhost:" + number() + path;
    }

    void authorities(List<X509Certificate> other) {
        authorities = other;
    }

    void proxyAuthorities(List<X509Certificate> other) {
        proxyAuthorities = other;
    }

    /// A client of one protocol.
    static HttpClient client(Version version, SSLContext tls) {
        return HttpClient.newBuilder().version(version).sslContext(tls).build();
    }

    /// The response to a client without a certificate.
    HttpResponse<String> get(Version version, String path) throws IOException, InterruptedException {
        try (HttpClient client = client(version, anonymous())) {
            return client.send(HttpRequest.newBuilder(URI.create(url(path))).build(), BodyHandlers.ofString());
        }
    }

    /// A context that trusts this port, without a client certificate.
    SSLContext anonymous() {
        return context(null, null);
    }

    /// A context with a client certificate of this authority.
    SSLContext as(CertificateAuthority authority, String user, String... groups) {
        return as(authority, Instant.now(), user, groups);
    }

    /// The same with a certificate that was signed another time.
    SSLContext as(CertificateAuthority authority, Instant signed, String user, String... groups) {
        KeyPair key = Keys.elliptic();
        X509Certificate leaf = authority.sign(Profile.client(user, groups), key.getPublic(), signed, RANDOM);
        return context(key, leaf);
    }

    private SSLContext context(KeyPair key, X509Certificate leaf) {
        try {
            KeyStore trust = KeyStore.getInstance("PKCS12");
            trust.load(null, null);
            trust.setCertificateEntry("server", serverAuthority.certificate());
            TrustManagerFactory trusted = TrustManagerFactory.getInstance("PKIX");
            trusted.init(trust);
            KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
            KeyStore own = KeyStore.getInstance("JKS");
            own.load(null, null);
            if (key != null) {
                own.setKeyEntry("client", key.getPrivate(), PASSWORD, new X509Certificate[] {leaf});
            }
            keys.init(own, PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trusted.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException broken) {
            throw new IllegalStateException(broken);
        }
    }

    @Override
    public ServerSocketChannel lend(String port) {
        return socket;
    }

    @Override
    public boolean has(String port) {
        return port.equals(SERVER);
    }

    @Override
    public Certified certified(Optional<String> serverName) {
        return new Certified(List.of(serverCertificate), serverKey.getPrivate());
    }

    @Override
    public List<X509Certificate> frontProxyAuthorities() {
        return proxyAuthorities;
    }

    @Override
    public List<X509Certificate> clientAuthorities() {
        return authorities;
    }

    @Override
    public void asked(String serverName) {
        asked.set(serverName);
    }

    @Override
    public void report(HealthLevel level, String message) {
        if (level == HealthLevel.OK) {
            healthy.countDown();
        } else {
            System.err.println(level + " " + message);
        }
    }

    @Override
    public void close() {
        ports.close();
        try {
            socket.close();
        } catch (IOException ignored) {
            throw new IllegalStateException(ignored);
        }
    }
}
