package io.k3j.nodeproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.NodeDialer;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.ClientTls;
import io.k3j.pki.Keys;
import io.k3j.pki.PemFiles;
import io.k3j.pki.Profile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.Principal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who the API server is to kubelets, and whom it takes for one.
class BackendsTest {
    private static final Random RANDOM = new Random(1);
    private static final KeyPair SERVERS = Keys.elliptic();
    private static final KeyPair CLIENTS = Keys.elliptic();
    private final CertificateAuthority servers = CertificateAuthority.selfSigned("k3s-server", SERVERS, Instant.now(),
            RANDOM);
    private final CertificateAuthority clients = CertificateAuthority.selfSigned("k3s-client", CLIENTS, Instant.now(),
            RANDOM);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    @TempDir
    private Path tls;
    private SSLServerSocket kubelet;

    @BeforeEach
    void write() throws IOException {
        PemFiles.write(tls.resolve("server-ca.crt"), servers.chain());
        PemFiles.write(tls.resolve("client-ca.crt"), clients.chain());
        PemFiles.write(tls.resolve("client-ca.key"), CLIENTS);
    }

    @AfterEach
    void close() throws IOException {
        kubelet.close();
        threads.close();
    }

    /// Listens with a certificate for this node, and tells who asks.
    private Future<Principal> listen(String node, String... addresses) throws IOException {
        KeyPair pair = Keys.elliptic();
        Profile profile = Profile.server(node, List.of(node, "localhost"),
                Stream.concat(Stream.of("127.0.0.1"), Stream.of(addresses)).map(InetAddress::ofLiteral).toList());
        SSLContext context = ClientTls.trusting(clients.chain(), Optional.of(new ClientTls.Own(
                List.of(servers.sign(profile, pair.getPublic(), Instant.now(), RANDOM)), pair.getPrivate())));
        kubelet = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 1,
                InetAddress.getLoopbackAddress());
        kubelet.setNeedClientAuth(true);
        return threads.submit(() -> {
            try (SSLSocket asked = (SSLSocket) kubelet.accept()) {
                asked.startHandshake();
                return asked.getSession().getPeerPrincipal();
            }
        });
    }

    private Backends backends(String... arguments) {
        Struct status = Struct.of("addresses", Seq.of(Struct.of("type", "InternalIP", "address", "127.0.0.1")),
                "daemonEndpoints", Struct.of("kubeletEndpoint", Struct.of("Port", kubelet.getLocalPort())));
        Obj node = Obj.of(Struct.of("metadata", Struct.of("name", "node-1"), "status", status));
        ApiClient api = (ApiClient) Proxy.newProxyInstance(ApiClient.class.getClassLoader(),
                new Class<?>[] {ApiClient.class}, (p, m, a) -> node);
        return new Backends(api, new Direct(), KubeletConnections.of(tls, false, arguments), RANDOM);
    }

    /// Finds kubelets, and nothing else.
    private static final class Direct implements NodeDialer {
        @Override
        public ByteDuplex dial(String node, String host, int port) {
            throw new AssertionError("a kubelet was asked for");
        }

        @Override
        public ByteDuplex dialKubelet(String node, String host, int port) throws IOException {
            Socket socket = new Socket(host, port);
            return new Dialled(socket, socket.getInputStream(), socket.getOutputStream());
        }
    }

    private record Dialled(Socket socket, InputStream input, OutputStream output) implements ByteDuplex {
        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException closed) {
                throw new UncheckedIOException(closed);
            }
        }
    }

    @Test
    void asksKubeletsAsNoAdministrator() throws Exception {
        Future<Principal> who = listen("node-1");
        try (ByteDuplex channel = backends().kubelet("node-1").channel()) {
            channel.output().write('x');
            assertThat(who.get().getName()).isEqualTo("CN=kube-apiserver");
        }
    }

    @Test
    void asksKubeletsAsWhomArgumentsName() throws Exception {
        KeyPair pair = Keys.elliptic();
        Path certificate = tls.resolve("mine.crt");
        Path key = tls.resolve("mine.key");
        PemFiles.write(key, pair);
        PemFiles.write(certificate, List.of(clients.sign(Profile.client("mine", "ops"), pair.getPublic(),
                Instant.now(), RANDOM)));
        Future<Principal> who = listen("node-1");
        try (ByteDuplex channel = backends("kubelet-client-certificate=" + certificate, "kubelet-client-key=" + key,
                "kubelet-preferred-address-types=InternalIP").kubelet("node-1").channel()) {
            channel.output().write('x');
            assertThat(who.get().getName()).contains("CN=mine");
        }
    }

    @Test
    void believesKubeletsOfTheAuthorityThatAnArgumentNames() throws Exception {
        Path others = tls.resolve("others.crt");
        PemFiles.write(others, clients.chain());
        listen("node-1");
        assertThatThrownBy(() -> backends("kubelet-certificate-authority=" + others).kubelet("node-1"))
                .isInstanceOf(ApiFault.class);
    }

    @Test
    void anAuthorityThatIsNoneIsRefusedByName() throws Exception {
        listen("node-1");
        Path empty = tls.resolve("empty.crt");
        PemFiles.write(empty, "", PemFiles.OPEN);
        assertThatThrownBy(() -> backends("kubelet-certificate-authority=" + empty))
                .isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith(
                        "--kube-apiserver-arg=kubelet-certificate-authority=" + empty + ": no certificate is there; ");
    }

    @Test
    void nothingIsAskedForWhereANodeHasNoAddressOfTheTypesThatAreGiven() throws Exception {
        listen("node-1");
        assertThatThrownBy(() -> backends("kubelet-preferred-address-types=ExternalIP").kubelet("node-1"))
                .isInstanceOf(ApiFault.class).hasMessageContaining("no preferred addresses found");
    }

    @Test
    void aCertificateWithoutItsKeyIsRefusedByName() throws Exception {
        listen("node-1");
        assertThatThrownBy(() -> backends("kubelet-client-certificate=/mine.crt"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--kube-apiserver-arg=kubelet-client-key beside it");
    }

    /// The JDK takes each of them for an address.
    @ParameterizedTest
    @ValueSource(strings = {"101", "0001", "10.1", "10.0.0.9"})
    void takesTheKubeletOfANodeThatIsCalledLikeAnAddress(String node) throws Exception {
        Future<Principal> who = listen(node);
        try (ByteDuplex channel = backends().kubelet(node).channel()) {
            channel.output().write('x');
            assertThat(who.get().getName()).isEqualTo("CN=kube-apiserver");
        }
    }

    /// Addresses are signed as the agent tells them, without the password of the node that is called so.
    @Test
    void takesNoKubeletByAnAddressThatIsAnothersName() throws Exception {
        listen("node-2", "10.0.0.9");
        assertThatThrownBy(() -> backends().kubelet("10.0.0.9")).isInstanceOf(ApiFault.class)
                .hasMessageContaining("not that of the kubelet of node 10.0.0.9");
    }

    /// A node that gives another's address for its own would have what is asked of it answered there.
    @Test
    void takesNoOtherNodesKubeletForTheNodes() throws Exception {
        listen("node-2");
        assertThatThrownBy(() -> backends().kubelet("node-1")).isInstanceOf(ApiFault.class)
                .hasMessageContaining("node-1");
    }
}
