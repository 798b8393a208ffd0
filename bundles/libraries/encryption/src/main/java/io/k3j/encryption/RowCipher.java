package io.k3j.encryption;

import io.k3j.encryption.Provider.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/// Seals and opens rows by a list of providers: upstream's `value.Transformer`. Made anew when the configuration
/// changes. Safe for any number of threads, as far as `random` is; nothing blocks.
public final class RowCipher {
    /// What every row begins with that is encrypted; no stored object does, in JSON or protobuf.
    private static final byte[] MARK = "k8s:enc:".getBytes(StandardCharsets.UTF_8);
    /// Cipher, version, name, and what is sealed.
    private static final int WITH_REST = 4;
    /// In the order of the configuration; the first one seals.
    private final List<Door> doors = new ArrayList<>();
    /// Whether rows that are not encrypted may be read.
    private final boolean plain;
    private final boolean seals;
    /// Whether no other key can have what the first one's rows begin with.
    private final boolean unmistakable;
    private final RandomGenerator random;

    /// One key and what stands in front of its rows.
    private record Door(byte[] prefix, Kind kind, byte[] key) {
        static Door of(Kind kind, EncryptionKey key) {
            return new Door(bytes("k8s:enc:" + kind.word() + ":v1:" + key.name() + ":"), kind, key.bytes());
        }

        byte[] open(String place, byte[] row) {
            byte[] rest = Arrays.copyOfRange(row, prefix.length, row.length);
            return switch (kind) {
                case AESCBC -> AesCbc.open(key, rest);
                case AESGCM -> AesGcm.open(key, bytes(place), rest);
                case SECRETBOX -> SecretBox.open(key, rest);
                case IDENTITY -> row;
            };
        }

        byte[] seal(String place, byte[] plain, RandomGenerator random) {
            byte[] sealed = switch (kind) {
                case AESCBC -> AesCbc.seal(key, plain, random);
                case AESGCM -> AesGcm.seal(key, bytes(place), plain, random);
                case SECRETBOX -> SecretBox.seal(key, plain, random);
                case IDENTITY -> plain;
            };
            byte[] row = Arrays.copyOf(prefix, prefix.length + sealed.length);
            System.arraycopy(sealed, 0, row, prefix.length, sealed.length);
            return row;
        }
    }

    /// For a configuration; `random` has to be fit for cryptography.
    public RowCipher(EncryptionConfiguration configuration, RandomGenerator random) {
        this(configuration.providers(), random);
    }

    /// For the providers of a resource, at least one, in their order; `random` has to be fit for cryptography.
    public RowCipher(List<Provider> providers, RandomGenerator random) {
        this.random = random;
        for (Provider provider : providers) {
            provider.keys().forEach(key -> doors.add(Door.of(provider.kind(), key)));
        }
        this.plain = providers.contains(Provider.IDENTITY);
        this.seals = providers.getFirst().kind() != Kind.IDENTITY;
        this.unmistakable = doors.stream().skip(1).noneMatch(
                door -> begins(door.prefix, doors.getFirst().prefix) || begins(doors.getFirst().prefix, door.prefix));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// Whether a row is encrypted, with whatever key.
    public static boolean sealed(byte[] row) {
        return begins(row, MARK);
    }

    private static boolean begins(byte[] row, byte[] prefix) {
        return row.length >= prefix.length && Arrays.equals(row, 0, prefix.length, prefix, 0, prefix.length);
    }

    /// A row for the datastore; the content itself while encryption is off.
    /// @param place the row's key in the store, which `aesgcm` binds the row to
    public byte[] seal(String place, byte[] content) {
        return seals ? doors.getFirst().seal(place, content, random) : content;
    }

    /// Whether a row is as [#seal] would write it now: not by another provider, nor by another key, even if that has
    /// the same name.
    public boolean current(String place, byte[] row) {
        if (!seals) {
            return !sealed(row);
        }
        Door first = doors.getFirst();
        return begins(row, first.prefix) && (unmistakable || opens(first, place, row));
    }

    private static boolean opens(Door door, String place, byte[] row) {
        try {
            door.open(place, row);
            return true;
        } catch (UnreadableRow another) {
            return false;
        }
    }

    /// What a row of the datastore holds; the row itself when it is not encrypted. Of several keys of one name each is
    /// tried.
    ///
    /// @param row not changed
    /// @throws UnreadableRow when no key of the configuration fits, or the row is damaged
    public byte[] open(String place, byte[] row) {
        if (!sealed(row)) {
            if (plain) {
                return row;
            }
            throw new UnreadableRow("it is not encrypted, and the encryption configuration has no provider identity");
        }
        UnreadableRow why = null;
        for (Door door : doors) {
            if (begins(row, door.prefix)) {
                try {
                    return door.open(place, row);
                } catch (UnreadableRow perhapsAnother) {
                    why = perhapsAnother;
                }
            }
        }
        throw why != null ? why : new UnreadableRow("the encryption configuration has no key " + keyName(row));
    }

    /// Provider and name in front of a sealed row, for messages: `aescbc aescbckey`. Of a name with colons only what
    /// stands before the first of them, unless it ends with a time, as those of K3s do: bytes that follow a name may
    /// look like more of it. Only of a row that is [#sealed].
    public static String keyName(byte[] row) {
        int end = row.length;
        for (int i = MARK.length; i < end; i++) {
            if (row[i] < ' ' || row[i] > '~') {
                end = i;
            }
        }
        String text = new String(row, MARK.length, end - MARK.length, StandardCharsets.US_ASCII);
        String[] parts = text.split(":", -1);
        return parts.length < WITH_REST ? text : parts[0] + " " + parts[2] + minutesAndSeconds(parts);
    }

    private static String minutesAndSeconds(String[] parts) {
        boolean time = parts.length > WITH_REST + 1 && parts[WITH_REST - 1].length() == 2
                && parts[WITH_REST].length() == 3 && parts[WITH_REST].endsWith("Z");
        return time ? ":" + parts[WITH_REST - 1] + ":" + parts[WITH_REST] : "";
    }
}
