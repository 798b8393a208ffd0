package io.k3j.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.edgeapi.ListenerIdentity;
import io.k3j.pki.PemFiles;
import io.k3j.servercredentials.Credentials;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/// Whom the port takes for front proxies from its first connection on.
class FrontProxyAuthorityTest {
    @TempDir
    private Path directory;
    /// What the identity said when it was registered, and the port opened.
    private final List<List<X509Certificate>> believed = new ArrayList<>();

    private BundleContext context() {
        return (BundleContext) Proxy.newProxyInstance(BundleContext.class.getClassLoader(),
                new Class<?>[] {BundleContext.class}, (proxy, method, arguments) -> {
                    if (arguments[1] instanceof ListenerIdentity identity) {
                        believed.add(identity.frontProxyAuthorities());
                    }
                    return Proxy.newProxyInstance(ServiceRegistration.class.getClassLoader(),
                            new Class<?>[] {ServiceRegistration.class}, (registration, call, none) -> null);
                });
    }

    private void register(TestServer server, Credentials credentials) throws Exception {
        NodeSecrets secrets = new NodeSecrets(TestServer.RANDOM);
        SupervisorHandlers handlers = new SupervisorHandlers(server.layout, server.settings(), server.own(), secrets,
                () -> null);
        handlers.register(credentials, new Services(context())).encryption().close();
        secrets.close();
    }

    @Test
    void anAuthorityThatIsThereIsKnownBeforeThePortOpens() throws Exception {
        TestServer server = new TestServer(directory, "server-1");
        Credentials credentials = server.credentials();
        Path file = server.layout.tls("request-header-ca.crt");
        X509Certificate own = PemFiles.certificates(file).getFirst();
        Files.writeString(file, Files.readString(file) + Files.readString(server.layout.tls("client-ca.crt")));
        register(server, credentials);
        assertThat(believed).as("without those above it").containsExactly(List.of(own));
    }

    @Test
    void atAFirstStartThereIsNoneAndThePortOpensAllTheSame() throws Exception {
        TestServer server = new TestServer(directory, "server-1");
        register(server, Credentials.ensure(server.settings(), server.layout, Instant.now(), TestServer.RANDOM));
        assertThat(believed).containsExactly(List.of());
    }
}
