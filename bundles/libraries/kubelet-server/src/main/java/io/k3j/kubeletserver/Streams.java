package io.k3j.kubeletserver;

import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.Exchange;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.streaming.MessageBytes;
import io.k3j.streaming.RemoteCommand;
import io.k3j.streaming.SpdyClient;
import io.k3j.streaming.WebSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Exec, attach and port-forward: between anyone who asks us and the runtime's streaming server on this host.
/// SPDY is passed on byte by byte, because the runtime speaks it itself, and so are the older channels of WebSocket;
/// newer ones are translated, because with them the runtime cannot hear that standard input has ended.
///
/// Any thread; each call blocks until its session has ended. The URL of [ContainerRuntime#stream] works once, and the
/// client never sees it. A [KubeletServer.Refusal] comes before the client was answered 101: 400 for no upgrade, 403
/// for a protocol nobody speaks, 502 when the runtime does not upgrade. After an `IOException` both sides are closed.
final class Streams {
    private static final String PROTOCOL = "sec-websocket-protocol";
    private static final String PORT_PROTOCOL = "portforward.k8s.io";
    /// kubectl's way by KEP-4006: SPDY's own bytes inside messages of a WebSocket.
    private static final String PORT_TUNNEL = "SPDY/3.1+portforward.k8s.io";
    private static final List<String> PORT_CHANNELS = List.of("v4.channel.k8s.io", "v4.base64.channel.k8s.io");
    /// Without the message that closes a channel, so with them standard input ends only with the connection.
    private static final List<String> OLDER_CHANNELS = List.of("v4.base64.channel.k8s.io", "channel.k8s.io",
            "base64.channel.k8s.io");
    private static final int MAX_HEAD = 16 * 1024;
    private static final int BUFFER = 64 * 1024;
    private final ContainerRuntime runtime;

    Streams(ContainerRuntime runtime) {
        this.runtime = runtime;
    }

    /// CRI's `ExecRequest`. With a terminal there is no standard error of its own: CRI refuses `stderr` with `tty`.
    /// @param container the runtime's id
    /// @param q `command` once per word, and which streams are wanted
    Struct exec(String container, Parameters q) {
        return Struct.of("containerId", container, "cmd", q.all("command"), "tty", q.flag("tty"), "stdin",
                stdin(q), "stdout", stdout(q), "stderr", stderr(q) && !q.flag("tty"));
    }

    /// CRI's `AttachRequest`.
    /// @param tty as the container was made
    Struct attach(String container, Parameters q, boolean tty) {
        return Struct.of("containerId", container, "tty", tty, "stdin", stdin(q), "stdout", stdout(q),
                "stderr", stderr(q) && !tty);
    }

    /// The API server writes `input`, `output` and `error`, as upstream's kubelet reads them; `stdin` and its
    /// companions are the names of the API, for who calls the kubelet directly.
    private static boolean stdin(Parameters q) {
        return q.flag("input") || q.flag("stdin");
    }

    private static boolean stdout(Parameters q) {
        return q.flag("output") || q.flag("stdout");
    }

    private static boolean stderr(Parameters q) {
        return q.flag("error") || q.flag("stderr");
    }

    /// Serves exec or attach.
    /// @param kind `Exec` or `Attach`
    /// @param request what [#exec] or [#attach] made
    void command(Exchange x, String kind, Struct request, Parameters q) throws IOException {
        if (!stdin(q) && !stdout(q) && !stderr(q)) {
            throw new KubeletServer.Refusal(400, "you must specify at least 1 of stdin, stdout, stderr");
        }
        if (webSocket(x)) {
            Optional<String> translated = WebSocket.protocol(values(x, PROTOCOL), RemoteCommand.PROTOCOLS);
            if (translated.isPresent()) {
                translated(x, translated.get(), kind, request);
            } else {
                String protocol = spoken(x, OLDER_CHANNELS, RemoteCommand.PROTOCOLS);
                passed(x, protocol, runtime.stream(kind, request));
            }
            return;
        }
        tunnel(x, runtime.stream(kind, request));
    }

    /// The client's channels say that a direction has ended; over SPDY a stream of the runtime's is closed for it.
    private void translated(Exchange x, String protocol, String kind, Struct request) throws IOException {
        RemoteCommand.Wanted wanted = new RemoteCommand.Wanted(request.flag("stdin"), request.flag("stdout"),
                request.flag("stderr"), request.flag("tty"));
        try (Connection c = Connection.open(runtime.stream(kind, request), List.of("v4.channel.k8s.io"));
                ByteDuplex duplex = accept(x, protocol)) {
            WebSocket socket = new WebSocket(duplex.input(), duplex.output());
            RemoteCommand.relay(socket, new SpdyClient(c.in, c.out), wanted);
        }
    }

