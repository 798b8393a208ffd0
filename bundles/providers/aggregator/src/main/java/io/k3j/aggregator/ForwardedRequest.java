package io.k3j.aggregator;

import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.Exchange;
import io.k3j.edgeapi.ResponseStream;
import io.k3j.kubeletclient.ResponseHead;
import io.k3j.kubeletclient.SwitchedProtocols;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One request on an open connection: its body there, the answer back as it comes, or the bytes of both directions
/// after an upgrade. What the client does not read, the other server is not asked for. The body is sent while the
/// answer comes ([BodySender]). Closing it closes the connection.
final class ForwardedRequest implements AutoCloseable {
    private static final int BLOCK_BYTES = 16 * 1024;
    private static final int MOST_INFORMATIONAL = 16;
    /// Hop-by-hop headers, what the edge writes itself, and CORS, which is this server's matter.
    private static final Set<String> DROPPED = Set.of("connection", "keep-alive", "transfer-encoding",
            "content-length", "date", "upgrade", "trailer", "access-control-allow-origin",
            "access-control-allow-credentials", "access-control-allow-headers", "access-control-allow-methods",
            "access-control-expose-headers", "access-control-max-age");
    private final Exchange exchange;
    private final ByteDuplex back;
    private final boolean upgrade;
    private @Nullable BodySender sender;

    ForwardedRequest(Exchange exchange, ByteDuplex back) {
        this.exchange = exchange;
        this.back = back;
        this.upgrade = exchange.header("upgrade").filter(ForwardedRequest::upgrades).isPresent();
    }

    /// HTTP/2 in clear text would be more requests, with headers nobody has looked at, on a connection that the other
    /// server takes for the front proxy's.
    private static boolean upgrades(String protocols) {
        return Stream.of(protocols.toLowerCase(Locale.ROOT).split(",")).noneMatch(p -> p.strip().startsWith("h2"));
    }

    /// Sends the head, and begins to send the body.
    void send(ForwardedHead head) throws IOException {
        Optional<String> length = exchange.header("content-length").filter(l -> l.matches("[0-9]{1,18}"));
        boolean chunked = !upgrade && length.isEmpty() && (exchange.header("transfer-encoding").isPresent()
                || exchange.protocol().startsWith("HTTP/2")
                        && Set.of("POST", "PUT", "PATCH", "DELETE").contains(exchange.method()));
        if (upgrade) {
            head.add("Connection", "Upgrade").add("Upgrade", exchange.header("upgrade").orElse(""));
        } else {
            head.add("Connection", "close");
            if (chunked) {
                head.add("Transfer-Encoding", "chunked");
            } else {
                head.add("Content-Length", length.orElse("0"));
            }
        }
        OutputStream out = back.output();
        out.write(head.end());
        out.flush();
        if (!upgrade && (chunked || length.isPresent())) {
            sender = new BodySender(exchange, back, chunked ? BodySender.CHUNKED : Long.parseLong(length.get()));
            sender.start();
        }
    }

    /// Why the client's body cannot be read, when that was why there is no answer.
    Optional<IOException> unread() {
        return sender == null ? Optional.empty() : sender.unread();
    }

    /// The head of the answer; blocks for it.
    /// @throws IOException when what comes is no answer to this request
    ResponseHead head() throws IOException {
        ResponseHead head = ResponseHead.read(back.input());
        for (int i = 0; head.status() < 200 && head.status() != 101; i++) {
            if (i == MOST_INFORMATIONAL) {
                throw new IOException("more than " + MOST_INFORMATIONAL + " informational answers");
            }
            head = ResponseHead.read(back.input());
        }
        if (head.status() == 101 && !upgrade) {
            // the client would take what follows for the answers to its next requests
            throw new IOException("it switched protocols without being asked");
        }
        return head;
    }

    /// Passes the answer back.
    void answer(ResponseHead head) throws IOException {
        if (head.status() == 101) {
            switchProtocols(head);
            return;
        }
        InputStream in = head.body(back.input(), exchange.method());
        ResponseStream out = exchange.stream(head.status(), headers(head));
        boolean whole = false;
        try {
            byte[] block = new byte[BLOCK_BYTES];
            for (int n = in.read(block); n >= 0; n = in.read(block)) {
                out.write(Arrays.copyOf(block, n));
            }
            whole = true;
        } finally {
            // what the client still sends is not sent on as if it were the end of the body
            back.close();
            if (whole) {
                out.close();
            } else {
                out.abort();
            }
        }
    }

    private static Map<String, String> headers(ResponseHead head) {
        Map<String, String> all = new LinkedHashMap<>();
        head.headers().forEach((name, value) -> {
            if (!DROPPED.contains(name)) {
                all.put(name, value);
            }
        });
        return all;
    }

    private void switchProtocols(ResponseHead head) throws IOException {
        Map<String, String> headers = headers(head);
        headers.put("connection", "Upgrade");
        headers.put("upgrade", head.headers().getOrDefault("upgrade", ""));
        exchange.mayPause();
        SwitchedProtocols.pass(exchange.upgrade(headers), back, "aggregator-up");
    }

    @Override
    public void close() {
        back.close();
        if (sender != null) {
            sender.close();
        }
    }
}
