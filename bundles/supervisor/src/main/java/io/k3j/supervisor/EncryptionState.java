package io.k3j.supervisor;

import io.k3j.encryption.EncryptionConfiguration;
import io.k3j.encryption.EncryptionKey;
import io.k3j.encryption.Provider.Kind;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// How Secrets are encrypted and where its rotation stands: K3s' `encryption-config.json` and
/// `encryption-state.json` in `server/cred`.
///
/// @param text the configuration as the file has it
/// @param stage one of the stages below
/// @param hash that of the configuration the stage was written for
record EncryptionState(String text, String stage, String hash) {
    static final String START = "start";
    static final String PREPARE = "prepare";
    static final String ROTATE = "rotate";
    static final String ACTIVE = "reencrypt_active";
    static final String FINISHED = "reencrypt_finished";

    /// A configuration and its stage.
    static EncryptionState of(EncryptionConfiguration configuration, String stage) {
        String text = configuration.json();
        return new EncryptionState(text, stage, EncryptionConfiguration.hash(text));
    }

    /// As a bootstrap record or files have it; `state` may be missing, as it is with old versions of K3s.
    static EncryptionState of(String text, Optional<String> state) {
        String mark = state.map(String::strip).orElse("");
        int dash = mark.indexOf('-');
        return dash < 0 ? new EncryptionState(text, START, EncryptionConfiguration.hash(text))
                : new EncryptionState(text, mark.substring(0, dash), mark.substring(dash + 1));
    }

    /// What lies on the disk, empty when there is no configuration.
    static Optional<EncryptionState> read(Layout layout) throws IOException {
        Optional<String> text = PemFiles.read(config(layout));
        return text.isEmpty() || text.get().isBlank() ? Optional.empty()
                : Optional.of(of(text.get(), PemFiles.read(state(layout))));
    }

    /// Makes the first key of a cluster that shall encrypt and has no configuration. Before the API server writes its
    /// first Secret.
    static void ensure(Layout layout, Settings settings, RandomGenerator random) throws IOException {
        if (!settings.secretsEncryption() || read(layout).isPresent()) {
            return;
        }
        Kind kind = kind(settings);
        EncryptionKey key = EncryptionKey.random(kind.word() + "key", random);
        PemFiles.directory(config(layout).getParent());
        of(EncryptionConfiguration.initial(kind, key), START).write(layout);
    }

    /// `--secrets-encryption-provider`.
    /// @throws IOException when there is no such provider
    static Kind kind(Settings settings) throws IOException {
        try {
            return Kind.of(settings.secretsEncryptionProvider());
        } catch (IllegalArgumentException unknown) {
            throw new IOException("--secrets-encryption-provider: " + unknown.getMessage(), unknown);
        }
    }

    /// A name for one more key.
    static String keyName(Kind kind, Instant now) {
        return kind.word() + "key-" + now.truncatedTo(ChronoUnit.SECONDS);
    }

    private static Path config(Layout layout) {
        return layout.cred("encryption-config.json");
    }

    private static Path state(Layout layout) {
        return layout.cred("encryption-state.json");
    }

    /// Writes both files, the keys first: a key too many does no harm.
    void write(Layout layout) throws IOException {
        PemFiles.write(config(layout), text, PemFiles.SECRET);
        PemFiles.write(state(layout), mark(), PemFiles.SECRET);
    }

    /// What the file says.
    /// @throws IOException naming the file
    EncryptionConfiguration configuration() throws IOException {
        try {
            return EncryptionConfiguration.parse(text);
        } catch (IllegalArgumentException damaged) {
            throw new IOException("server/cred/encryption-config.json cannot be used: " + damaged.getMessage(),
                    damaged);
        }
    }

    /// The same in another stage.
    EncryptionState in(String other) {
        return new EncryptionState(text, other, EncryptionConfiguration.hash(text));
    }

    /// Stage and hash, as the annotation `k3s.io/encryption-config-hash` shows them.
    String mark() {
        return stage + "-" + hash;
    }
}
