package io.k3j.apirequests;

import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.Exchange;
import io.k3j.edgeapi.ResponseStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;

/// An exchange that leaves everything to another one, for those that add to it. Threads, blocking and errors are the
/// other one's.
public abstract class ForwardedExchange implements Exchange {
    private final Exchange real;

    /// @param real what came over the wire
    protected ForwardedExchange(Exchange real) {
        this.real = real;
    }

    @Override
    public void respond(int status, Map<String, String> headers, byte[]... parts) throws IOException {
        real.respond(status, headers, parts);
    }

    @Override
    public ResponseStream stream(int status, Map<String, String> headers) throws IOException {
        return real.stream(status, headers);
    }

    @Override
    public ByteDuplex upgrade(Map<String, String> headers) throws IOException {
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
    public void abort() {
        real.abort();
    }

    @Override
    public void onEnd(Runnable action) {
        real.onEnd(action);
    }
}
