package io.k3j.authtokens;

import io.k3j.apiserverapi.Authenticator;
import io.k3j.apiserverapi.Caller;
import io.k3j.pki.CsvRecords;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Tokens of the file of `--kube-apiserver-arg=token-auth-file`: token, name, uid and maybe groups of a user in a line.
/// They count as long as the process does. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/authentication/#static-token-file>. Immutable.
final class StaticTokens implements Authenticator {
    /// Asked before the other ones for tokens.
    static final int RANKING = 300;
    private static final System.Logger LOG = System.getLogger("io.k3j.authtokens");
    private static final int MOST_BYTES = 1 << 20;
    private static final int LEAST_FIELDS = 3;
    /// By digests, so that how long a look takes tells nothing of the tokens there are.
    private final Map<String, Caller> callers;

    private StaticTokens(Map<String, Caller> callers) {
        this.callers = callers;
    }

    /// Reads the file. As upstream, a record without a token is left out, and of several with one token the last one
    /// counts; each of them is a warning.
    ///
    /// @throws IOException when it cannot be read
    /// @throws IllegalArgumentException for lines that say no user; the message names the line, not the token
    static StaticTokens of(Path file) throws IOException {
        Map<String, Caller> callers = new HashMap<>();
        int number = 0;
        for (List<String> fields : CsvRecords.of(text(file))) {
            number++;
            if (fields.size() < LEAST_FIELDS) {
                throw new IllegalArgumentException("must have at least 3 columns (token, user name, user uid), found "
                        + fields.size() + " in record " + number);
            }
            if (fields.getFirst().isEmpty()) {
                LOG.log(System.Logger.Level.WARNING, "Found an empty token path={0} record={1}", file, number);
            } else if (callers.put(digest(fields.getFirst()), caller(fields, number)) != null) {
                LOG.log(System.Logger.Level.WARNING, "Found a duplicate token path={0} record={1}", file, number);
            }
        }
        return new StaticTokens(Map.copyOf(callers));
    }

    /// A user without a name is nobody whom an authorizer could tell from another one.
    private static Caller caller(List<String> fields, int number) {
        if (fields.get(1).isEmpty()) {
            throw new IllegalArgumentException("has no user name in record " + number);
        }
        String groups = fields.size() > LEAST_FIELDS ? fields.get(LEAST_FIELDS) : "";
        return new Caller(fields.get(1), fields.get(2), Arrays.stream(groups.split(","))
                .filter(group -> !group.isEmpty()).toList(), Map.of());
    }

    private static String text(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new IllegalArgumentException("has more than " + MOST_BYTES + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private static String digest(String token) {
        try {
            return HexFormat.of().formatHex(
                    MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public Optional<Caller> authenticate(Credentials credentials) {
        return credentials.bearer().isEmpty() ? Optional.empty()
                : Optional.ofNullable(callers.get(digest(credentials.bearer())));
    }
}
