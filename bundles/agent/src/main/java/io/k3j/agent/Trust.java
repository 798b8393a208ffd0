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

/// Whom to believe at a server's address, found out as K3s' agents do: ask for its authorities without
/// believing anything, ask again believing those, then compare them with the token's hash. A server whose
/// certificate the machine's own authorities vouch for is believed without a hash.
///
/// @param authorities the cluster's, empty when the machine's count
record Trust(List<X509Certificate> authorities) {
    private static final System.Logger LOG = System.getLogger("io.k3j.agent");
    private static final String PATH = "/cacerts";

    /// What was warned of: once of each authority, however often it is asked.
    static final class Warnings {
        private static final int MOST = 16;
        private final Set<String> told = new HashSet<>();

        synchronized void of(String pem, String text) {
            if (told.size() < MOST && told.add(pem)) {
                LOG.log(System.Logger.Level.WARNING, text);
            }
        }
    }

    /// Asks `server`; `shown` is the address the user knows it by.
    /// @throws Refused when it is not the cluster the token belongs to, or no K3s at all
    /// @throws IOException when it does not answer
    static Trust establish(URI server, ClusterToken token, String shown, Warnings warnings)
            throws IOException, Refused {
        String pem = ask(server, io.k3j.pki.Trust.anybody(), shown);
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
            ask(server, ClientTls.trusting(authorities, Optional.empty()), shown);
        } catch (SSLException notTheirs) {
            publicly(server, shown, notTheirs);
            if (token.caHash().isPresent()) {
                warnings.of(pem, "Cluster CA certificate is trusted by the host CA bundle. Token CA hash will not be "
                        + "validated.");
            }
            return new Trust(List.of());
        }
        if (token.caHash().isEmpty()) {
            warnings.of(pem, "Cluster CA certificate is not trusted by the host CA bundle, but the token does not "
                    + "include a CA hash. Use the full token from the server's node-token file to enable Cluster CA "
                    + "validation.");
        } else {
            compare(token.caHash().get(), pem, shown);
        }
        return new Trust(authorities);
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

    /// Refuses it unless the machine's authorities vouch for it.
    private static void publicly(URI server, String shown, SSLException why) throws IOException, Refused {
        try {
            ask(server, SSLContext.getDefault(), shown);
        } catch (SSLException neither) {
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

    private static String ask(URI server, SSLContext tls, String shown) throws IOException, Refused {
        try (SupervisorClient client = new SupervisorClient(server, tls, "")) {
            return client.get(PATH);
        } catch (SupervisorFault fault) {
            if (fault.lasting()) {
                throw new Refused("failed to get CA certs: " + shown + " is not a K3s server: " + fault.getMessage());
            }
            throw fault;
        }
    }

    /// A context for further calls, with a certificate of our own if there is one.
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
