package io.k3j.encryption;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// AES-CBC as upstream's `aescbc` does it: the IV, then the blocks, padded as PKCS #7. Nothing proves that a row is
/// what was written; Kubernetes' page calls this provider weak. [SecretBox] has such a proof. Pure.
final class AesCbc {
    private static final int BLOCK = 16;
    private static final String ANOTHER_KEY = "it is damaged, or was encrypted with another key of the same name";
    /// What stored objects begin with, in JSON and in protobuf.
    private static final List<byte[]> OBJECTS = List.of(new byte[] {'{'}, new byte[] {'k', '8', 's', 0});

    private AesCbc() {
    }

    /// @param key 16, 24 or 32 bytes
    /// @return the IV, which is another one each time, and the blocks
    static byte[] seal(byte[] key, byte[] plain, RandomGenerator random) {
        byte[] iv = new byte[BLOCK];
        random.nextBytes(iv);
        try {
            byte[] blocks = cipher(Cipher.ENCRYPT_MODE, key, iv).doFinal(plain);
            byte[] sealed = Arrays.copyOf(iv, BLOCK + blocks.length);
            System.arraycopy(blocks, 0, sealed, BLOCK, blocks.length);
            return sealed;
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }

    /// @param sealed what follows the name of the key in a row
    /// @throws UnreadableRow when it is too short or its padding is wrong; another key goes unnoticed once in 256 rows
    static byte[] open(byte[] key, byte[] sealed) {
        if (sealed.length < 2 * BLOCK) {
            throw new UnreadableRow("it is damaged: too short");
        }
        try {
            return cipher(Cipher.DECRYPT_MODE, key, Arrays.copyOf(sealed, BLOCK)).doFinal(sealed, BLOCK,
                    sealed.length - BLOCK);
        } catch (GeneralSecurityException wrong) {
            throw new UnreadableRow(ANOTHER_KEY, wrong);
        }
    }

    /// As [#open], for a row that holds an object: the right padding is no proof of the right key, so that what comes
    /// out has to begin as objects do, else the next key of that name would never be tried. Another key still goes
    /// unnoticed once in some 65 000 rows.
    /// @throws UnreadableRow as [#open], and for what is no object
    static byte[] openObject(byte[] key, byte[] sealed) {
        byte[] plain = open(key, sealed);
        if (OBJECTS.stream().noneMatch(mark -> RowCipher.begins(plain, mark))) {
            throw new UnreadableRow(ANOTHER_KEY);
        }
        return plain;
    }

    /// PKCS #5 is the JDK's name for the padding of PKCS #7. A cipher is for one thread, so each call has its own.
    private static Cipher cipher(int mode, byte[] key, byte[] iv) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new IvParameterSpec(iv));
        return cipher;
    }
}
