package io.k3j.nodeproxy;

import io.k3j.clientapi.ApiFault;
import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.Exchange;
import io.k3j.edgeapi.ResponseStream;
import io.k3j.kubeletclient.ResponseHead;
import io.k3j.kubeletclient.SwitchedProtocols;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/// Forwards one request to a back end over an open channel and its answer to the client, or the bytes of both
/// directions after an upgrade. Blocks until both ends are finished, then closes the channel.
final class Relay {
    /// How long a back end may take to switch protocols. Any other answer may take as long as its client waits: a log
    /// or a long poll may be silent for hours.
    private static final Duration SWITCHING = Duration.ofSeconds(60);
    private static final int BLOCK_BYTES = 16 * 1024;
    private static final int MAX_ERROR_BYTES = 50_000;
    /// Answers that only say that another one comes (RFC 9110 §15.2).
    private static final int MOST_INFORMATIONAL = 5;
    private static final int DELETE = 0x7f;
    private static final int LAST_BYTE = 0xff;
    /// Hop-by-hop headers (RFC 9110 §7.6.1), and those the API server keeps to itself.
    private static final Set<String> DROPPED = Set.of("connection", "keep-alive", "proxy-authenticate",
            "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade", "host", "content-length",
            "authorization", "impersonate-user", "impersonate-group", "impersonate-uid", "expect", "http2-settings");
    private static final Set<String> DROPPED_ANSWERS = Set.of("connection", "keep-alive", "transfer-encoding",
            "content-length", "date", "upgrade", "trailer");
    private final Exchange exchange;
    private final ByteDuplex back;
    private final String host;
    private final Duration switching;

    Relay(Exchange exchange, ByteDuplex back, String host) {
        this(exchange, back, host, SWITCHING);
    }

    /// @param switching how long the back end may take to switch protocols
    Relay(Exchange exchange, ByteDuplex back, String host, Duration switching) {
        this.exchange = exchange;
        this.back = back;
        this.host = host;
        this.switching = switching;
    }

    /// Forwards a request whose failure is reported as the API server's own status, as upstream's
    /// `GenericHttpResponseChecker` does. A request for a [LogSocket] gets the answer through it.
    /// @throws ApiFault with the body of the back end's error
    void runChecked(String target) throws IOException {
        try (back) {
            Optional<LogSocket> socket = LogSocket.ofRequest(exchange);
            begin();
            send(target, false);
            ResponseHead head = ResponseHead.read(back.input());
            if (head.status() < 200 || head.status() > 206) {
                byte[] said = head.body(back.input(), exchange.method()).readNBytes(MAX_ERROR_BYTES);
                String text = new String(said, StandardCharsets.UTF_8);
                throw head.status() == 400 ? ApiFault.badRequest(text) : ApiFault.internal(text);
            }
            if (socket.isPresent()) {
                socket.get().relay(head.body(back.input(), exchange.method()), back);
            } else {
                answer(head, UnaryOperator.identity(), false);
            }
        }
    }

    /// @param target the path and query at the back end
    /// @param link rewrites redirects and links of pages
    void run(String target, UnaryOperator<String> link) throws IOException {
        try (back) {
            begin();
            boolean upgrade = exchange.header("upgrade").isPresent();
            send(target, upgrade);
            ResponseHead head = upgrade ? switched() : head();
            if (head.status() == 101 && !upgrade) {
                // the client would take what follows for the answers to its next requests
                throw ApiFault.unavailable("error trying to reach service: it switched protocols without being asked");
            }
            if (head.status() == 101) {
                switchProtocols(head);
            } else {
                answer(head, link, true);
            }
        }
    }

    private ResponseHead head() throws IOException {
        ResponseHead head = ResponseHead.read(back.input());
        for (int i = 0; head.status() < 200 && head.status() != 101; i++) {
            if (i == MOST_INFORMATIONAL) {
                throw ApiFault.unavailable("error trying to reach service: more than " + MOST_INFORMATIONAL
                        + " informational answers");
            }
            head = ResponseHead.read(back.input());
        }
        return head;
    }

    private ResponseHead switched() throws IOException {
        CountDownLatch answered = new CountDownLatch(1);
        // a channel has no time-outs of its own
        Thread.ofVirtual().name("node-proxy-limit").start(() -> limit(answered));
        try {
            return head();
        } finally {
            answered.countDown();
        }
    }

