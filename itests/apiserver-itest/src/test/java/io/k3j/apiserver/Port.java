package io.k3j.apiserver;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthReport;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.ListeningSockets;
import io.k3j.edge.Edge;
import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.ListenerIdentity;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.KubeConfig;
import io.k3j.pki.Pem;
import io.k3j.pki.Profile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/// The real edge on a loopback port, with authorities of its own.
final class Port implements AutoCloseable, ListeningSockets, ListenerIdentity, Health, HealthScope {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final char[] PASSWORD = "test".toCharArray();
    private final CertificateAuthority servers = authority("k3s-server");
    private final CertificateAuthority clients = authority("k3s-client");
    private final KeyPair key = Keys.elliptic();
    private final X509Certificate certificate;
    private final ServerSocketChannel socket;
    private final Edge edge;

    /// Opens a port, 0 for any.
    Port(int number) throws IOException {
        Profile profile = Profile.server("k3s", List.of("localhost"), List.of(InetAddress.getLoopbackAddress()));
        certificate = servers.sign(profile, key.getPublic(), Instant.now(), RANDOM);
        socket = ServerSocketChannel.open();
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), number), 1024);
        socket.configureBlocking(false);
        edge = new Edge(alone(), defaults(Edge.Settings.class), this, this,
                message -> System.err.println(message));
        edge.addIdentity(this, Map.of(Endpoint.PORT, SERVER, "service.id", 1L), nobodys());
    }

    /// Of a process in which nothing is registered.
    private static BundleContext alone() {
        return (BundleContext) Proxy.newProxyInstance(BundleContext.class.getClassLoader(),
                new Class<?>[] {BundleContext.class}, (proxy, method, given) -> switch (method.getName()) {
                    case "getServiceReferences" -> List.of();
                    case "registerService" -> null;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    /// Settings nobody has set.
    private static <T> T defaults(Class<T> settings) {
        return settings.cast(Proxy.newProxyInstance(settings.getClassLoader(), new Class<?>[] {settings},
                (proxy, method, given) -> method.getDefaultValue()));
    }

    private static CertificateAuthority authority(String name) {
        return CertificateAuthority.selfSigned(name, Keys.elliptic(), Instant.now(), RANDOM);
    }

    /// Serves an endpoint from now on.
    void serve(Endpoint endpoint) {
        edge.addEndpoint(endpoint, Map.of(Endpoint.PORT, SERVER, "service.id", 2L), nobodys());
    }

    /// Of a bundle without a name.
    @SuppressWarnings("unchecked")
    private static <T> ServiceReference<T> nobodys() {
        Object bundle = Proxy.newProxyInstance(Bundle.class.getClassLoader(), new Class<?>[] {Bundle.class},
                (proxy, method, given) -> null);
        return (ServiceReference<T>) Proxy.newProxyInstance(ServiceReference.class.getClassLoader(),
                new Class<?>[] {ServiceReference.class},
                (proxy, method, given) -> method.getName().equals("getBundle") ? bundle : null);
    }

    int number() {
        return socket.socket().getLocalPort();
    }

    /// Writes a kubeconfig, certificates and keys for a user into a directory.
    Path kubeConfig(Path directory, String user, String... groups) throws IOException {
        Files.createDirectories(directory);
        KeyPair own = Keys.elliptic();
        X509Certificate leaf = clients.sign(Profile.client(user, groups), own.getPublic(), Instant.now(), RANDOM);
        Path authority = Files.writeString(directory.resolve("ca.crt"), Pem.encode(servers.chain()));
        Path cert = Files.writeString(directory.resolve(user.replace(':', '_') + ".crt"), Pem.encode(List.of(leaf)));
        Path secret = Files.writeString(directory.resolve(user.replace(':', '_') + ".key"), Pem.encode(own));
        return Files.writeString(directory.resolve(user.replace(':', '_') + ".kubeconfig"),
                KubeConfig.ofFiles("https://localhost:" + number(), authority, cert, secret));
    }

    /// A context that trusts this port, with a client certificate unless the user is empty.
    SSLContext client(String user, String... groups) throws IOException, GeneralSecurityException {
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        trust.setCertificateEntry("server", servers.certificate());
        TrustManagerFactory trusted = TrustManagerFactory.getInstance("PKIX");
        trusted.init(trust);
        KeyStore own = KeyStore.getInstance("JKS");
        own.load(null, null);
        if (!user.isEmpty()) {
            KeyPair pair = Keys.elliptic();
            own.setKeyEntry("client", pair.getPrivate(), PASSWORD, new X509Certificate[] {
                    clients.sign(Profile.client(user, groups), pair.getPublic(), Instant.now(), RANDOM)});
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(own, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trusted.getTrustManagers(), null);
        return context;
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
        return new Certified(List.of(certificate), key.getPrivate());
    }

    @Override
    public List<X509Certificate> clientAuthorities() {
        return clients.chain();
    }

    @Override
    public HealthScope scope(String component) {
        return this;
    }

    @Override
    public List<HealthReport> reports() {
        return List.of();
    }

    @Override
    public void report(HealthLevel level, String message) {
        if (level != HealthLevel.OK) {
            System.err.println(level + " " + message);
        }
    }

    @Override
    public void close() {
        try {
            edge.stop();
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
