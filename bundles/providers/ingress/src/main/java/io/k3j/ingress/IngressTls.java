package io.k3j.ingress;

import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Profile;
import io.netty.handler.ssl.SslHandler;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;

/// TLS of the entry point `websecure`: 1.3 and 1.2 with forward secrecy, HTTP/2 and HTTP/1.1. Any thread.
final class IngressTls {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
    private static final String[] SUITES = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"};
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

    /// What both sides agree on.
    ///
    /// @param protocols by ALPN, the best first
    static SSLParameters parameters(String... protocols) {
        SSLParameters parameters = new SSLParameters(SUITES, PROTOCOLS);
        parameters.setApplicationProtocols(protocols);
        return parameters;
    }

    private SSLEngine engine() {
        SSLEngine engine = context.createSSLEngine();
        SSLParameters parameters = parameters("h2", "http/1.1");
        parameters.setUseCipherSuitesOrder(true);
        engine.setUseClientMode(false);
        engine.setSSLParameters(parameters);
        return engine;
    }

    /// What is shown where no Secret is named: nobody trusts it, and everybody knows it from Traefik.
    static ServedCertificate unnamed(InstantSource clock) {
        SecureRandom random = new SecureRandom();
        KeyPair pair = Keys.elliptic();
        CertificateAuthority itself = CertificateAuthority.selfSigned("k3s-ingress", Keys.elliptic(), clock.instant(),
                random);
        return new ServedCertificate("default", List.of(itself.sign(
                Profile.server("TRAEFIK DEFAULT CERT", List.of("ingress.k3s.invalid"), List.of()), pair.getPublic(),
                clock.instant(), random)), pair.getPrivate());
    }
}
