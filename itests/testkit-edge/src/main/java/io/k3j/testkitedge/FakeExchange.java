package io.k3j.testkitedge;

import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.Exchange;
import io.k3j.edgeapi.ResponseStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A request a test makes up, and its answer.
public final class FakeExchange implements Exchange {
    private final String method;
    private final String path;
    private final String query;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private byte[] body = new byte[0];
    private List<X509Certificate> certificates = List.of();
    private @Nullable ByteDuplex duplex;
    private volatile int status;
    private volatile String answer = "";
    private volatile byte[] bytes = new byte[0];
    private volatile Map<String, String> answered = Map.of();

    /// A request of `path`, which may bring its query along.
    public FakeExchange(String method, String path) {
        int mark = path.indexOf('?');
        this.method = method;
        this.path = mark < 0 ? path : path.substring(0, mark);
        this.query = mark < 0 ? "" : path.substring(mark + 1);
    }

    /// The status it was answered with, 0 before that.
    public int status() {
        return status;
    }

    /// The body of the answer as text; the headers after an upgrade.
    public String answer() {
        return answer;
    }

    /// The body of the answer.
    public byte[] bytes() {
        return bytes.clone();
    }

    /// The headers of the answer.
    public Map<String, String> answered() {
        return answered;
    }

    /// With the password of a user.
    public FakeExchange basic(String user, String password) {
        String pair = Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        return with("authorization", "Basic " + pair);
    }

    /// With one more header.
    public FakeExchange with(String name, String value) {
        headers.put(name.toLowerCase(Locale.ROOT), value);
        return this;
    }

    /// From a client that has shown this certificate.
    public FakeExchange certified(X509Certificate leaf) {
        certificates = List.of(leaf);
        return this;
    }

    /// With a body.
    public FakeExchange body(byte[] bytes) {
        body = bytes;
        return this;
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public String query() {
        return query;
    }

    @Override
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }

    @Override
    public Map<String, List<String>> headers() {
        Map<String, List<String>> all = new LinkedHashMap<>();
        headers.forEach((name, value) -> all.put(name, List.of(value)));
        return all;
    }

    @Override
    public String host() {
        return "localhost";
    }

    @Override
    public InetSocketAddress remote() {
        return new InetSocketAddress("127.0.0.1", 1);
    }

    @Override
    public List<X509Certificate> clientCertificates() {
        return certificates;
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
        return new ByteArrayInputStream(body);
    }

    @Override
    public void respond(int code, Map<String, String> fields, byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        status = code;
        answered = fields;
        bytes = all.toByteArray();
        answer = all.toString(StandardCharsets.UTF_8);
    }

    @Override
    public ResponseStream stream(int code, Map<String, String> fields) {
        return new Written(code, fields);
    }

    /// An answer that comes bit by bit; it is there when it has ended.
    private final class Written implements ResponseStream {
        private final int code;
        private final Map<String, String> fields;
        private final ByteArrayOutputStream all = new ByteArrayOutputStream();

        Written(int code, Map<String, String> fields) {
            this.code = code;
            this.fields = fields;
        }

        @Override
        public void write(byte[]... parts) {
            for (byte[] part : parts) {
                all.writeBytes(part);
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
            respond(code, fields, all.toByteArray());
        }

        @Override
        public void abort() {
            throw new AssertionError("broken off");
        }
    }

    /// It may be upgraded, to this connection.
    public FakeExchange upgraded(ByteDuplex connection) {
        duplex = connection;
        return this;
    }

    @Override
    public ByteDuplex upgrade(Map<String, String> fields) {
        if (duplex == null) {
            throw new UnsupportedOperationException();
        }
        status = 101;
        answer = fields.toString();
        return duplex;
    }

    @Override
    public void onEnd(Runnable action) {
        action.run();
    }
}
