package io.k3j.webhookclient;

import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.ClientTls;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import io.k3j.pki.Profile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.function.Executable;

/// A proxy on a port of this machine, of HTTP and of SOCKS 5, which takes every name for this machine's. What it was
/// asked for is kept.
final class TestProxy implements AutoCloseable {
    /// The first line of each request of HTTP with the credentials in it, and what each of SOCKS was for.
    final List<String> asked = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ServerSocket listening;
    private final String authorities;
    private volatile boolean refuses;

    private TestProxy(ServerSocket listening, String authorities) {
        this.listening = listening;
        this.authorities = authorities;
        threads.execute(this::accept);
    }

    /// In the clear.
    static TestProxy plain() throws IOException {
        return new TestProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), "");
    }

    /// Over TLS, with an authority of its own and a certificate for a name.
    static TestProxy secured(String name) throws Exception {
        SecureRandom random = new SecureRandom();
        CertificateAuthority authority = CertificateAuthority.selfSigned("proxy", Keys.elliptic(), Instant.now(),
                random);
        KeyPair keys = Keys.elliptic();
        X509Certificate shown = authority.sign(Profile.server(name, List.of(name), List.of()), keys.getPublic(),
                Instant.now(), random);
        return new TestProxy(ClientTls
                .trusting(List.of(), Optional.of(new ClientTls.Own(List.of(shown), keys.getPrivate())))
                .getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress()),
                Pem.encode(List.of(authority.certificate())));
    }

    /// Answers 407 from now on, and by SOCKS that it is not allowed.
    TestProxy refusing() {
        refuses = true;
        return this;
    }

    int port() {
        return listening.getLocalPort();
    }

    /// PEM; empty in the clear.
    String authorities() {
        return authorities;
    }

    private void accept() {
        quietly(() -> {
            while (true) {
                Socket socket = listening.accept();
                threads.execute(() -> quietly(() -> serve(socket)));
            }
        });
    }

    /// A connection that ends is no failure.
    private static void quietly(Executable what) {
        try {
            what.execute();
        } catch (IOException | RejectedExecutionException ended) {
            // it has ended
        } catch (Throwable wrong) {
            throw new AssertionError(wrong);
        }
    }

    private void serve(Socket socket) throws IOException {
        try (socket) {
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            int first = in.read();
            if (first == 5) {
                socks(in, out);
            } else {
                http((char) first + head(in), in, out);
            }
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            head.append((char) c);
            if (head.toString().endsWith("\r\n\r\n")) {
                return head.toString();
            }
        }
        throw new IOException("ended");
    }

    private static String header(String head, String name) {
        return head.lines().filter(line -> line.startsWith(name + ": ")).findFirst()
                .map(line -> line.substring(name.length() + 2)).orElse("");
    }

    private void http(String head, InputStream in, OutputStream out) throws IOException {
        String line = head.lines().findFirst().orElse("");
        asked.add(line + " " + header(head, "Proxy-Authorization") + header(head, "Authorization"));
        if (refuses) {
            answer(out, "407 Proxy Authentication Required");
        } else if (line.startsWith("CONNECT ")) {
            try (Socket server = new Socket(InetAddress.getLoopbackAddress(), port(line.split(" ")[1]))) {
                out.write("HTTP/1.1 200 Connection established\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                relay(in, out, server);
            }
        } else {
            in.readNBytes(Integer.parseInt(header(head, "Content-Length")));
            answer(out, "200 OK");
        }
    }

    private static int port(String target) {
        return Integer.parseInt(target.substring(target.lastIndexOf(':') + 1));
    }

    private static void answer(OutputStream out, String status) throws IOException {
        out.write(("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    private void socks(InputStream in, OutputStream out) throws IOException {
        String methods = text(in);
        boolean login = methods.indexOf(2) >= 0;
        out.write(new byte[] {5, (byte) (login ? 2 : 0)});
        String who = "";
        if (login) {
            in.read();
            who = text(in) + ":" + text(in);
            out.write(new byte[] {1, 0});
        }
        in.readNBytes(3);
        String host = switch (in.read()) {
            case 3 -> text(in);
            case 1 -> InetAddress.getByAddress(in.readNBytes(4)).getHostAddress();
            default -> throw new IOException("neither a name nor IPv4");
        };
        int port = in.read() << 8 | in.read();
        asked.add("SOCKS " + host + ":" + port + " " + who);
        out.write(new byte[] {5, (byte) (refuses ? 2 : 0), 0, 1, 0, 0, 0, 0, 0, 0});
        if (!refuses) {
            try (Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
                relay(in, out, server);
            }
        }
    }

    /// A text behind its length.
    private static String text(InputStream in) throws IOException {
        return new String(in.readNBytes(in.read()), StandardCharsets.ISO_8859_1);
    }

    private void relay(InputStream in, OutputStream out, Socket server) throws IOException {
        threads.execute(() -> quietly(() -> in.transferTo(server.getOutputStream())));
        server.getInputStream().transferTo(out);
    }

    @Override
    public void close() throws IOException {
        listening.close();
        threads.shutdownNow();
    }
}
