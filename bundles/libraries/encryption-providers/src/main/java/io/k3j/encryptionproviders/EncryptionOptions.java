package io.k3j.encryptionproviders;

import io.k3j.componentapi.Health;
import io.k3j.componentbase.ConfigurationFile;
import io.k3j.encryption.RowCipher;
import io.k3j.encryption.UnreadableRow;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Set;

/// The API server's flags of encryption at rest.
/// @param file of `encryption-provider-config`; empty: none
/// @param reload whether a changed file is taken into use
public record EncryptionOptions(String file, boolean reload) {
    private static final String FLAG = "--kube-apiserver-arg: ";
    private static final String FILE = "encryption-provider-config";
    private static final String RELOAD = FILE + "-automatic-reload";
    private static final Set<String> TRUE = Set.of("", "1", "t", "true");
    private static final Set<String> FALSE = Set.of("0", "f", "false");

    /// Parses them. As in K3s, `--secrets-encryption` reloads, and another file takes the place of its own.
    /// @param secretsEncryption whether that flag is given
    /// @param arguments as `name=value`; those of others are passed over
    /// @throws IllegalArgumentException in upstream's words
    public static EncryptionOptions of(boolean secretsEncryption, String... arguments) {
        String file = "";
        boolean reload = secretsEncryption;
        for (String argument : arguments) {
            int eq = argument.indexOf('=');
            String value = eq < 0 ? "" : argument.substring(eq + 1);
            switch (eq < 0 ? argument : argument.substring(0, eq)) {
                case FILE -> file = value;
                case RELOAD -> reload = flag(value);
                default -> {
                    // of others
                }
            }
        }
        if (file.isEmpty() && reload && !secretsEncryption) {
            throw new IllegalArgumentException(FLAG + "--" + RELOAD + " must be set with --" + FILE);
        }
        return new EncryptionOptions(file, reload);
    }

    private static boolean flag(String value) {
        String word = value.toLowerCase(Locale.ROOT);
        if (TRUE.contains(word) || FALSE.contains(word)) {
            return TRUE.contains(word);
        }
        throw new IllegalArgumentException(FLAG + "invalid argument \"" + value + "\" for \"--" + RELOAD + "\" flag: it"
                + " must be true or false");
    }

    /// Whether there is a file.
    public boolean configured() {
        return !file.isEmpty();
    }

    /// The content of a row of Secrets, for whoever needs it before an API server runs. Blocks for the file, which
    /// there must be, and for a KMS plug-in as long as the timeout in the file says.
    ///
    /// @param place the row's key in the store
    /// @throws IllegalArgumentException when the file is wrong
    /// @throws UnreadableRow when it cannot be opened, or [UnreadableRow#passing], not for now: its KMS plug-in is away
    ///         or wrong
    public byte[] secret(String place, byte[] row) {
        try {
            return opened(place, row);
        } catch (UnreadableRow why) {
            if (why.passing()) {
                throw why;
            }
            // a plug-in may have been wrong once, and well when it was looked at
            return opened(place, row);
        }
    }

    private byte[] opened(String place, byte[] row) {
        byte[] content = ProvidersFile.bytes(new ConfigurationFile(Path.of(file)));
        try (KmsProviders kms = new KmsProviders(Health.none(), new EnvelopeMetrics(InstantSource.system()),
                KmsProvider.Timing.ONE_ROW)) {
            KmsProviders.Draft draft = kms.draft();
            ResourceCiphers ciphers = new ResourceCiphers(ProvidersFile.parse(content, draft::of), new SecureRandom());
            draft.use();
            RowCipher cipher = ciphers.of(new GroupResource("", "secrets"))
                    .orElseThrow(() -> new UnreadableRow("no entry of " + file + " names Secrets"));
            try {
                return cipher.open(place, row);
            } catch (UnreadableRow why) {
                throw draft.blamed(row, why);
            }
        }
    }
}
