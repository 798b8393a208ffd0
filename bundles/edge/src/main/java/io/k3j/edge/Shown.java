package io.k3j.edge;

import java.net.Socket;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/// Lets clients show what they have, as Kubernetes' servers do: a certificate that has run out, or is another
/// cluster's, must not keep out a client that has a token as well. Whether one counts is asked after the handshake,
/// by [PortTls#believed].
final class Shown extends X509ExtendedTrustManager {
    private final X509TrustManager judge;

    Shown(X509TrustManager judge) {
        this.judge = judge;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {
        // judged after the handshake
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
        // judged after the handshake
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
        // judged after the handshake
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {
        throw new UnsupportedOperationException("a port has no servers");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
        throw new UnsupportedOperationException("a port has no servers");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
        throw new UnsupportedOperationException("a port has no servers");
    }

    /// What clients are told to choose from.
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return judge.getAcceptedIssuers();
    }
}
