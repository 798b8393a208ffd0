package io.k3j.embeddedregistry;

import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.Endpoint;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Profile;
import io.k3j.testkitedge.FakeExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// Nodes as sockets of this machine, one request a connection, without TLS: who asks is known from who was given the
/// way ([#peers]).
final class TestCluster implements AutoCloseable {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final CertificateAuthority CA = CertificateAuthority.selfSigned("k3s-client", Keys.elliptic(), NOW,
            new Random(1));
    /// The nodes that share.
    final Set<String> members = ConcurrentHashMap.newKeySet();
    /// `FROM TO METHOD PATH` of each request.
    final List<String> requests = new CopyOnWriteArrayList<>();
    /// What is answered in place of an endpoint's word, by node: bytes as they are.
    final Map<String, String> instead = new ConcurrentHashMap<>();
    private final Map<String, ServerSocket> sockets = new ConcurrentHashMap<>();
    private final Map<String, Endpoint> endpoints = new ConcurrentHashMap<>();
    private final Map<Integer, String> callers = new ConcurrentHashMap<>();

    /// The certificate of a node's kubelet.
    static X509Certificate node(String name) {
        return certificate("system:node:" + name, "system:nodes");
    }

    static X509Certificate certificate(String user, String... groups) {
        Profile profile = new Profile(user, List.of(groups), List.of(), List.of(), Set.of(Profile.Usage.CLIENT),
                Profile.YEAR);
        return CA.sign(profile, Keys.elliptic().getPublic(), NOW, new Random(2));
    }

    /// A node that shares.
    void add(String name, Endpoint endpoint) throws IOException {
        ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        sockets.put(name, socket);
        endpoints.put(name, endpoint);
        members.add(name);
        Thread.ofVirtual().start(() -> accept(name, socket));
    }

    /// It answers nobody any more.
    void kill(String name) throws IOException {
        ServerSocket socket = sockets.get(name);
        if (socket != null) {
            socket.close();
        }
    }

    /// The cluster as one node sees it.
    PeerSet peers(String from) {
        return new PeerSet() {
            @Override
            public Set<String> names() {
                return Set.copyOf(members);
            }

            @Override
            public ByteDuplex open(String node) throws IOException {
                ServerSocket socket = sockets.get(node);
                if (socket == null || socket.isClosed()) {
                    throw new IOException(node + " is away");
                }
                Socket client = new Socket();
                client.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                callers.put(client.getLocalPort(), from);
                client.connect(socket.getLocalSocketAddress());
                return new TcpChannel(client, client.getInputStream(), client.getOutputStream());
            }
        };
    }

    private void accept(String name, ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                Socket one = socket.accept();
                Thread.ofVirtual().start(() -> serve(name, one));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(String name, Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            String[] first = line(in).split(" ");
            String from = callers.getOrDefault(socket.getPort(), "");
            requests.add(from + " " + name + " " + first[0] + " " + first[1].replaceAll("\\?.*", ""));
            FakeExchange exchange = new FakeExchange(first[0], first[1]).certified(node(from));
            int length = 0;
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                String[] header = line.split(": ", 2);
                exchange.with(header[0], header[1]);
                length = header[0].equals("content-length") ? Integer.parseInt(header[1]) : length;
            }
            exchange.body(in.readNBytes(length));
            OutputStream out = socket.getOutputStream();
            if (instead.containsKey(name)) {
                out.write(instead.get(name).getBytes(StandardCharsets.ISO_8859_1));
            } else {
                Endpoint endpoint = endpoints.get(name);
                endpoint.serve(exchange);
                out.write(head(exchange));
                out.write(exchange.bytes());
            }
            out.flush();
        } catch (IOException gone) {
            // the other side has ended it
        }
    }

    private static byte[] head(FakeExchange exchange) {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + exchange.status() + " \r\n");
        exchange.answered().forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        if (!exchange.answered().containsKey("content-length")) {
            head.append("content-length: ").append(exchange.bytes().length).append("\r\n");
        }
        return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("ended");
            }
            line.append(c == '\r' ? "" : Character.toString(c));
        }
        return line.toString().startsWith("host") ? line.toString().toLowerCase(Locale.ROOT) : line.toString();
    }

    @Override
    public void close() throws IOException {
        for (ServerSocket socket : sockets.values()) {
            socket.close();
        }
    }
}
