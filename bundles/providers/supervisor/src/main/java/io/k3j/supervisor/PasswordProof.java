package io.k3j.supervisor;

import io.k3j.pki.PemFiles;
import io.k3j.servercredentials.Credentials;
import io.k3j.servercredentials.ServerLayout;
import io.k3j.servercredentials.SupervisorSettings;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;

/// Caches which hash this machine's password matches, in `server/cred/node-password-proof`: the node's name,
/// the hash, and a digest of both with the password. Verifying the hash costs a cold process a third of a
/// second, and a restarting server waits for it; the digest is cheap. It does not reveal the password, because
/// that is random.
final class PasswordProof {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private static final int FIELDS = 3;

    private final String node;
    private final Path password;
    private final Path file;

    PasswordProof(ServerLayout layout, SupervisorSettings settings) {
        node = settings.nodeName();
        password = Credentials.nodePasswordFile(settings, layout);
        file = layout.cred("node-password-proof");
    }

    /// The password on this machine, empty when there is none.
    String password() throws IOException {
        return PemFiles.read(password).orElse("").strip();
    }

    /// The hash that the password on disk matches, under the node's present name. Empty when the file proves
    /// none.
    Optional<String> hash() throws IOException {
        String[] fields = PemFiles.read(file).orElse("").strip().split(" ");
        boolean proven = fields.length == FIELDS && !password().isEmpty()
                && MessageDigest.isEqual(digest(fields[1], password()), fields[2].getBytes(StandardCharsets.UTF_8));
        return proven && fields[0].equals(node) ? Optional.of(fields[1]) : Optional.empty();
    }

    /// Whether the password is known to match this hash.
    boolean proves(String hash) {
        try {
            return hash().equals(Optional.of(hash));
        } catch (IOException unreadable) {
            return false;
        }
    }

    /// Records that the password `presented` matches the hash. A failed write is only logged: the next start
    /// verifies again.
    void keep(String hash, String presented) {
        try {
            if (!proves(hash) && presented.equals(password())) {
                String proof = new String(digest(hash, presented), StandardCharsets.UTF_8);
                PemFiles.write(file, node + " " + hash + " " + proof + "\n", PemFiles.SECRET);
            }
        } catch (IOException failed) {
            LOG.log(Level.WARNING, "Not written path=" + file + ": " + FailureReason.of(failed));
        }
    }

    private byte[] digest(String hash, String presented) {
        try {
            String text = node + " " + hash + " " + presented;
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).getBytes(StandardCharsets.UTF_8);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