    private void limit(CountDownLatch answered) {
        try {
            if (!answered.await(switching.toMillis(), TimeUnit.MILLISECONDS)) {
                back.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void begin() {
        exchange.onEnd(back::close);
        // the client may stop reading a log or session at any time without being disconnected
        exchange.mayPause();
    }

    private void send(String target, boolean upgrade) throws IOException {
        StringBuilder head = new StringBuilder(word(exchange.method())).append(' ').append(word(target))
                .append(" HTTP/1.1\r\nHost: ")
                .append(host).append("\r\n");
        for (Map.Entry<String, List<String>> h : exchange.headers().entrySet()) {
            if (!DROPPED.contains(h.getKey()) && !h.getKey().startsWith(":")
                    && !h.getKey().startsWith("impersonate-")) {
                h.getValue().forEach(v -> head.append(word(h.getKey())).append(": ").append(line(v)).append("\r\n"));
            }
        }
        head.append("X-Forwarded-For: ").append(exchange.remote().getAddress().getHostAddress()).append("\r\n");
        boolean body = !upgrade && hasBody();
        if (upgrade) {
            head.append("Connection: Upgrade\r\nUpgrade: ").append(line(exchange.header("upgrade").orElseThrow()))
                    .append("\r\n");
        } else if (body) {
            head.append("Transfer-Encoding: chunked\r\nConnection: close\r\n");
        } else {
            head.append("Content-Length: 0\r\nConnection: close\r\n");
        }
        OutputStream out = back.output();
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        if (body) {
            sendChunks(out);
        }
    }

    /// Refuses text that would end a word or a line: otherwise a caller could inject a request that is sent
    /// under the API server's own certificate.
    private static String word(String text) {
        if (text.isEmpty() || text.chars().anyMatch(c -> c <= ' ' || c == DELETE || c > LAST_BYTE)) {
            throw ApiFault.badRequest("invalid character in the method, the path or a header of the request");
        }
        return text;
    }

    private static String line(String text) {
        if (text.chars().anyMatch(c -> c < ' ' && c != '\t' || c == DELETE || c > LAST_BYTE)) {
            throw ApiFault.badRequest("invalid character in a header of the request");
        }
        return text;
    }

    private boolean hasBody() {
        return exchange.header("content-length").map(l -> !l.equals("0")).orElse(false)
                || exchange.header("transfer-encoding").isPresent()
                || exchange.protocol().startsWith("HTTP/2")
                        && Set.of("POST", "PUT", "PATCH").contains(exchange.method());
    }

    private void sendChunks(OutputStream out) throws IOException {
        byte[] block = new byte[BLOCK_BYTES];
        InputStream in = exchange.bodyStream();
        for (int n = in.read(block); n >= 0; n = in.read(block)) {
            if (n > 0) {
                out.write((Integer.toHexString(n) + "\r\n").getBytes(StandardCharsets.US_ASCII));
                out.write(block, 0, n);
                out.write('\r');
                out.write('\n');
                out.flush();
            }
        }
        out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private void answer(ResponseHead head, UnaryOperator<String> link, boolean rewritten) throws IOException {
        Map<String, String> headers = forwardedHeaders(head);
        headers.computeIfPresent("location", (name, value) -> link.apply(value));
        InputStream in = head.body(back.input(), exchange.method());
        ProxiedBody page = rewritten ? ProxiedBody.of(head, in, link) : ProxiedBody.unchanged(in);
        ResponseStream out = exchange.stream(head.status(), headers);
        try {
            for (byte[] next = page.next(); next != null; next = page.next()) {
                out.write(next);
            }
            out.close();
        } catch (IOException e) {
            out.abort();
            throw e;
        }
    }

    private static Map<String, String> forwardedHeaders(ResponseHead head) {
        Map<String, String> headers = new LinkedHashMap<>();
        head.headers().forEach((name, value) -> {
            if (!DROPPED_ANSWERS.contains(name)) {
                headers.put(name.toLowerCase(Locale.ROOT), value);
            }
        });
        return headers;
    }

    private void switchProtocols(ResponseHead head) throws IOException {
        Map<String, String> headers = forwardedHeaders(head);
        headers.put("connection", "Upgrade");
        headers.put("upgrade", head.headers().getOrDefault("upgrade", ""));
        SwitchedProtocols.pass(exchange.upgrade(headers), back, "node-proxy-up");
    }
}
