package io.k3j.bootitest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/// A kubelet's port, from a script: health, a container's log, one command.
final class StockKubelet implements AutoCloseable {
    private static final long LIMIT_SECONDS = 60;
    private static final String PROTOCOL = "v5.channel.k8s.io";

    /// One request: the subject of the certificate shown, and the first line.
    record Asked(String who, String line) {
    }

    private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private final SSLServerSocket listener;

    StockKubelet(SSLContext tls) throws IOException {
        listener = (SSLServerSocket) tls.getServerSocketFactory().createServerSocket(0, 50,
                InetAddress.ofLiteral("127.0.0.1"));
        listener.setNeedClientAuth(true);
        Thread.ofVirtual().name("stock-kubelet").start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /// The next request whose first line begins like this. The server has wishes of its own in between:
    /// metrics-server asks for `/metrics/resource` whenever it wants.
    Asked next(String line) throws InterruptedException {
        List<Asked> others = new ArrayList<>();
        while (true) {
            Asked next = asked.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("nobody asked for " + line + ", but for " + others);
            }
            if (next.line().startsWith(line)) {
                return next;
            }
            others.add(next);
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                SSLSocket socket = (SSLSocket) listener.accept();
                Thread.ofVirtual().name("stock-kubelet-request").start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(SSLSocket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            while (true) {
                String line = GoClient.line(in);
                Map<String, String> headers = new TreeMap<>();
                for (String header = GoClient.line(in); !header.isEmpty(); header = GoClient.line(in)) {
                    int colon = header.indexOf(':');
                    headers.put(header.substring(0, colon).toLowerCase(Locale.ROOT),
                            header.substring(colon + 1).strip());
                }
                X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
                asked.add(new Asked(shown.getSubjectX500Principal().getName(), line));
                if (!answer(line.split(" ")[1], headers, socket.getOutputStream())) {
                    return;
                }
            }
        } catch (IOException gone) {
            // the server has what it wanted
        }
    }

    private static boolean answer(String path, Map<String, String> headers, OutputStream out) throws IOException {
        if (path.startsWith("/exec/")) {
            exec(headers, out);
            return false;
        }
        if (path.startsWith("/containerLogs/")) {
            write(out, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n");
            write(out, "a\r\nfirst line\r\n");
            write(out, "d\r\n\nsecond line\n\r\n0\r\n\r\n");
            return true;
        }
        boolean healthy = path.equals("/healthz");
        String body = healthy ? "ok" : "404 page not found\n";
        write(out, "HTTP/1.1 " + (healthy ? "200 OK" : "404 Not Found") + "\r\nContent-Type: text/plain; charset=utf-8"
                + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        return true;
    }

    private static void exec(Map<String, String> headers, OutputStream out) throws IOException {
        write(out, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: " + WireFrame.accept(headers.get("sec-websocket-key"))
                + "\r\nSec-WebSocket-Protocol: " + PROTOCOL + "\r\n\r\n");
        channel(out, 1, "said by the container\n");
        channel(out, 3, "{\"metadata\":{},\"status\":\"Success\"}");
        new WireFrame(WireFrame.CLOSE, new byte[] {3, (byte) 0xe8}).write(out, false);
    }

    private static void channel(OutputStream out, int channel, String text) throws IOException {
        new WireFrame(WireFrame.BINARY, ((char) channel + text).getBytes(StandardCharsets.US_ASCII)).write(out, false);
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
