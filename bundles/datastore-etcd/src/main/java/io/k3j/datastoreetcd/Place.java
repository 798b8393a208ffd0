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

/// Which cluster to go to, and with which certificates.
///
/// @param endpoints as `--datastore-endpoint` has them
/// @param authorities a PEM file; empty: the machine's
/// @param certificate a PEM file; empty: none is shown
/// @param key a PEM file
/// @param managed whether it is etcd that K3j manages, whose certificates may still be in the making
record Place(String endpoints, String authorities, String certificate, String key, boolean managed) {
    private static final String MANAGED = "https://127.0.0.1:2379";

    static Place of(Settings settings) {
        if (!settings.datastoreEndpoint().isEmpty()) {
            return new Place(settings.datastoreEndpoint(), settings.datastoreCafile(), settings.datastoreCertfile(),
                    settings.datastoreKeyfile(), false);
        }
        String tls = Path.of(settings.dataDir()).resolve("server/tls/etcd") + "/";
        return new Place(MANAGED, tls + "server-ca.crt", tls + "client.crt", tls + "client.key", true);
    }

    /// The same cluster, at these endpoints.
    Place at(String others) {
        return new Place(others, authorities, certificate, key, managed);
    }

    /// Whether the files are there, as far as they can be waited for.
    boolean complete() {
        return !managed || Files.exists(Path.of(authorities)) && Files.exists(Path.of(key))
                && Files.exists(Path.of(certificate));
    }

    /// Reads the files, now and before each connection.
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
