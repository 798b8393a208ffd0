package io.k3j.agent;

import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.CertificateRequest;
import io.k3j.pki.ClientTls;
import io.k3j.pki.ClusterToken;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import io.k3j.pki.Profile;
import io.k3j.streaming.WebSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/// A scripted stock K3s server as an agent sees it; its answers have K3s' form. Records every request.
final class StockServer implements AutoCloseable {
    static final String PASSWORD = "secret";
    private static final SecureRandom RANDOM = new SecureRandom();

    /// One request: the certificate's subject, empty without one; method and path; headers in lower case.
    record Request(String who, String line, Map<String, String> headers, byte[] body) {
    }

    /// An upgraded connection.
    record Tunnelled(InputStream in, OutputStream out, SSLSocket socket) {
    }

    final CertificateAuthority servers = CertificateAuthority.selfSigned("k3s-server", Keys.elliptic(), Instant.now(),
            RANDOM);
    final CertificateAuthority clients = CertificateAuthority.selfSigned("k3s-client", Keys.elliptic(), Instant.now(),
            RANDOM);
    final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
    final BlockingQueue<Tunnelled> tunnels = new LinkedBlockingQueue<>();
    /// Status codes that replace the scripted answers of these paths.
    final Map<String, Integer> refused = new ConcurrentHashMap<>();
    /// How many more requests of these paths find no place.
    final Map<String, Integer> busy = new ConcurrentHashMap<>();
    /// Paths of which the answers stop in the middle.
    final Set<String> stalled = ConcurrentHashMap.newKeySet();
    /// What those say that are refused.
    volatile String why = "as the script says";
    volatile String apiServers = "";
    private final SSLServerSocket listener;
    private final List<AutoCloseable> open = new ArrayList<>();

    StockServer() throws IOException {
        KeyPair pair = Keys.elliptic();
        X509Certificate leaf = servers.sign(Profile.server("k3s", List.of("localhost"),
                List.of(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))), pair.getPublic(), Instant.now(), RANDOM);
        var tls = ClientTls.trusting(clients.chain(), Optional.of(new ClientTls.Own(List.of(leaf), pair.getPrivate())));
        listener = (SSLServerSocket) tls.getServerSocketFactory().createServerSocket(0, 50,
                InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        listener.setWantClientAuth(true);
        apiServers = "[\"" + address() + "\"]";
        Thread.ofVirtual().name("stock-accept").start(this::accept);
    }

    String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    String url() {
        return "https://" + address();
    }

    /// The token in its `node-token` file.
    String token() {
        return "K10" + ClusterToken.caHash(Pem.encode(servers.chain())) + "::server:" + PASSWORD;
    }

    /// The next request; waits up to a minute.
    Request next() throws InterruptedException {
        Request next = requests.poll(60, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("nothing was asked");
        }
        return next;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                SSLSocket socket = (SSLSocket) listener.accept();
                synchronized (open) {
                    open.add(socket);
                }
                Thread.ofVirtual().name("stock-serve").start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(SSLSocket socket) {
        try {
            InputStream in = socket.getInputStream();
            for (Request request = read(socket, in); request != null; request = read(socket, in)) {
                requests.add(request);
                if (!answer(request, socket)) {
                    return;
                }
            }
            socket.close();
        } catch (IOException gone) {
            // the agent has closed the connection
        }
    }

    private static Request read(SSLSocket socket, InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int c = in.read();
            if (c < 0) {
                return null;
            }
            head.write(c);
        }
        List<String> lines = head.toString(StandardCharsets.ISO_8859_1).lines().toList();
        Map<String, String> headers = new LinkedHashMap<>();
        lines.stream().skip(1).filter(l -> l.contains(":")).forEach(l -> headers.put(
                l.substring(0, l.indexOf(':')).toLowerCase(Locale.ROOT), l.substring(l.indexOf(':') + 1).strip()));
        byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        return new Request(who(socket), lines.getFirst().replace(" HTTP/1.1", ""), headers, body);
    }

    private static String who(SSLSocket socket) {
        try {
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSubjectX500Principal().getName();
        } catch (SSLPeerUnverifiedException anonymous) {
            return "";
        }
    }

