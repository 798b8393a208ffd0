package io.k3j.datastoreetcd;

import io.k3j.jetcd.EtcdEndpoints;
import io.k3j.jetcd.EtcdTls;
import io.k3j.pki.LoadedKey;
import io.k3j.pki.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/// Which cluster to connect to, and with which certificates.
///
/// @param endpoints in the form of `--datastore-endpoint`
/// @param authorities a PEM file; empty for the machine's authorities
/// @param certificate a PEM file; empty for no client certificate
/// @param key a PEM file
/// @param managed whether K3j manages this etcd, so that its certificates may not exist yet
record ClusterAddress(String endpoints, String authorities, String certificate, String key, boolean managed) {
    private static final String MANAGED = "https://127.0.0.1:2379";

    static ClusterAddress of(EtcdDatastoreSettings settings) {
        if (!settings.datastoreEndpoint().isEmpty()) {
            return new ClusterAddress(settings.datastoreEndpoint(), settings.datastoreCafile(),
                    settings.datastoreCertfile(),
                    settings.datastoreKeyfile(), false);
        }
        String tls = Path.of(settings.dataDir()).resolve("server/tls/etcd") + "/";
        return new ClusterAddress(MANAGED, tls + "server-ca.crt", tls + "client.crt", tls + "client.key", true);
    }

    /// The same cluster at these endpoints.
    ClusterAddress at(String others) {
        return new ClusterAddress(others, authorities, certificate, key, managed);
    }

    /// Whether the files exist; always true for files an operator named, because a missing one is an error.
    boolean complete() {
        return !managed || Files.exists(Path.of(authorities)) && Files.exists(Path.of(key))
                && Files.exists(Path.of(certificate));
    }

    /// Reads the files, now and again for each connection, so that renewed certificates are used.
    /// @throws IOException naming the flag and what is wrong
    EtcdEndpoints open() throws IOException {
        if (certificate.isEmpty() != key.isEmpty()) {
            throw new IOException("--datastore-certfile and --datastore-keyfile belong together; give both or none");
        }
        try {
            if (authorities.isEmpty() && certificate.isEmpty()) {
                return EtcdEndpoints.parse(endpoints, Optional.empty());
            }
            context();
            return EtcdEndpoints.parse(endpoints, Optional.of(this::context));
        } catch (IllegalArgumentException e) {
            throw new IOException("--datastore-endpoint: " + e.getMessage(), e);
        }
    }

    private SSLContext context() throws IOException {
        List<X509Certificate> trusted = authorities.isEmpty() ? List.of()
                : certificates("--datastore-cafile", authorities);
        return EtcdTls.context(trusted, identity());
    }

    private Optional<EtcdTls.Identity> identity() throws IOException {
        if (certificate.isEmpty()) {
            return Optional.empty();
        }
        List<X509Certificate> chain = certificates("--datastore-certfile", certificate);
        try {
            List<LoadedKey> keys = Pem.keys(Files.readString(Path.of(key)));
            if (keys.isEmpty()) {
                throw new IOException("--datastore-keyfile " + key + " holds no private key in PEM");
            }
            return Optional.of(new EtcdTls.Identity(chain, keys.getFirst().secret()));
        } catch (IllegalArgumentException | IOException e) {
            throw new IOException("--datastore-keyfile " + key + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static List<X509Certificate> certificates(String flag, String file) throws IOException {
        try {
            List<X509Certificate> found = Pem.certificates(Files.readString(Path.of(file)));
            if (found.isEmpty()) {
                throw new IOException("it holds no certificate in PEM");
            }
            return found;
        } catch (IllegalArgumentException | IOException e) {
            throw new IOException(flag + " " + file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
