package io.k3j.encryption;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/// NaCl's `crypto_secretbox` as upstream's `secretbox` stores it: 24 bytes of nonce, 16 bytes of Poly1305 tag, then the
/// content under XSalsa20.
final class SecretBox {
    private static final int NONCE = 24;
    private static final int TAG = 16;
    /// The stream's first bytes are the key of the tag.
    private static final int TAG_KEY = 32;

    private SecretBox() {
    }

    static byte[] seal(byte[] key, byte[] plain, RandomGenerator random) {
        byte[] nonce = new byte[NONCE];
        random.nextBytes(nonce);
        return seal(key, nonce, plain);
    }

    static byte[] seal(byte[] key, byte[] nonce, byte[] plain) {
        byte[] stream = Salsa20.extended(key, nonce, TAG_KEY + plain.length);
        byte[] sealed = Arrays.copyOf(nonce, NONCE + TAG + plain.length);
        for (int i = 0; i < plain.length; i++) {
            sealed[NONCE + TAG + i] = (byte) (plain[i] ^ stream[TAG_KEY + i]);
        }
        byte[] tag = Poly1305.tag(Arrays.copyOf(stream, TAG_KEY), sealed, NONCE + TAG);
        System.arraycopy(tag, 0, sealed, NONCE, TAG);
        return sealed;
    }

    static byte[] open(byte[] key, byte[] sealed) {
        if (sealed.length < NONCE + TAG) {
            throw new UnreadableRow("it is damaged: too short");
        }
        int length = sealed.length - NONCE - TAG;
        byte[] stream = Salsa20.extended(key, Arrays.copyOf(sealed, NONCE), TAG_KEY + length);
        byte[] tag = Poly1305.tag(Arrays.copyOf(stream, TAG_KEY), sealed, NONCE + TAG);
        if (!MessageDigest.isEqual(tag, Arrays.copyOfRange(sealed, NONCE, NONCE + TAG))) {
            throw new UnreadableRow("it is damaged, or was encrypted with another key of the same name");
        }
        byte[] plain = new byte[length];
        for (int i = 0; i < length; i++) {
            plain[i] = (byte) (sealed[NONCE + TAG + i] ^ stream[TAG_KEY + i]);
        }
        return plain;
    }
}
