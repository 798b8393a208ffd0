package io.k3j.pki;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// What a server or an agent shows to join a cluster, in K3s' forms: `K10<hash>::server:<password>`,
/// `K10<hash>::node:<password>`, `K10<hash>::<id>.<secret>`, a bare password, a bare `<id>.<secret>`.
///
/// Immutable; compared by its parts. What K3s calls a token in flags and files is any of these texts.
///
/// @param caHash 64 hex digits by which the cluster's authority is recognised, empty in short forms
/// @param user `server` or `node`, empty for bootstrap tokens and bare passwords
/// @param password the secret itself; `<id>.<secret>` for bootstrap tokens
public record ClusterToken(Optional<String> caHash, String user, String password) {
    private static final String PREFIX = "K10";
    private static final String SEPARATOR = "::";
    private static final String OF_NODE = "::node:";
    private static final int HASH_LENGTH = 64;
    private static final int ID_LENGTH = 6;
    private static final int SECRET_LENGTH = 16;

    /// Reads any form. A text that does not begin with `K10` is a password or a bootstrap token as a whole, whatever it
    /// holds.
    /// @throws IllegalArgumentException in K3s' words, without the token
    public static ClusterToken parse(String token) {
        if (token.isEmpty()) {
            throw new IllegalArgumentException("token must not be empty");
        }
        if (!token.startsWith(PREFIX)) {
            return new ClusterToken(Optional.empty(), "", token);
        }
        int separator = token.indexOf(SEPARATOR);
        if (separator < 0) {
            // without a hash the colons may be missing, as in K3s
            return credentials("", token.substring(PREFIX.length()));
        }
        String hash = token.substring(PREFIX.length(), separator);
        if (!hash.isEmpty() && hash.length() != HASH_LENGTH) {
            throw new IllegalArgumentException("invalid token CA hash length");
        }
        return credentials(hash, token.substring(separator + SEPARATOR.length()));
    }

    /// The password that `--agent-token` of a server names: the whole text, also where it begins with `K10`, as with
    /// K3s; but of `K10<hash>::node:<password>` the password.
    /// @throws IllegalArgumentException when that is empty
    public static String agentPassword(String flag) {
        int user = flag.startsWith(PREFIX) ? flag.indexOf(OF_NODE) : -1;
        String password = user < 0 ? flag : flag.substring(user + OF_NODE.length());
        if (password.isEmpty()) {
            throw new IllegalArgumentException("token must not be empty");
        }
        return password;
    }

    /// @param hash empty for none
    /// @param rest what follows the two colons
    private static ClusterToken credentials(String hash, String rest) {
        Optional<String> caHash = hash.isEmpty() ? Optional.empty() : Optional.of(hash);
        if (isBootstrap(rest)) {
            return new ClusterToken(caHash, "", rest);
        }
        int colon = rest.indexOf(':');
        if (colon < 0 || rest.length() == colon + 1) {
            throw new IllegalArgumentException("invalid token format");
        }
        return new ClusterToken(caHash, rest.substring(0, colon), rest.substring(colon + 1));
    }

    /// Whether a text has the form of a bootstrap token, six and sixteen small letters or digits.
    public static boolean isBootstrap(String text) {
        if (text.length() != ID_LENGTH + 1 + SECRET_LENGTH || text.charAt(ID_LENGTH) != '.') {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (i != ID_LENGTH && (c < 'a' || c > 'z') && (c < '0' || c > '9')) {
                return false;
            }
        }
        return true;
    }

    /// Whether this is a bootstrap token, shown as a bearer token in place of a password.
    public boolean bootstrap() {
        return user.isEmpty() && isBootstrap(password);
    }

    /// The full form; the secret is in it.
    public String text() {
        String credentials = user.isEmpty() ? password : user + ":" + password;
        return PREFIX + caHash.orElse("") + SEPARATOR + credentials;
    }

    /// Never the secret: tokens find their way into logs.
    @Override
    public String toString() {
        return PREFIX + caHash.orElse("") + SEPARATOR + user + ":***";
    }

    /// The hash that tokens carry for a `/cacerts` answer: of the very bytes for a single certificate, of the chain's
    /// root for several, so that a token survives a new intermediate. Bytes count, so a newline more is another
    /// authority: so it is in K3s.
    ///
    /// @param pem the answer as it came
    /// @return 64 hex digits in small letters
    /// @throws IllegalArgumentException when it holds no certificates, or several that are no chain
    public static String caHash(String pem) {
        List<X509Certificate> certificates = Pem.certificates(pem);
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException("no certificates found");
        }
        if (certificates.size() == 1) {
            return sha256(pem.getBytes(StandardCharsets.UTF_8));
        }
        return sha256(Pem.der(root(certificates)));
    }

    /// From the first certificate upwards, by signatures and not by the order in the file. Ends after as many steps as
    /// there are certificates: they may be signed in a circle.
    private static X509Certificate root(List<X509Certificate> certificates) {
        X509Certificate current = certificates.getFirst();
        for (int step = 0; step < certificates.size(); step++) {
            if (issued(current, current)) {
                return current;
            }
            X509Certificate below = current;
            current = certificates.stream().filter(candidate -> issued(candidate, below)).findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("CA cert validation failed: no chain to a root"));
        }
        throw new IllegalArgumentException("CA cert validation failed: no chain to a root");
    }

    /// By name and by signature: names alone anybody can write.
    private static boolean issued(X509Certificate issuer, X509Certificate subject) {
        if (!subject.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
            return false;
        }
        try {
            subject.verify(issuer.getPublicKey());
            return true;
        } catch (GeneralSecurityException otherIssuer) {
            return false;
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
