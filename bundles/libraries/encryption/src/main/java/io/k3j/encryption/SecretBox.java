package io.k3j.encryption;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.bouncycastle.crypto.engines.XSalsa20Engine;
import org.bouncycastle.crypto.macs.Poly1305;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;

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

    /// With a nonce of the caller's, which must never be used twice with a key.
    static byte[] seal(byte[] key, byte[] nonce, byte[] plain) {
        XSalsa20Engine stream = stream(key, nonce);
        byte[] tagKey = tagKey(stream);
        byte[] sealed = Arrays.copyOf(nonce, NONCE + TAG + plain.length);
        stream.processBytes(plain, 0, plain.length, sealed, NONCE + TAG);
        System.arraycopy(tag(tagKey, sealed), 0, sealed, NONCE, TAG);
        return sealed;
    }

    /// The tag is compared in constant time, before anything is deciphered.
    ///
    /// @param sealed what follows the name of the key in a row
    /// @throws UnreadableRow when it is too short or the tag is another
    static byte[] open(byte[] key, byte[] sealed) {
        if (sealed.length < NONCE + TAG) {
            throw new UnreadableRow("it is damaged: too short");
        }
        XSalsa20Engine stream = stream(key, Arrays.copyOf(sealed, NONCE));
        if (!MessageDigest.isEqual(tag(tagKey(stream), sealed), Arrays.copyOfRange(sealed, NONCE, NONCE + TAG))) {
            throw new UnreadableRow("it is damaged, or was encrypted with another key of the same name");
        }
        byte[] plain = new byte[sealed.length - NONCE - TAG];
        stream.processBytes(sealed, NONCE + TAG, plain.length, plain, 0);
        return plain;
    }

    private static XSalsa20Engine stream(byte[] key, byte[] nonce) {
        XSalsa20Engine stream = new XSalsa20Engine();
        stream.init(true, new ParametersWithIV(new KeyParameter(key), nonce));
        return stream;
    }

    private static byte[] tagKey(XSalsa20Engine stream) {
        byte[] key = new byte[TAG_KEY];
        stream.processBytes(key, 0, TAG_KEY, key, 0);
        return key;
    }

    /// Of the ciphertext, as NaCl has it.
    private static byte[] tag(byte[] key, byte[] sealed) {
        Poly1305 mac = new Poly1305();
        mac.init(new KeyParameter(key));
        mac.update(sealed, NONCE + TAG, sealed.length - NONCE - TAG);
        byte[] tag = new byte[TAG];
        mac.doFinal(tag, 0);
        return tag;
    }
}
