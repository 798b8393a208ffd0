package io.k3j.encryption;

import io.k3j.encryption.Provider.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/// Seals and opens rows by a list of providers: upstream's `value.Transformer`. Made anew when the configuration
/// changes. Safe for any number of threads, as far as `random` is; blocks only as an [EnvelopeTransformer] among the
/// providers does.
public final class RowCipher {
    /// What every row begins with that is encrypted; no stored object does, in JSON, protobuf or CBOR.
    private static final byte[] MARK = "k8s:enc:".getBytes(StandardCharsets.UTF_8);
    /// Cipher, version, name, and what is sealed.
    private static final int WITH_REST = 4;
    private static final String OK = "OK";
    /// In the order of the configuration; the first one seals.
    private final List<Door> doors = new ArrayList<>();
    /// Whether rows that are not encrypted may be read.
    private final boolean plain;
    private final boolean seals;
    /// Whether no other key can have what the first one's rows begin with.
    private final boolean unmistakable;
    private final RandomGenerator random;

    /// For a configuration; `random` has to be fit for cryptography.
    public RowCipher(EncryptionConfiguration configuration, RandomGenerator random) {
        this(configuration.providers(), random);
    }

    /// For the providers of a resource, at least one, in their order; `random` has to be fit for cryptography.
    public RowCipher(List<? extends RowProvider> providers, RandomGenerator random) {
        this.random = random;
        providers.forEach(provider -> doors.addAll(Door.of(provider)));
        this.plain = providers.stream().anyMatch(RowCipher::identity);
        this.seals = !identity(providers.getFirst());
        this.unmistakable = doors.stream().skip(1).noneMatch(
                door -> begins(door.prefix, doors.getFirst().prefix) || begins(doors.getFirst().prefix, door.prefix));
    }

    private static boolean identity(RowProvider provider) {
        return provider instanceof Provider keys && keys.kind() == Kind.IDENTITY;
    }

    /// Whether a row is encrypted, with whatever key.
    public static boolean sealed(byte[] row) {
        return begins(row, MARK);
    }

    static boolean begins(byte[] row, byte[] prefix) {
        return row.length >= prefix.length && Arrays.equals(row, 0, prefix.length, prefix, 0, prefix.length);
    }

    /// As [#seal], which nobody hears of.
    public byte[] seal(String place, byte[] content) {
        return seal(place, content, Transformations.NONE);
    }

    /// A row for the datastore; the content itself while encryption is off.
    /// @param place the row's key in the store, which `aesgcm` and envelopes bind the row to
    /// @throws SealUnavailable while who keeps the key does not answer
    public byte[] seal(String place, byte[] content, Transformations told) {
        if (!seals) {
            told.told(true, "", 0, OK);
            return content;
        }
        Door door = doors.getFirst();
        long begin = System.nanoTime();
        try {
            byte[] sealed = door.seal(place, content, random);
            byte[] row = Arrays.copyOf(door.prefix, door.prefix.length + sealed.length);
            System.arraycopy(sealed, 0, row, door.prefix.length, sealed.length);
            tell(told, true, door, begin, OK);
            return row;
        } catch (SealUnavailable e) {
            tell(told, true, door, begin, UnreadableRow.NO_CALL);
            throw e;
        }
    }

    private static void tell(Transformations told, boolean written, Door door, long begin, String status) {
        long nanos = System.nanoTime() - begin;
        if (!door.key.isEmpty()) {
            told.told(written, door.key, nanos, status);
        }
        told.told(written, door.provider, nanos, status);
    }

    /// Whether a row is as [#seal] would write it now: not by another provider, nor by another key, even if that has
    /// the same name.
    public boolean current(String place, byte[] row) {
        if (!seals) {
            return !sealed(row);
        }
        Door first = doors.getFirst();
        return begins(row, first.prefix) && (unmistakable || opens(first, place, row))
                && first.current(behind(first, row));
    }

    private static byte[] behind(Door door, byte[] row) {
        return Arrays.copyOfRange(row, door.prefix.length, row.length);
    }

    private static boolean opens(Door door, String place, byte[] row) {
        try {
            door.open(place, behind(door, row));
            return true;
        } catch (UnreadableRow another) {
            return false;
        }
    }

    /// As [#open], which nobody hears of.
    public byte[] open(String place, byte[] row) {
        return open(place, row, Transformations.NONE);
    }

    /// What a row of the datastore holds; the row itself when it is not encrypted. Of several keys of one name each is
    /// tried.
    ///
    /// @param row not changed
    /// @throws UnreadableRow when no key of the configuration fits, the row is damaged, or its key cannot be had now
    public byte[] open(String place, byte[] row, Transformations told) {
        if (!sealed(row)) {
            told.told(false, plain ? "identity" : "unknown", 0, plain ? OK : UnreadableRow.NO_CALL);
            if (plain) {
                return row;
            }
            throw new UnreadableRow("it is not encrypted, and the encryption configuration has no provider identity");
        }
        UnreadableRow why = null;
        for (Door door : doors) {
            if (begins(row, door.prefix)) {
                long begin = System.nanoTime();
                try {
                    byte[] content = door.open(place, behind(door, row));
                    tell(told, false, door, begin, OK);
                    return content;
                } catch (UnreadableRow perhapsAnother) {
                    tell(told, false, door, begin, perhapsAnother.status());
                    why = perhapsAnother;
                }
            }
        }
        if (why != null) {
            throw why;
        }
        told.told(false, "unknown", 0, UnreadableRow.NO_CALL);
        throw new UnreadableRow("the encryption configuration has no key " + keyName(row));
    }

    /// Provider and name in front of a sealed row, for messages: `aescbc aescbckey`, `kms vault`. Of a name with colons
    /// only what stands before the first of them, unless it ends with a time, as those of K3s do: bytes that follow a
    /// name may look like more of it. Only of a row that is [#sealed].
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
