package io.k3j.aggregator;

import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.NodeDialer;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import io.k3j.pki.PemFiles;
import io.k3j.pki.Profile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/// Another API server: TLS on a port of this machine with a certificate for the Service `default/api`, which takes
/// connections of the front proxy only. What it does with a request is a script. Reached by [#dialer] alone.
final class Backend implements AutoCloseable {
    /// The heads it was sent.
    final Queue<String> heads = new ConcurrentLinkedQueue<>();
    final List<String> dialled = new CopyOnWriteArrayList<>();
    final CertificateAuthority authority;
    private final CertificateAuthority clients;
    private final SSLServerSocket socket;
    private final Thread accepting;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final AtomicInteger serving = new AtomicInteger();
    volatile Script script = (in, out) -> say(out, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");

    /// What it does after the head of a request.
    interface Script {
        void run(InputStream in, OutputStream out) throws Exception;
    }

    /// Writes the front proxy's files.
    /// @param tls the directory `server/tls`
    Backend(Path tls) throws Exception {
        SecureRandom random = new SecureRandom();
        authority = CertificateAuthority.selfSigned("api", Keys.elliptic(), Instant.now(), random);
        clients = CertificateAuthority.selfSigned("k3s-request-header-ca", Keys.elliptic(), Instant.now(), random);
        KeyPair proxy = Keys.elliptic();
        PemFiles.write(tls.resolve("client-auth-proxy.crt"), List.of(
                clients.sign(Profile.client("system:auth-proxy"), proxy.getPublic(), Instant.now(), random)));
        PemFiles.write(tls.resolve("client-auth-proxy.key"), proxy);
        PemFiles.write(tls.resolve("request-header-ca.crt"), List.of(clients.certificate()));
        PemFiles.write(tls.resolve("client-ca.crt"), List.of(authority.certificate()));
        SSLContext context = context(random);
        socket = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 50,
                InetAddress.getLoopbackAddress());
        socket.setNeedClientAuth(true);
        accepting = Thread.ofVirtual().start(this::accept);
    }

    private SSLContext context(SecureRandom random) throws Exception {
        KeyPair keys = Keys.elliptic();
        X509Certificate shown = authority.sign(
                Profile.server("api", List.of("api.default.svc"), List.of(InetAddress.getByName("127.0.0.1"))),
                keys.getPublic(), Instant.now(), random);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("server", keys.getPrivate(), new char[0],
                new X509Certificate[] {shown, authority.certificate()});
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("clients", clients.certificate());
        KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
        managers.init(store, new char[0]);
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private void accept() {
        try {
            while (!socket.isClosed()) {
                SSLSocket one = (SSLSocket) socket.accept();
                open.add(one);
                serving.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(one));
            }
        } catch (IOException closed) {
            // the end
        }
    }

    private void serve(SSLSocket one) {
        try (one) {
            StringBuilder head = new StringBuilder();
            InputStream in = one.getInputStream();
            while (head.indexOf("\r\n\r\n") < 0) {
                int c = in.read();
                if (c < 0) {
                    return;
                }
                head.append((char) c);
            }
            heads.add(head.toString());
            script.run(in, one.getOutputStream());
            // as servers do: a connection that is closed with something unread is reset, and its answer may be lost
            one.shutdownOutput();
            in.transferTo(OutputStream.nullOutputStream());
        } catch (Exception over) {
            // a script may end a connection any way it likes
        } finally {
            serving.decrementAndGet();
        }
    }

    /// Whether all connections have ended: of those that were closed before no head comes any more.
    boolean idle() {
        return serving.get() == 0;
    }

    /// Answers each request so.
    Backend says(String answer) {
        script = (in, out) -> say(out, answer);
        return this;
    }

    /// Answers with a body.
    Backend json(String body) {
        return says("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
    }

    static void say(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /// For `caBundle`.
    String caBundle() {
        return Base64.getEncoder().encodeToString(
                Pem.encode(List.of(authority.certificate())).getBytes(StandardCharsets.UTF_8));
    }

    /// Breaks all connections.
    void die() throws IOException {
        for (Socket one : open) {
            try (one) {
                one.setSoLinger(true, 0);
            } catch (SocketException closed) {
                // it has ended by itself
            }
        }
    }

    /// The way here, whatever address is asked for.
    NodeDialer dialer() {
        return new NodeDialer() {
            @Override
            public ByteDuplex dial(String node, String host, int port) throws IOException {
                dialled.add(node + " " + host + ":" + port);
                Socket s = new Socket(socket.getInetAddress(), socket.getLocalPort());
                return new Wire(s, s.getInputStream(), s.getOutputStream());
            }

            @Override
            public ByteDuplex dialKubelet(String node, String host, int port) throws IOException {
                throw new IOException("no kubelet here");
            }
        };
    }

    /// A connection that was dialled.
    record Wire(Socket socket, InputStream input, OutputStream output) implements ByteDuplex {
        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// Nobody is answered any more when this returns.
    @Override
    public void close() throws IOException {
        socket.close();
        try {
            accepting.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        die();
    }
}
