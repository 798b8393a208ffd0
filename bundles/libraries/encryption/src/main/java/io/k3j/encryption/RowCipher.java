package io.k3j.encryption;

import io.k3j.encryption.Provider.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/// Seals and opens rows by a configuration: upstream's `value.Transformer`. Made anew when the configuration changes.
/// Safe for any number of threads, as far as `random` is; nothing blocks.
public final class RowCipher {
    /// What every row begins with that is encrypted; no stored object does, in JSON or protobuf.
    private static final byte[] MARK = "k8s:enc:".getBytes(StandardCharsets.UTF_8);
    /// In the order of the configuration; the first one seals.
    private final List<Door> doors;
    /// Whether rows that are not encrypted may be read.
    private final boolean plain;
    private final boolean seals;
    private final RandomGenerator random;

    /// One key and what stands in front of its rows.
    private record Door(byte[] prefix, Kind kind, byte[] key) {
        byte[] open(byte[] row) {
            byte[] rest = Arrays.copyOfRange(row, prefix.length, row.length);
            return kind == Kind.AESCBC ? AesCbc.open(key, rest) : SecretBox.open(key, rest);
        }

        byte[] seal(byte[] plain, RandomGenerator random) {
            byte[] sealed = kind == Kind.AESCBC ? AesCbc.seal(key, plain, random)
                    : SecretBox.seal(key, plain, random);
            byte[] row = Arrays.copyOf(prefix, prefix.length + sealed.length);
            System.arraycopy(sealed, 0, row, prefix.length, sealed.length);
            return row;
        }
    }

    /// For a configuration; `random` has to be fit for cryptography.
    public RowCipher(EncryptionConfiguration configuration, RandomGenerator random) {
        this.random = random;
        this.doors = new ArrayList<>();
        for (Provider provider : configuration.providers()) {
            for (EncryptionKey key : provider.keys()) {
                String prefix = "k8s:enc:" + provider.kind().word() + ":v1:" + key.name() + ":";
                doors.add(new Door(prefix.getBytes(StandardCharsets.UTF_8), provider.kind(), key.bytes()));
            }
        }
        this.plain = configuration.providers().contains(Provider.IDENTITY);
        this.seals = configuration.on();
    }

    /// Whether a row is encrypted, with whatever key.
    public static boolean sealed(byte[] row) {
        return begins(row, MARK);
    }

    private static boolean begins(byte[] row, byte[] prefix) {
        return row.length >= prefix.length && Arrays.equals(row, 0, prefix.length, prefix, 0, prefix.length);
    }

    /// A row for the datastore; the content itself while encryption is off.
    public byte[] seal(byte[] content) {
        return seals ? doors.getFirst().seal(content, random) : content;
    }

    /// Whether a row is as [#seal] would write it now.
    public boolean current(byte[] row) {
        return seals ? begins(row, doors.getFirst().prefix) : !sealed(row);
    }

    /// What a row of the datastore holds; the row itself when it is not encrypted.
    ///
    /// @param row not changed
    /// @throws UnreadableRow when no key of the configuration fits, or the row is damaged
    public byte[] open(byte[] row) {
        if (!sealed(row)) {
            if (plain) {
                return row;
            }
            throw new UnreadableRow("it is not encrypted, and the encryption configuration has no provider identity");
        }
        for (Door door : doors) {
            if (begins(row, door.prefix)) {
                return door.open(row);
            }
        }
        throw new UnreadableRow("the encryption configuration has no key " + keyName(row));
    }

    /// Provider and name in front of a sealed row, for messages: `aescbc aescbckey`. Only of a row that is [#sealed].
    public static String keyName(byte[] row) {
        int end = row.length;
        for (int i = MARK.length; i < end; i++) {
            // names may hold colons; what follows them is no text
            if (row[i] < ' ' || row[i] > '~') {
                end = i;
            }
        }
        String text = new String(row, MARK.length, end - MARK.length, StandardCharsets.US_ASCII);
        int colon = text.lastIndexOf(':');
        String shown = colon < 0 ? text : text.substring(0, colon);
        return shown.replace(":v1:", " ");
    }
}