    private boolean answer(Request request, SSLSocket socket) throws IOException {
        String path = request.line().substring(request.line().indexOf(' ') + 1);
        if (refused.containsKey(path)) {
            reply(socket, refused.get(path), "{\"kind\":\"Status\",\"message\":\"" + why + "\"}");
            return true;
        }
        if (busy.computeIfPresent(path, (_, more) -> more == 0 ? null : more - 1) != null) {
            reply(socket, 429, "{\"kind\":\"Status\",\"message\":\"too many requests\"}");
            return true;
        }
        if (stalled.contains(path)) {
            socket.getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nthe".getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            return true;
        }
        if (path.equals("/cacerts")) {
            reply(socket, 200, Pem.encode(servers.chain()));
            return true;
        }
        if (path.equals("/v1-k3s/connect")) {
            return upgrade(request, socket);
        }
        boolean password = request.headers().getOrDefault("authorization", "").equals("Basic "
                + Base64.getEncoder().encodeToString(("node:" + PASSWORD).getBytes(StandardCharsets.UTF_8)));
        if (!password && !request.who().contains("O=system:nodes")) {
            reply(socket, 401, "{\"kind\":\"Status\",\"message\":\"not authorized\"}");
            return true;
        }
        reply(socket, 200, switch (path) {
            case "/v1-k3s/config" -> config();
            case "/v1-k3s/client-ca.crt" -> Pem.encode(clients.chain());
            case "/v1-k3s/server-ca.crt" -> Pem.encode(servers.chain());
            case "/v1-k3s/apiservers" -> apiServers;
            case "/v1-k3s/readyz" -> "ok";
            case "/v1-k3s/serving-kubelet.crt" ->
                signed(servers, Profile.server("n", List.of("n"), List.of()), request);
            case "/v1-k3s/client-kubelet.crt" -> signed(clients, Profile.client("system:node:n", "system:nodes"),
                    request);
            default -> signed(clients, Profile.client("system:" + path), request);
        });
        return true;
    }

    private static String signed(CertificateAuthority authority, Profile profile, Request request) {
        List<X509Certificate> chain = new ArrayList<>(authority.chain());
        chain.addFirst(authority.sign(profile, CertificateRequest.parse(request.body()).key(), Instant.now(), RANDOM));
        return Pem.encode(chain);
    }

    /// An extract of K3s 1.36's answer.
    static String config() {
        return """
                {"ClusterDNSs":["10.43.0.10"],"ClusterIPRanges":[{"IP":"10.42.0.0","Mask":"//8AAA=="}],\
                "ClusterDNS":"10.43.0.10","ClusterIPRange":{"IP":"10.42.0.0","Mask":"//8AAA=="},\
                "ClusterDomain":"cluster.local","DisableCCM":false,"DisableNPC":true,"FlannelBackend":"vxlan",\
                "EgressSelectorMode":"agent","ServiceIPRange":{"IP":"10.43.0.0","Mask":"//8AAA=="},\
                "ServiceNodePortRange":{"Base":30000,"Size":2768},"HTTPSPort":6443,"SupervisorPort":6443,\
                "Disables":{"traefik":true,"servicelb":false},"DisableKubeProxy":true,"ExtraEtcdArgs":null}
                """;
    }

    private static void reply(SSLSocket socket, int code, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        String head = "HTTP/1.1 " + code + " Whatever\r\nContent-Type: text/plain\r\nContent-Length: " + body.length
                + "\r\n\r\n";
        OutputStream out = socket.getOutputStream();
        out.write(head.getBytes(StandardCharsets.US_ASCII));
        out.write(body);
        out.flush();
    }

    private boolean upgrade(Request request, SSLSocket socket) throws IOException {
        if (!request.who().contains("O=system:nodes")) {
            reply(socket, 401, "");
            return true;
        }
        String head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: " + WebSocket.accept(request.headers().get("sec-websocket-key")) + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        tunnels.add(new Tunnelled(socket.getInputStream(), socket.getOutputStream(), socket));
        return false;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        synchronized (open) {
            for (AutoCloseable one : open) {
                try {
                    one.close();
                } catch (Exception broken) {
                    throw new IOException(broken);
                }
            }
        }
    }
}