    /// Serves port-forward. Three ways: SPDY passed on, SPDY within a WebSocket, or channels for client libraries.
    void ports(Exchange x, String sandbox, Parameters q) throws IOException {
        Optional<String> tunnel = WebSocket.protocol(values(x, PROTOCOL), List.of(PORT_TUNNEL));
        if (webSocket(x) && tunnel.isEmpty()) {
            channels(x, sandbox, q);
            return;
        }
        URI url = runtime.stream("PortForward", Struct.of("podSandboxId", sandbox));
        if (!webSocket(x)) {
            tunnel(x, url);
            return;
        }
        String protocol = tunnel.orElseThrow();
        try (Connection c = Connection.open(url, List.of(PORT_PROTOCOL)); ByteDuplex duplex = accept(x, protocol)) {
            WebSocket socket = new WebSocket(duplex.input(), duplex.output());
            MessageBytes bytes = new MessageBytes(socket);
            pump(bytes.input(), c.out, bytes.output(), c.in, c);
            // a closing frame tells the client that nothing was cut off
            socket.end();
        }
    }

    /// Serves port-forward with two channels per port, as client libraries ask for it: the runtime speaks it itself.
    /// The ports have to be known before the first byte: a channel's number stands for one of them.
    private void channels(Exchange x, String sandbox, Parameters q) throws IOException {
        String protocol = spoken(x, PORT_CHANNELS, List.of(PORT_TUNNEL));
        List<Long> ports = new ArrayList<>();
        try {
            q.all("port").forEach(port -> ports.add(Long.parseUnsignedLong(port)));
        } catch (NumberFormatException e) {
            throw new KubeletServer.Refusal(400, "a port is not a number");
        }
        if (ports.isEmpty()) {
            throw new KubeletServer.Refusal(400, "query parameter \"port\" is required");
        }
        URI url = runtime.stream("PortForward", Struct.of("podSandboxId", sandbox, "port", ports));
        passed(x, protocol, url);
    }

    /// What the client and the runtime both speak; empty when the client names nothing, which is the oldest channels.
    /// @param ours what the runtime speaks, the best first
    /// @param others what is served besides
    private static String spoken(Exchange x, List<String> ours, List<String> others) {
        List<String> offered = values(x, PROTOCOL);
        return offered.isEmpty() ? "" : WebSocket.protocol(offered, ours).orElseThrow(
                () -> new KubeletServer.Refusal(403, "no protocol in common; served are " + String.join(", ", others)
                        + ", " + String.join(", ", ours)));
    }

    /// Passes a WebSocket on, which the runtime speaks itself. Frames are not looked at: masks and pings are between
    /// client and runtime.
    private static void passed(Exchange x, String protocol, URI url) throws IOException {
        try (Connection c = Connection.webSocket(url, protocol); ByteDuplex duplex = accept(x, protocol)) {
            pump(duplex.input(), c.out, duplex.output(), c.in, c);
        }
    }

    private static boolean webSocket(Exchange x) {
        return x.header("upgrade").map(u -> u.equalsIgnoreCase("websocket")).orElse(false);
    }

    private static List<String> values(Exchange x, String header) {
        return x.headers().getOrDefault(header, List.of());
    }

    /// The client is answered only after the runtime has upgraded, so that a failure there is still an HTTP answer.
    private static ByteDuplex accept(Exchange x, String protocol) throws IOException {
        String key = x.header("sec-websocket-key").orElseThrow(
                () -> new KubeletServer.Refusal(400, "Sec-WebSocket-Key is missing"));
        Map<String, String> head = new LinkedHashMap<>(Map.of("connection", "Upgrade", "upgrade", "websocket",
                "sec-websocket-accept", WebSocket.accept(key)));
        if (!protocol.isEmpty()) {
            head.put(PROTOCOL, protocol);
        }
        return x.upgrade(head);
    }

