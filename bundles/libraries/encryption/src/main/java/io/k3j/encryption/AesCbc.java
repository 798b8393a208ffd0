package io.k3j.encryption;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// AES-CBC as upstream's `aescbc` does it: the IV, then the blocks, padded as PKCS #7. Nothing proves that a row is
/// what was written; Kubernetes' page calls this provider weak. [SecretBox] has such a proof. Pure.
final class AesCbc {
    private static final int BLOCK = 16;
    private static final String ANOTHER_KEY = "it is damaged, or was encrypted with another key of the same name";
    /// What objects begin with that are stored in protobuf.
    private static final byte[] PROTOBUF = {'k', '8', 's', 0};
    /// What custom resources begin with that a kube-apiserver has stored in CBOR: the tag of RFC 8949, section 3.4.6,
    /// and then a map.
    private static final byte[] CBOR = {(byte) 0xd9, (byte) 0xd9, (byte) 0xf7};
    private static final int MAJOR_TYPE = 0xe0;
    private static final int MAP = 0xa0;

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
    /// out has to look as objects do, else the next key of that name would never be tried. Another key makes of every
    /// block what looks like chance: of an object of 150 bytes, and none is smaller, it goes unnoticed once in some
    /// million million rows.
    /// @throws UnreadableRow as [#open], and for what is no object
    static byte[] openObject(byte[] key, byte[] sealed) {
        byte[] plain = open(key, sealed);
        if (!RowCipher.begins(plain, PROTOBUF) && !cbor(plain) && !json(plain)) {
            throw new UnreadableRow(ANOTHER_KEY);
        }
        return plain;
    }

    private static boolean cbor(byte[] plain) {
        return plain.length > CBOR.length && RowCipher.begins(plain, CBOR)
                && (plain[CBOR.length] & MAJOR_TYPE) == MAP;
    }

    /// Whether it may be an object in JSON: that has no control characters but white space, which every eighth byte of
    /// another key's would be.
    private static boolean json(byte[] plain) {
        for (byte one : plain) {
            if (one >= 0 && one < ' ' && one != '\n' && one != '\t' && one != '\r') {
                return false;
            }
        }
        return plain.length > 0 && plain[0] == '{';
    }

    /// PKCS #5 is the JDK's name for the padding of PKCS #7. A cipher is for one thread, so each call has its own.
    private static Cipher cipher(int mode, byte[] key, byte[] iv) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new IvParameterSpec(iv));
        return cipher;
    }
}
