package io.k3j.encryption;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// AES-CBC as upstream's `aescbc` does it: the IV, then the blocks, padded as PKCS #7.
final class AesCbc {
    private static final int BLOCK = 16;

    private AesCbc() {
    }

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

    static byte[] open(byte[] key, byte[] sealed) {
        if (sealed.length < 2 * BLOCK) {
            throw new UnreadableRow("it is damaged: too short");
        }
        try {
            return cipher(Cipher.DECRYPT_MODE, key, Arrays.copyOf(sealed, BLOCK)).doFinal(sealed, BLOCK,
                    sealed.length - BLOCK);
        } catch (GeneralSecurityException wrong) {
            throw new UnreadableRow("it is damaged, or was encrypted with another key of the same name", wrong);
        }
    }

    private static Cipher cipher(int mode, byte[] key, byte[] iv) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new IvParameterSpec(iv));
        return cipher;
    }
}
