package io.k3j.agent;

import io.k3j.pki.ClientTls;
import io.k3j.pki.ClockSkew;
import io.k3j.pki.ClusterToken;
import io.k3j.pki.Pem;
import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/// Which authorities to trust at a server's address, established as K3s' agents do: fetch its authorities
/// without verification, connect again trusting those, then compare them with the token's hash. A server whose
/// certificate the machine's own authorities verify is trusted without a hash.
///
/// @param authorities the cluster's; empty for the machine's
record ServerTrust(List<X509Certificate> authorities) {
    private static final System.Logger LOG = System.getLogger("io.k3j.agent");
    private static final String PATH = "/cacerts";

    /// Logs each warning once per authority, because joining is retried.
    static final class Warnings {
        private static final int MAX_WARNINGS = 16;
        private final Set<String> logged = new HashSet<>();

        synchronized void logOnce(String pem, String text) {
            if (logged.size() < MAX_WARNINGS && logged.add(pem)) {
                LOG.log(System.Logger.Level.WARNING, text);
            }
        }
    }

    /// Establishes the trust in `server`. Blocks.
    /// @param shown the address known to the user, for messages
    /// @throws Refused when it is not the cluster of the token, or no K3s server
    /// @throws IOException when it does not answer
    static ServerTrust establish(URI server, ClusterToken token, String shown, Warnings warnings)
            throws IOException, Refused {
        String pem = fetch(server, io.k3j.pki.Trust.anybody(), shown);
        List<X509Certificate> authorities;
        try {
            authorities = Pem.certificates(pem);
        } catch (IllegalArgumentException noCertificates) {
            authorities = List.of();
        }
        if (authorities.isEmpty()) {
            throw new Refused("failed to get CA certs: " + shown + " answers, but is not a K3s server; check --server");
        }
        try {
            fetch(server, ClientTls.trusting(authorities, Optional.empty()), shown);
        } catch (SSLException untrusted) {
            requirePublicTrust(server, shown, untrusted);
            if (token.caHash().isPresent()) {
                warnings.logOnce(pem,
                        "Cluster CA certificate is trusted by the host CA bundle. Token CA hash will not be "
                                + "validated.");
            }
            return new ServerTrust(List.of());
        }
        if (token.caHash().isEmpty()) {
            warnings.logOnce(pem, "Cluster CA certificate is not trusted by the host CA bundle, but the token does not "
                    + "include a CA hash. Use the full token from the server's node-token file to enable Cluster CA "
                    + "validation.");
        } else {
            compare(token.caHash().get(), pem, shown);
        }
        return new ServerTrust(authorities);
    }

    private static void compare(String hash, String pem, String shown) throws Refused {
        try {
            String found = ClusterToken.caHash(pem);
            if (!found.equals(hash)) {
                throw new Refused("token CA hash does not match the Cluster CA certificate hash: "
                        + hash + " != " + found + "; " + shown
                        + " is not the cluster this token is for, or its CA was replaced: copy the token anew");
            }
        } catch (IllegalArgumentException noChain) {
            throw new Refused("CA cert validation failed: " + noChain.getMessage());
        }
    }

    /// Throws unless the machine's authorities verify the server's certificate.
    private static void requirePublicTrust(URI server, String shown, SSLException why) throws IOException, Refused {
        try {
            fetch(server, SSLContext.getDefault(), shown);
        } catch (SSLException alsoUntrusted) {
            Optional<String> clock = ClockSkew.told(why, Instant.now());
            if (clock.isPresent()) {
                throw new Refused("CA cert validation failed: " + shown + ": " + clock.get());
            }
            throw new Refused("CA cert validation failed: the certificate of " + shown
                    + " is signed neither by its cluster's CA nor by one this machine trusts: " + why.getMessage());
        } catch (GeneralSecurityException missing) {
            throw new IOException(missing);
        }
    }

    private static String fetch(URI server, SSLContext tls, String shown) throws IOException, Refused {
        try (SupervisorClient client = new SupervisorClient(server, tls, "")) {
            return client.get(PATH);
        } catch (SupervisorFault fault) {
            if (fault.permanent()) {
                throw new Refused("failed to get CA certs: " + shown + " is not a K3s server: " + fault.getMessage());
            }
            throw fault;
        }
    }

    /// The TLS context for further requests, with a client certificate of this node if there is one.
    SSLContext context(Optional<ClientTls.Own> own) {
        if (!authorities.isEmpty()) {
            return ClientTls.trusting(authorities, own);
        }
        try {
            return SSLContext.getDefault();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
