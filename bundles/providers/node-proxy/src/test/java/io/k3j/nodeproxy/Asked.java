package io.k3j.nodeproxy;

import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.Exchange;
import io.k3j.edgeapi.ResponseStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// A client's request that records its answer.
final class Asked implements Exchange {
    private final String method;
    private final String body;
    private final Map<String, List<String>> headers;
    private final ByteArrayOutputStream got = new ByteArrayOutputStream();
    private final List<Runnable> endings = new CopyOnWriteArrayList<>();
    private final Loop upgraded = new Loop("from the client");
    int status;
    boolean aborted;
    Map<String, String> answered = new HashMap<>();

    Asked(String method, String body, Map<String, String> headers) {
        this.method = method;
        this.body = body;
        this.headers = new HashMap<>();
        headers.forEach((k, v) -> this.headers.put(k, List.of(v)));
    }

    String got() {
        return got.toString(StandardCharsets.ISO_8859_1);
    }

    Loop upgraded() {
        return upgraded;
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String path() {
        return "/";
    }

    @Override
    public String query() {
        return "";
    }

    @Override
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name)).map(List::getFirst);
    }

    @Override
    public Map<String, List<String>> headers() {
        return headers;
    }

    @Override
    public String host() {
        return "front";
    }

    @Override
    public InetSocketAddress remote() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    }

    @Override
    public List<X509Certificate> clientCertificates() {
        return List.of();
    }

    @Override
    public String protocol() {
        return "HTTP/1.1";
    }

    @Override
    public byte[] body(int maxBytes) {
        return body.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public InputStream bodyStream() {
        return new ByteArrayInputStream(body.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void respond(int code, Map<String, String> answerHeaders, byte[]... parts) {
        status = code;
        answered.putAll(answerHeaders);
    }

    @Override
    public ResponseStream stream(int code, Map<String, String> answerHeaders) {
        respond(code, answerHeaders);
        return new ResponseStream() {
            @Override
            public void write(byte[]... parts) {
                for (byte[] part : parts) {
                    got.writeBytes(part);
                }
            }

            @Override
            public boolean offer(int maxPendingBytes, byte[]... parts) {
                write(parts);
                return true;
            }

            @Override
            public boolean open() {
                return true;
            }

            @Override
            public void close() {
                // complete
            }

            @Override
            public void abort() {
                aborted = true;
            }
        };
    }

    @Override
    public ByteDuplex upgrade(Map<String, String> answerHeaders) {
        respond(101, answerHeaders);
        return upgraded;
    }

    @Override
    public void onEnd(Runnable action) {
        endings.add(action);
    }

    /// As when the client has gone.
    void leave() {
        endings.forEach(Runnable::run);
    }
}
