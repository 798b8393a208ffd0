package io.k3j.sqllog;

import io.k3j.pki.LoadedKey;
import io.k3j.pki.Pem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;

/// A client certificate and its key (`--datastore-certfile`, `--datastore-keyfile`) in the form database drivers
/// read: a key store in a file of its own, for the owner only, with a password made for it, removed by [#close].
/// Drivers read it for each connection. Threads may share it.
public final class ClientKeyStore implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.sqllog");
    private static final String TYPE = "PKCS12";
    private static final String ALIAS = "user";
    private static final int PASSWORD_BITS = 128;
    private final byte[] content;
    private final String password;
    /// Where the driver reads it; written anew when it is gone.
    private Path file;
    private boolean closed;

    /// Writes the file.
    private ClientKeyStore(byte[] content, String password) throws IOException {
        this.content = content;
        this.password = password;
        this.file = written(content);
    }

    /// Reads two PEM files and writes the store; they are not read again.
    ///
    /// @param certificates the client's first, then those between it and its authority
    /// @throws IllegalArgumentException naming the flag and the file, when one cannot be used
    public static ClientKeyStore of(Path certificates, Path key) {
        List<X509Certificate> chain = read("--datastore-certfile", certificates, Pem::certificates);
        List<LoadedKey> keys = read("--datastore-keyfile", key, Pem::keys);
        String password = new BigInteger(PASSWORD_BITS, new SecureRandom()).toString(Character.MAX_RADIX);
        try {
            KeyStore store = KeyStore.getInstance(TYPE);
            store.load(null, null);
            store.setKeyEntry(ALIAS, keys.getFirst().secret(), password.toCharArray(),
                    chain.toArray(Certificate[]::new));
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            store.store(content, password.toCharArray());
            return new ClientKeyStore(content.toByteArray(), password);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException("--datastore-keyfile " + key + ": cannot be used with "
                    + certificates + ": " + e.getMessage(), e);
        }
    }

    private static Path written(byte[] content) throws IOException {
        Path file = Files.createTempFile("k3j-datastore-", ".p12",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.write(file, content);
    }

    private static <T> List<T> read(String flag, Path file, Parser<T> parser) {
        try {
            List<T> found = parser.parse(Files.readString(file));
            if (found.isEmpty()) {
                throw new IllegalArgumentException("nothing of the kind in it");
            }
            return found;
        } catch (IOException e) {
            throw new IllegalArgumentException(flag + " " + file + ": cannot be read: " + e, e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(flag + " " + file + ": " + e.getMessage() + "; a PEM file is needed", e);
        }
    }

    /// Where it is: somewhere else once it is gone, as hosts take away old files of the temporary directory.
    public synchronized Path file() {
        if (!closed && !Files.exists(file)) {
            try {
                file = written(content);
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "Cannot hand the datastore's client certificate to its"
                        + " driver: {0}", e.toString());
            }
        }
        return file;
    }

    /// What opens it; for the driver only, never for a message.
    public String password() {
        return password;
    }

    /// Removes the file.
    @Override
    public synchronized void close() {
        closed = true;
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot remove file path={0} error={1}", file, e.getMessage());
        }
    }

    private interface Parser<T> {
        List<T> parse(String text);
    }
}
