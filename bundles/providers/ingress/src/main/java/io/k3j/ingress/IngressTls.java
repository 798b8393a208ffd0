package io.k3j.ingress;

import io.k3j.ingressresources.Certificates;
import io.k3j.ingressresources.TlsParameters;
import io.netty.handler.ssl.SslHandler;
import java.security.GeneralSecurityException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;

/// TLS of the entry point `websecure`: 1.3 and 1.2 with forward secrecy, HTTP/2 and HTTP/1.1. Any thread.
final class IngressTls {
    private static final int SESSION_SECONDS = 3600;
    private final SSLContext context;
    private final Executor handshakes;

    /// @param handshakes runs the expensive steps of handshakes
    IngressTls(Certificates certificates, Executor handshakes) {
        this.handshakes = handshakes;
        try {
            context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {certificates}, new TrustManager[0], null);
            context.getServerSessionContext().setSessionTimeout(SESSION_SECONDS);
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException("cannot set up TLS", broken);
        }
    }

    /// For one connection.
    SslHandler handler() {
        SslHandler handler = new SslHandler(engine(), handshakes);
        // whoever accepts the connection watches over its time
        handler.setHandshakeTimeoutMillis(0);
        return handler;
    }

    /// For one connection to an endpoint.
    SslHandler handler(SSLEngine engine) {
        SslHandler handler = new SslHandler(engine, handshakes);
        handler.setHandshakeTimeout(IngressLimits.HANDSHAKE_SECONDS, TimeUnit.SECONDS);
        return handler;
    }

    private SSLEngine engine() {
        SSLEngine engine = context.createSSLEngine();
        SSLParameters parameters = TlsParameters.of("h2", "http/1.1");
        parameters.setUseCipherSuitesOrder(true);
        engine.setUseClientMode(false);
        engine.setSSLParameters(parameters);
        return engine;
    }
}
