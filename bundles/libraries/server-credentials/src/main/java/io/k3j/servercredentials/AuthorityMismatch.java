package io.k3j.servercredentials;

import java.io.IOException;
import java.nio.file.Path;

/// A certificate of an authority lies beside the key of another one, or beside none: what that key signs nobody would
/// believe. While the files are being brought up to the bootstrap record this lasts for a moment; after a crash in
/// between, until they are brought up to it again.
public final class AuthorityMismatch extends IOException {
    private static final long serialVersionUID = 1L;

    private AuthorityMismatch(String message) {
        super(message);
    }

    static AuthorityMismatch otherKey(Path certificate, Path key) {
        return new AuthorityMismatch(certificate + " and " + key + " do not belong together: the key is that of another"
                + " certificate, and nobody would believe what it signs; restore both from the same backup");
    }

    static AuthorityMismatch noKey(Path certificate, Path key) {
        return new AuthorityMismatch(certificate + " is there but its key " + key
                + " is not; restore the key from a backup, or remove the certificate to have both made again");
    }
}
