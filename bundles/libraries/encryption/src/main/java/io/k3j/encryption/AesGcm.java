package io.k3j.encryption;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// AES-GCM as upstream's `aesgcm` does it: 12 bytes of nonce, then the content and its tag of 16 bytes, bound to the
/// row's key in the store, so that no row can be put in another's place. A nonce that comes twice gives both contents
/// away, so a key is to be replaced every 200 000 writes, as Kubernetes' page says. Pure.
final class AesGcm {
    private static final int NONCE = 12;
    private static final int TAG = 16;

    private AesGcm() {
    }

    /// @param key 16, 24 or 32 bytes
    /// @param place the row's key in the store
    /// @return the nonce, which is another one each time, and the rest
    static byte[] seal(byte[] key, byte[] place, byte[] plain, RandomGenerator random) {
        byte[] nonce = new byte[NONCE];
        random.nextBytes(nonce);
        try {
            byte[] rest = cipher(Cipher.ENCRYPT_MODE, key, nonce, place).doFinal(plain);
            byte[] sealed = Arrays.copyOf(nonce, NONCE + rest.length);
            System.arraycopy(rest, 0, sealed, NONCE, rest.length);
            return sealed;
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }

    /// @param sealed what follows the name of the key in a row
    /// @throws UnreadableRow when it is too short, or the tag is another: it was changed, is of another place, or has
    ///     another key
    static byte[] open(byte[] key, byte[] place, byte[] sealed) {
        if (sealed.length < NONCE + TAG) {
            throw new UnreadableRow("it is damaged: too short");
        }
        try {
            return cipher(Cipher.DECRYPT_MODE, key, Arrays.copyOf(sealed, NONCE), place).doFinal(sealed, NONCE,
                    sealed.length - NONCE);
        } catch (GeneralSecurityException wrong) {
            throw new UnreadableRow("it is damaged, or was encrypted with another key of the same name", wrong);
        }
    }

    /// A cipher is for one thread, so each call has its own.
    private static Cipher cipher(int mode, byte[] key, byte[] nonce, byte[] place) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG * Byte.SIZE, nonce));
        cipher.updateAAD(place);
        return cipher;
    }
}
