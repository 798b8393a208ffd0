package io.k3j.watchcache;

import io.k3j.clientapi.ApiFault;
import io.k3j.encryption.EncryptionConfiguration;
import io.k3j.encryption.RowCipher;
import io.k3j.encryption.UnreadableRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How Secrets lie in the store: encrypted as the file `server/cred/encryption-config.json` says, plain where there
/// is none. Rows of other resources pass untouched. See "Encrypting Confidential Data at Rest" of Kubernetes and
/// `k3s secrets-encrypt` of K3s.
///
/// The file is looked at before each Secret is written and when a row has an unknown key, so a changed file is in
/// force with the next write, without a restart. Once there was one, nothing is written while it cannot be read.
///
/// Any thread. A call blocks for a look at the file's attributes, and for its content when it has changed. Two
/// threads may load it at once; both come to the same.
public final class EncryptionAtRest implements AtRest {
    private static final System.Logger LOG = System.getLogger("io.k3j.watchcache");
    private static final String SECRETS = StorageKeys.ROOT + "secrets/";
    private final @Nullable Path file;
    private final boolean wanted;
    private final SecureRandom random = new SecureRandom();
    private volatile Loaded loaded = new Loaded(null, null);

    /// What the file says, and which file that was. A rename gives another one.
    private record Loaded(@Nullable RowCipher cipher, @Nullable Stamp stamp) {
    }

    private record Stamp(FileTime changed, long size, @Nullable Object file) {
        static Stamp of(Path file) throws IOException {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            return new Stamp(now.lastModifiedTime(), now.size(), now.fileKey());
        }
    }

    /// Reads nothing yet.
    ///
    /// @param file the configuration; null keeps everything plain
    /// @param wanted whether there has to be such a file: without it no Secret is written or read then, not even in
    /// plain text
    public EncryptionAtRest(@Nullable Path file, boolean wanted) {
        this.file = file;
        this.wanted = wanted;
    }

    /// Everything plain: for servers that keep nothing on a disk.
    public static EncryptionAtRest none() {
        return new EncryptionAtRest(null, false);
    }

    /// Secrets, as in K3s, whose configuration names no other resource.
    @Override
    public boolean covers(String storeKey) {
        return storeKey.startsWith(SECRETS);
    }

    /// Encrypted with the first key of the configuration.
    ///
    /// @throws ApiFault 503 while the configuration cannot be read: nothing goes there in plain text by mistake
    @Override
    public byte[] seal(String storeKey, byte[] value) {
        if (file == null || !covers(storeKey)) {
            return value;
        }
        RowCipher cipher = cipher();
        return cipher == null ? value : cipher.seal(storeKey, value);
    }

    /// A key that has been rotated leaves rows that are not.
    ///
    /// @throws ApiFault 503 as [#seal]
    @Override
    public boolean current(String storeKey, byte[] value) {
        RowCipher cipher = cipher();
        return cipher == null ? !RowCipher.sealed(value) : cipher.current(storeKey, value);
    }

    /// First with what is known, without a look at the disk; only when that fails is the file read again, because
    /// another server may have begun with a new key.
    @Override
    public byte[] open(String storeKey, byte[] value) {
        if (!covers(storeKey)) {
            return value;
        }
        RowCipher known = loaded.cipher;
        try {
            return opened(known == null ? fresh() : known, storeKey, value);
        } catch (UnreadableRow perhapsOld) {
            try {
                return opened(fresh(), storeKey, value);
            } catch (UnreadableRow still) {
                throw new UnreadableRow("cannot decrypt " + storeKey + ": " + still.getMessage() + "; restore " + file
                        + " from a backup or from another server of the cluster", still);
            }
        }
    }

    /// The cipher as the file says now. Whoever reads wants to know that a row is unreadable, not that the store is
    /// away.
    private @Nullable RowCipher fresh() {
        try {
            return cipher();
        } catch (ApiFault unusable) {
            throw new UnreadableRow(String.valueOf(unusable.getMessage()), unusable);
        }
    }

    /// Without a configuration a sealed row is no object: its bytes must not be taken for one.
    private static byte[] opened(@Nullable RowCipher cipher, String storeKey, byte[] value) {
        if (cipher != null) {
            return cipher.open(storeKey, value);
        }
        if (RowCipher.sealed(value)) {
            throw new UnreadableRow("it is encrypted with the key " + RowCipher.keyName(value)
                    + ", and there is no encryption configuration");
        }
        return value;
    }

    /// The cipher in force, null for none. A file that was there once and is gone is an error: else the next Secret
    /// would be written in plain text.
    private @Nullable RowCipher cipher() {
        if (file == null) {
            return null;
        }
        Loaded now = loaded;
        try {
            Stamp stamp = Stamp.of(file);
            if (!stamp.equals(now.stamp)) {
                now = new Loaded(read(), stamp);
                loaded = now;
                LOG.log(System.Logger.Level.INFO, "Loaded encryption configuration path={0}", file);
            }
            return now.cipher;
        } catch (NoSuchFileException absent) {
            if (!wanted && now.stamp == null) {
                return null;
            }
            throw ApiFault.unavailable("Secrets cannot be kept: the encryption configuration " + file
                    + " is gone; restore it from a backup or from another server");
        } catch (IOException | IllegalArgumentException damaged) {
            throw ApiFault.unavailable("Secrets cannot be kept: the encryption configuration " + file
                    + " cannot be used: " + damaged.getMessage());
        }
    }

    private RowCipher read() throws IOException {
        return new RowCipher(EncryptionConfiguration.parse(Files.readString(file())), random);
    }

    private Path file() {
        return Optional.ofNullable(file).orElseThrow();
    }
}
