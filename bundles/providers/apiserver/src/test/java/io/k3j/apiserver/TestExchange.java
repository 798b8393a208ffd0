package io.k3j.apiserver;

import io.k3j.edgeapi.BodyTooLarge;
import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.Exchange;
import io.k3j.edgeapi.ResponseStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A request built by hand, and the recorded response.
class TestExchange implements Exchange, ResponseStream {
    private final String method;
    private final String target;
    private final byte[] body;
    private final Map<String, List<String>> headers = new LinkedHashMap<>();
    private final ByteArrayOutputStream answer = new ByteArrayOutputStream();
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final PipedInputStream received = new PipedInputStream(1 << 16);
    private final PipedOutputStream client = new PipedOutputStream();
    private Map<String, String> answered = Map.of();
    private int status;
    private final List<Runnable> endings = new ArrayList<>();
    private volatile boolean ended;
    private volatile boolean gone;
    private boolean stalled;

    TestExchange(String method, String target, byte[] body) {
        this.method = method;
        this.target = target;
        this.body = body;
    }

    TestExchange with(String name, String value) {
        headers.put(name.toLowerCase(Locale.ROOT), List.of(value));
        return this;
    }

    int status() {
        return status;
    }

    String answered(String header) {
        return answered.getOrDefault(header, "");
    }

    byte[] bytes() {
        return answer.toByteArray();
    }

    String text() {
        return answer.toString(StandardCharsets.UTF_8);
    }

    /// The next line of a stream; waits for it.
    String line() throws InterruptedException {
        String line = lines.poll(60, TimeUnit.SECONDS);
        return line == null ? "nothing" : line;
    }

    boolean ended() {
        return ended;
    }

    /// Sets whether the client stops reading.
    synchronized void stall(boolean now) {
        stalled = now;
        notifyAll();
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String path() {
        int q = target.indexOf('?');
        return q < 0 ? target : target.substring(0, q);
    }

    @Override
    public String query() {
        int q = target.indexOf('?');
        return q < 0 ? "" : target.substring(q + 1);
    }

    @Override
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT))).map(List::getFirst);
    }

    @Override
    public Map<String, List<String>> headers() {
        return headers;
    }

    @Override
    public String host() {
        return "test:6443";
    }

    @Override
    public InetSocketAddress remote() {
        return InetSocketAddress.createUnresolved("client", 1);
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
    public byte[] body(int maxBytes) throws IOException {
        if (body.length > maxBytes) {
            throw new BodyTooLarge(maxBytes);
        }
        return body;
    }

    @Override
    public InputStream bodyStream() {
        return new ByteArrayInputStream(body);
    }

    @Override
    public void respond(int code, Map<String, String> with, byte[]... parts) throws IOException {
        status = code;
        answered = with;
        write(parts);
        endings.forEach(Runnable::run);
    }

    @Override
    public ResponseStream stream(int code, Map<String, String> with) {
        status = code;
        answered = with;
        return this;
    }

    @Override
    public ByteDuplex upgrade(Map<String, String> with) throws IOException {
        status = 101;
        answered = with;
        return new Pipe(new PipedInputStream(client), new PipedOutputStream(received));
    }

    /// The bytes that an upgraded connection sends to the client.
    InputStream received() {
        return received;
    }

    /// The bytes that the client sends on an upgraded connection.
    OutputStream client() {
        return client;
    }

    private record Pipe(InputStream input, OutputStream output) implements ByteDuplex {
        @Override
        public void close() {
            try {
                input.close();
                output.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public boolean gone() {
        return gone;
    }

    /// Disconnects the client.
    synchronized void leave() {
        gone = true;
        over("left");
    }

    @Override
    public synchronized void onEnd(Runnable action) {
        endings.add(action);
    }

    @Override
    public synchronized void write(byte[]... parts) throws IOException {
        try {
            while (stalled && !ended) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        if (ended) {
            throw new IOException("the client has gone");
        }
        for (byte[] part : parts) {
            answer.write(part);
            lines.add(new String(part, StandardCharsets.UTF_8).strip());
        }
    }

    @Override
    public synchronized boolean offer(int maxPendingBytes, byte[]... parts) {
        if (stalled || ended) {
            return false;
        }
        try {
            write(parts);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return true;
    }

    @Override
    public boolean open() {
        return !ended;
    }

    @Override
    public synchronized void close() {
        over("end");
    }

    @Override
    public synchronized void abort() {
        over("abort");
    }

    private void over(String how) {
        if (!ended) {
            ended = true;
            lines.add(how);
            endings.forEach(Runnable::run);
            notifyAll();
        }
    }
}
