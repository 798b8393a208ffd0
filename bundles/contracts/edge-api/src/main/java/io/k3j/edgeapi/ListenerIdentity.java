package io.k3j.edgeapi;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/// The certificate one TLS port shows, and the authorities whose client certificates it accepts.
/// Registered as a service with the property [Endpoint#PORT] by `supervisor`, and for
/// `kubelet` by the node's side; one of a plug-in is not used. Asked again for each handshake, so a renewed certificate
/// counts for the next connection.
@ConsumerType
public interface ListenerIdentity {
    /// Chain, leaf first, and its key, for the server name the client asked for.
    Certified certified(Optional<String> serverName);

    /// The authorities for client certificates, several while authorities are rotated.
    List<X509Certificate> clientAuthorities();

    /// The authorities for front proxies (`--requestheader-client-ca-file`); none: there are no front proxies. They say
    /// nothing of clients, nor do those for clients of front proxies; an authority may be among both. Known before the
    /// first handshake: a chain is verified once for each connection.
    default List<X509Certificate> frontProxyAuthorities() {
        return List.of();
    }

    /// Called for a finished handshake with the server name or address that was asked for, so that
    /// a certificate can grow alternative names.
    default void asked(String serverName) {
    }

    /// A chain and its key.
    record Certified(List<X509Certificate> chain, PrivateKey key) {
    }
}