    /// Passes an upgraded SPDY connection on.
    private static void tunnel(Exchange x, URI url) throws IOException {
        if (!x.header("upgrade").map(u -> u.toLowerCase(Locale.ROOT).startsWith("spdy/3.1")).orElse(false)) {
            throw new KubeletServer.Refusal(400, "unable to upgrade: missing upgrade headers in request");
        }
        try (Connection c = Connection.open(url, values(x, "x-stream-protocol-version"))) {
            Map<String, String> head = new LinkedHashMap<>(Map.of("connection", "Upgrade", "upgrade", "SPDY/3.1"));
            c.protocol.ifPresent(p -> head.put("x-stream-protocol-version", p));
            try (ByteDuplex duplex = x.upgrade(head)) {
                pump(duplex.input(), c.out, duplex.output(), c.in, c);
            }
        }
    }

    /// Copies both ways until the runtime has ended its side. The way up has a thread of its own, as both ends may send
    /// at any time. When the client has gone, the runtime's connection is closed, which ends the way down; when the
    /// runtime has ended, the caller closes the client's side.
    private static void pump(InputStream clientIn, OutputStream runtimeOut, OutputStream clientOut,
            InputStream runtimeIn, Connection connection) throws IOException {
        Thread up = Thread.ofVirtual().name("stream-up").start(() -> {
            try {
                copy(clientIn, runtimeOut);
            } catch (IOException e) {
                // the client has gone
            }
            connection.close();
        });
        try {
            copy(runtimeIn, clientOut);
        } finally {
            up.interrupt();
        }
    }

    private static void copy(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
            to.write(buffer, 0, n);
            to.flush();
        }
    }

    /// An upgraded connection to the runtime's streaming server. Written by hand, because no HTTP client of Java hands
    /// over an upgraded connection.
    private record Connection(Socket socket, InputStream in, OutputStream out, Optional<String> protocol)
            implements
                AutoCloseable {
        private static final String KEY = "azNqLXBvcnQtZm9yd2FyZA==";

        /// Upgraded to SPDY/3.1.
        static Connection open(URI url, List<String> protocols) throws IOException {
            StringBuilder b = new StringBuilder("Upgrade: SPDY/3.1\r\nContent-Length: 0\r\n");
            protocols.forEach(p -> b.append("X-Stream-Protocol-Version: ").append(p).append("\r\n"));
            return upgraded(url, "POST ", b.toString());
        }

        /// The same upgraded to a WebSocket. The key only has to be well-formed: nobody else can answer here. The
        /// origin is the runtime's own address, which no check of origins refuses.
        static Connection webSocket(URI url, String protocol) throws IOException {
            return upgraded(url, "GET ", "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
                    + KEY + "\r\nOrigin: http://" + url.getAuthority() + "\r\n"
                    + (protocol.isEmpty() ? "" : "Sec-WebSocket-Protocol: " + protocol + "\r\n"));
        }

        /// @throws KubeletServer.Refusal 502 with the runtime's status line when it does not upgrade
        private static Connection upgraded(URI url, String method, String headers) throws IOException {
            Socket socket = new Socket(url.getHost(), url.getPort());
            try {
                socket.setTcpNoDelay(true);
                String request = method + url.getRawPath() + " HTTP/1.1\r\nHost: " + url.getAuthority()
                        + "\r\nConnection: Upgrade\r\n" + headers + "\r\n";
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                List<String> head = head(socket.getInputStream());
                if (!head.getFirst().contains(" 101 ")) {
                    throw new KubeletServer.Refusal(502, "container runtime: " + head.getFirst());
                }
                Optional<String> chosen = head.stream()
                        .filter(l -> l.toLowerCase(Locale.ROOT).startsWith("x-stream-protocol-version:"))
                        .map(l -> l.substring(l.indexOf(':') + 1).strip()).findFirst();
                return new Connection(socket, socket.getInputStream(), socket.getOutputStream(), chosen);
            } catch (IOException | RuntimeException e) {
                socket.close();
                throw e;
            }
        }

        /// The lines up to the empty one, and not one byte further: what follows is the stream's.
        private static List<String> head(InputStream in) throws IOException {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            int end = 0;
            while (end < 4) {
                int c = in.read();
                if (c < 0 || all.size() > MAX_HEAD) {
                    throw new IOException("the container runtime's streaming server closed the connection");
                }
                all.write(c);
                boolean expected = c == (end % 2 == 0 ? '\r' : '\n');
                end = expected ? end + 1 : c == '\r' ? 1 : 0;
            }
            return all.toString(StandardCharsets.ISO_8859_1).lines().toList();
        }

        /// May be called twice, and by another thread, which wakes the reader.
        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                // it is of no use any more
            }
        }
    }
}
