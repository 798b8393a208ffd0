package io.k3j.supervisor;

import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;

/// Which hash the password on this machine was found to fit, in `server/cred/node-password-proof`: the node's name, the
/// hash, and a digest of both with the password. Finding out takes a cold process a third of a second, and a server
/// that starts again waits for it; the digest takes none. What the password is nobody learns from it: it is random.
final class PasswordProof {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private static final int FIELDS = 3;

    private final String node;
    private final Path password;
    private final Path file;

    PasswordProof(Layout layout, Settings settings) {
        node = settings.nodeName();
        password = Credentials.nodePasswordFile(settings, layout);
        file = layout.cred("node-password-proof");
    }

    /// The password on this machine, empty when there is none.
    String password() throws IOException {
        return PemFiles.read(password).orElse("").strip();
    }

    /// The hash that the password lying here fits, by the name this node has now.
    Optional<String> hash() throws IOException {
        String[] fields = PemFiles.read(file).orElse("").strip().split(" ");
        boolean proven = fields.length == FIELDS && !password().isEmpty()
                && MessageDigest.isEqual(digest(fields[1], password()), fields[2].getBytes(StandardCharsets.UTF_8));
        return proven && fields[0].equals(node) ? Optional.of(fields[1]) : Optional.empty();
    }

    /// Whether the password is known to fit this hash.
    boolean proves(String hash) {
        try {
            return hash().equals(Optional.of(hash));
        } catch (IOException unreadable) {
            return false;
        }
    }

    /// The password `shown` was found to fit the hash. Without the file the next start finds it out again.
    void keep(String hash, String shown) {
        try {
            if (!proves(hash) && shown.equals(password())) {
                String proof = new String(digest(hash, shown), StandardCharsets.UTF_8);
                PemFiles.write(file, node + " " + hash + " " + proof + "\n", PemFiles.SECRET);
            }
        } catch (IOException failed) {
            LOG.log(Level.WARNING, "Not written path=" + file + ": " + Reason.of(failed));
        }
    }

    private byte[] digest(String hash, String shown) {
        try {
            String text = node + " " + hash + " " + shown;
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).getBytes(StandardCharsets.UTF_8);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
