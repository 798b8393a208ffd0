package io.k3j.pki;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A chain and its key in two files, as `tls-cert-file` and `tls-private-key-file` name them. Files that have changed
/// are read again when somebody asks, as upstream's; where chain and key do not fit, as between the writes of one and
/// the other, or cannot be read, what was read before stays; that is a warning, once, where it has been so for a
/// minute. Any thread; who asks waits for the disk to tell two times.
public final class CertificateFiles {
    /// How long files may not fit, while somebody writes one after the other.
    static final Duration WRITING = Duration.ofMinutes(1);
    private static final System.Logger LOG = System.getLogger("io.k3j.pki");
    private final Path certificate;
    private final Path key;
    private final LongSupplier nanos;
    private volatile Loaded loaded;
    private volatile @Nullable Trouble trouble;

    /// Files that cannot be used.
    ///
    /// @param since when that was seen first, by the clock
    /// @param told whether it was told
    private record Trouble(long since, boolean told) {
    }

    /// What the files hold.
    ///
    /// @param chain leaf first
    /// @param key that of the leaf
    public record Pair(List<X509Certificate> chain, PrivateKey key) {
        /// Copies the chain.
        public Pair {
            chain = List.copyOf(chain);
        }
    }

    /// @param changed when the files were, chain and key
    private record Loaded(Pair pair, List<FileTime> changed) {
    }

    /// Reads both.
    /// @throws IOException naming the file that is missing or cannot be used
    public CertificateFiles(Path certificate, Path key) throws IOException {
        this(certificate, key, System::nanoTime);
    }

    /// @param nanos a clock that only goes forward
    CertificateFiles(Path certificate, Path key, LongSupplier nanos) throws IOException {
        this.certificate = certificate;
        this.key = key;
        this.nanos = nanos;
        this.loaded = read();
    }

    /// Those that arguments of a component name; of an argument the last value counts, and an empty one is none.
    ///
    /// @param flag what arguments come from, as `--kubelet-arg=`
    /// @param certificate the name of one argument
    /// @param key the name of the other
    /// @param arguments `name=value`, others among them
    /// @return empty where neither is given
    /// @throws IOException naming the arguments, when only one of two is given, or a file cannot be used
    public static Optional<CertificateFiles> named(String flag, String certificate, String key, String... arguments)
            throws IOException {
        Optional<String> chain = last(certificate, arguments);
        Optional<String> secret = last(key, arguments);
        if (chain.isPresent() != secret.isPresent()) {
            throw new IOException(flag + (secret.isPresent() ? key : certificate) + " needs " + flag
                    + (secret.isPresent() ? certificate : key) + " beside it; give both, or none for K3s' own");
        }
        if (chain.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new CertificateFiles(Path.of(chain.get()), Path.of(secret.orElseThrow())));
        } catch (IOException e) {
            throw new IOException(flag + certificate + ", " + key + ": " + e.getMessage(), e);
        }
    }

    private static Optional<String> last(String name, String... arguments) {
        Optional<String> found = Optional.empty();
        for (String argument : arguments) {
            String bare = argument.startsWith("--") ? argument.substring(2) : argument;
            if (bare.startsWith(name + "=")) {
                found = Optional.of(bare.substring(name.length() + 1)).filter(value -> !value.isEmpty());
            }
        }
        return found;
    }

    /// Chain and key as they are now; the same object while the files are.
    public Pair now() {
        Loaded known = loaded;
        try {
            if (!known.changed.equals(changed())) {
                known = read();
                loaded = known;
            }
            if (trouble != null) {
                usable();
            }
        } catch (IOException unreadable) {
            LOG.log(Level.DEBUG, "The last certificate goes on counting", unreadable);
            unusable(unreadable);
        }
        return known.pair;
    }

    /// However often somebody asks, the time counts.
    private synchronized void unusable(IOException why) {
        long now = nanos.getAsLong();
        Trouble known = trouble;
        Trouble before = known == null ? new Trouble(now, false) : known;
        boolean due = !before.told && now - before.since >= WRITING.toNanos();
        trouble = due ? new Trouble(before.since, true) : before;
        if (due) {
            LOG.log(Level.WARNING, "Certificate cannot be used, the one before goes on counting path={0} error={1}",
                    certificate, why.getMessage());
        }
    }

    private synchronized void usable() {
        Trouble before = trouble;
        trouble = null;
        if (before != null && before.told) {
            LOG.log(Level.INFO, "Certificate is used again path={0}", certificate);
        }
    }

    private List<FileTime> changed() throws IOException {
        return List.of(changed(certificate), changed(key));
    }

    /// A file that is missing is told by whoever reads it.
    private static FileTime changed(Path file) throws IOException {
        return Files.exists(file) ? Files.getLastModifiedTime(file) : FileTime.fromMillis(0);
    }

    private Loaded read() throws IOException {
        List<FileTime> times = changed();
        List<X509Certificate> chain = PemFiles.certificates(certificate);
        if (chain.isEmpty()) {
            throw new NoSuchFileException(certificate.toString(), null, "no certificate is there");
        }
        LoadedKey secret = PemFiles.key(key)
                .orElseThrow(() -> new NoSuchFileException(key.toString(), null, "no private key is there"));
        if (!fits(secret, chain.getFirst().getPublicKey())) {
            throw new IOException(key + " is not the key of the certificate in " + certificate);
        }
        return new Loaded(new Pair(chain, secret.secret()), times);
    }

    /// Of a kind of key that tells no public half, and that nobody here signs with, a handshake finds out.
    private static boolean fits(LoadedKey secret, PublicKey open) {
        String kind = open.getAlgorithm();
        boolean told = secret.open().isPresent() || kind.equals("RSA") || kind.equals("EC");
        return !told || secret.belongsTo(open);
    }
}
