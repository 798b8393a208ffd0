package io.k3j.ingressresources;

import javax.net.ssl.SSLParameters;

/// What TLS with clients and with pods is limited to: 1.3 and 1.2 with forward secrecy. Pure.
public final class TlsParameters {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
    private static final String[] SUITES = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"};

    private TlsParameters() {
    }

    /// A new set of parameters.
    ///
    /// @param protocols by ALPN, the best first
    public static SSLParameters of(String... protocols) {
        SSLParameters parameters = new SSLParameters(SUITES, PROTOCOLS);
        parameters.setApplicationProtocols(protocols);
        return parameters;
    }
}
