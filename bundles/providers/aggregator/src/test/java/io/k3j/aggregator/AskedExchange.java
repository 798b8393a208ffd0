package io.k3j.aggregator;

import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.Exchange;
import io.k3j.edgeapi.ResponseStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// A client's request that records its answer.
final class AskedExchange implements Exchange {
    private final String method;
    private final String target;
    private final Map<String, List<String>> headers = new LinkedHashMap<>();
    private final ByteArrayOutputStream got = new ByteArrayOutputStream();
    private final List<Runnable> endings = new CopyOnWriteArrayList<>();
    private byte[] body = {};
    private InputStream stream;
    private ByteDuplex front;
    volatile int status;
    volatile boolean aborted;
    volatile boolean closed;
    volatile Map<String, String> answered = Map.of();

    AskedExchange(String method, String target) {
        this.method = method;
        this.target = target;
    }

    AskedExchange with(String name, String... values) {
        headers.put(name, List.of(values));
        return this;
    }

    AskedExchange body(String text) {
        body = text.getBytes(StandardCharsets.UTF_8);
        return this;
    }

    AskedExchange body(InputStream from) {
        stream = from;
        return this;
    }

    AskedExchange upgraded(ByteDuplex client) {
        front = client;
        return this;
    }

    synchronized String got() {
        return got.toString(StandardCharsets.UTF_8);
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String path() {
        return target.split("\\?", 2)[0];
    }

    @Override
    public String query() {
        String[] parts = target.split("\\?", 2);
        return parts.length < 2 ? "" : parts[1];
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
        return new InetSocketAddress("192.0.2.7", 1);
    }

    @Override
    public List<X509Certificate> clientCertificates() {
        return List.of();
    }

    @Override
    public String protocol() {
        return "HTTP/2.0";
    }

    @Override
    public byte[] body(int maxBytes) {
        return body;
    }

    @Override
    public InputStream bodyStream() {
        return stream == null ? new ByteArrayInputStream(body) : stream;
    }

    @Override
    public void respond(int code, Map<String, String> with, byte[]... parts) {
        status = code;
        answered = with;
        for (byte[] part : parts) {
            took(part);
        }
    }

    private synchronized void took(byte[] part) {
        got.writeBytes(part);
    }

    @Override
    public ResponseStream stream(int code, Map<String, String> with) {
        respond(code, with);
        return new ResponseStream() {
            @Override
            public void write(byte[]... parts) {
                for (byte[] part : parts) {
                    took(part);
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
                closed = true;
            }

            @Override
            public void abort() {
                aborted = true;
            }
        };
    }

    @Override
    public ByteDuplex upgrade(Map<String, String> with) throws IOException {
        respond(101, with);
        return front;
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
