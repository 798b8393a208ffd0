package io.k3j.apirequests;

import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.Exchange;
import io.k3j.edgeapi.ResponseStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;

/// An exchange that tells the audit of its request when the answer begins, and with which code, whoever answers. An
/// answer that is given as a whole is the end of its request: it is sent when that is recorded, so that no client knows
/// of what nobody has written down. As any exchange, for one thread where it does not say otherwise.
public final class AuditedExchange implements Exchange {
    private final Exchange real;
    private final Instant received;
    private AuditContext context = AuditContext.NONE;

    /// @param real what came over the wire
    /// @param received when it came
    public AuditedExchange(Exchange real, Instant received) {
        this.real = real;
        this.received = received;
    }

    /// When it came.
    public Instant received() {
        return received;
    }

    /// From now on this one is told.
    void context(AuditContext of) {
        context = of;
    }

    @Override
    public void respond(int status, Map<String, String> headers, byte[]... parts) throws IOException {
        context.started(status);
        context.completed();
        real.respond(status, headers, parts);
    }

    @Override
    public ResponseStream stream(int status, Map<String, String> headers) throws IOException {
        context.started(status);
        return real.stream(status, headers);
    }

    @Override
    public ByteDuplex upgrade(Map<String, String> headers) throws IOException {
        context.started(101);
        return real.upgrade(headers);
    }

    @Override
    public String method() {
        return real.method();
    }

    @Override
    public String path() {
        return real.path();
    }

    @Override
    public String query() {
        return real.query();
    }

    @Override
    public Optional<String> header(String name) {
        return real.header(name);
    }

    @Override
    public Map<String, List<String>> headers() {
        return real.headers();
    }

    @Override
    public boolean hasHeader(String prefix) {
        return real.hasHeader(prefix);
    }

    @Override
    public String host() {
        return real.host();
    }

    @Override
    public InetSocketAddress remote() {
        return real.remote();
    }

    @Override
    public List<X509Certificate> clientCertificates() {
        return real.clientCertificates();
    }

    @Override
    public List<X509Certificate> frontProxyCertificates() {
        return real.frontProxyCertificates();
    }

    @Override
    public String protocol() {
        return real.protocol();
    }

    @Override
    public byte[] body(int maxBytes) throws IOException {
        return real.body(maxBytes);
    }

    @Override
    public byte[] body(int maxBytes, IntConsumer arrived) throws IOException {
        return real.body(maxBytes, arrived);
    }

    @Override
    public InputStream bodyStream() {
        return real.bodyStream();
    }

    @Override
    public void mayPause() {
        real.mayPause();
    }

    @Override
    public boolean gone() {
        return real.gone();
    }

    @Override
    public void goAway() {
        real.goAway();
    }

    @Override
    public void onEnd(Runnable action) {
        real.onEnd(action);
    }
}
