package io.k3j.secretsencryption;

import io.k3j.encryption.EncryptionConfiguration;
import io.k3j.encryption.EncryptionKey;
import io.k3j.encryption.Provider.Kind;
import io.k3j.pki.PemFiles;
import io.k3j.servercredentials.ServerLayout;
import io.k3j.servercredentials.SupervisorSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// How Secrets are encrypted and where its rotation stands: K3s' `encryption-config.json` and `encryption-state.json`
/// in `server/cred`. Immutable; holds keys, so its text is not for logs.
///
/// @param text the configuration as the file has it, byte for byte: its hash is compared
/// @param stage one of the stages below
/// @param hash that of the configuration the stage was written for; another one says that somebody edited the file
record EncryptionState(String text, String stage, String hash) {
    /// K3s' names of the stages, in the order of a rotation. One key, in use or not yet.
    static final String START = "start";
    /// A second key, which every server can read with and none writes with.
    static final String PREPARE = "prepare";
    /// The second key is written with; rows of the first are still there.
    static final String ROTATE = "rotate";
    /// Secrets are being written again. In no file, as this is over after a restart.
    static final String ACTIVE = "reencrypt_active";
    /// The old key is gone.
    static final String FINISHED = "reencrypt_finished";

    /// A configuration and its stage.
    static EncryptionState of(EncryptionConfiguration configuration, String stage) {
        String text = configuration.json();
        return new EncryptionState(text, stage, EncryptionConfiguration.hash(text));
    }

    /// As a bootstrap record or files have it; `state` may be missing, as it is with old versions of K3s.
    ///
    /// @param text the configuration
    /// @param state stage, dash, hash; anything else stands for the first stage
    static EncryptionState of(String text, Optional<String> state) {
        String mark = state.map(String::strip).orElse("");
        int dash = mark.indexOf('-');
        return dash < 0 ? new EncryptionState(text, START, EncryptionConfiguration.hash(text))
                : new EncryptionState(text, mark.substring(0, dash), mark.substring(dash + 1));
    }

    /// What lies on the disk, empty when there is no configuration. Nothing is parsed: a damaged one is found by
    /// [#configuration].
    static Optional<EncryptionState> read(ServerLayout layout) throws IOException {
        Optional<String> text = PemFiles.read(config(layout));
        return text.isEmpty() || text.get().isBlank() ? Optional.empty()
                : Optional.of(of(text.get(), PemFiles.read(state(layout))));
    }

    /// Makes the first key of a cluster that should encrypt and has no configuration. Before the API server writes its
    /// first Secret.
    static void ensure(ServerLayout layout, SupervisorSettings settings, RandomGenerator random) throws IOException {
        if (!settings.secretsEncryption() || read(layout).isPresent()) {
            return;
        }
        Kind kind = kind(settings);
        EncryptionKey key = EncryptionKey.random(kind.word() + "key", random);
        PemFiles.directory(Objects.requireNonNull(config(layout).getParent()));
        of(EncryptionConfiguration.initial(kind, key), START).write(layout);
    }

    /// `--secrets-encryption-provider`, by which new keys are made; those there are may be of another kind.
    /// @throws IOException when there is no such provider
    static Kind kind(SupervisorSettings settings) throws IOException {
        try {
            return Kind.of(settings.secretsEncryptionProvider());
        } catch (IllegalArgumentException unknown) {
            throw new IOException("--secrets-encryption-provider: " + unknown.getMessage(), unknown);
        }
    }

    /// A name for one more key: the time makes it another one than those there are, as K3s' does.
    static String keyName(Kind kind, Instant now) {
        return kind.word() + "key-" + now.truncatedTo(ChronoUnit.SECONDS);
    }

    private static Path config(ServerLayout layout) {
        return layout.cred("encryption-config.json");
    }

    /// A file of one line: see [#mark].
    private static Path state(ServerLayout layout) {
        return layout.cred("encryption-state.json");
    }

    /// Writes both files, the keys first: a key too many does no harm, a stage whose key is missing would.
    void write(ServerLayout layout) throws IOException {
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

    /// The same in another stage, for [#mark].
    EncryptionState in(String other) {
        return new EncryptionState(text, other, EncryptionConfiguration.hash(text));
    }

    /// Stage and hash, as the annotation `k3s.io/encryption-config-hash` shows them.
    String mark() {
        return stage + "-" + hash;
    }
}
