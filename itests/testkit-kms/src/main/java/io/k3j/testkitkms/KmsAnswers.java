package io.k3j.testkitkms;

import io.k3j.protobufwire.WireIn;
import io.k3j.protobufwire.WireOut;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// What a plug-in answers. Immutable.
///
/// @param version of its API
/// @param health `ok`, or what is wrong with it
/// @param keyId of its key
/// @param fault what it does wrong
public record KmsAnswers(String version, String health, String keyId, Fault fault) {
    private static final String NONCE = "nonce.kms.example.com";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int TOO_MUCH = 10 << 20;

    /// What a plug-in may do wrong.
    public enum Fault {
        /// Nothing.
        NONE,
        /// It takes calls and never answers.
        HANGS,
        /// It answers when it is told to, with [KmsPlugin#release].
        WAITS,
        /// It answers each call with an error.
        REFUSES,
        /// Its answers have ten megabytes.
        TALKS,
        /// It encrypts with another key than it tells.
        LIES,
        /// It encrypts nothing.
        COPIES,
        /// It decrypts to something else.
        FORGETS,
        /// It decrypts to a part.
        CUTS,
        /// Its answers are no messages.
        STAMMERS
    }

    /// Of a plug-in that is well.
    public KmsAnswers() {
        this("v2", "ok", "key-1", Fault.NONE);
    }

    /// With another key.
    public KmsAnswers withKeyId(String next) {
        return new KmsAnswers(version, health, next, fault);
    }

    /// With another fault.
    public KmsAnswers with(Fault next) {
        return new KmsAnswers(version, health, keyId, next);
    }

    /// With other words about itself.
    public KmsAnswers withStatus(String nextVersion, String nextHealth) {
        return new KmsAnswers(nextVersion, nextHealth, keyId, fault);
    }

    byte[] status() {
        WireOut out = new WireOut(64);
        out.text(3, keyId);
        out.text(2, health);
        out.text(1, version);
        return sent(out);
    }

    byte[] encrypt(byte[] request) {
        byte[] plain = field(request, 1);
        byte[] nonce = new byte[NONCE_BYTES];
        new SecureRandom().nextBytes(nonce);
        String used = fault == Fault.LIES ? keyId + "-other" : keyId;
        WireOut out = new WireOut(256);
        int mark = out.mark();
        out.bytes(2, nonce);
        out.text(1, NONCE);
        out.message(3, mark);
        out.text(2, used);
        out.bytes(1, fault == Fault.COPIES ? plain : sealed(Cipher.ENCRYPT_MODE, used, nonce, plain));
        return sent(out);
    }

    byte[] decrypt(byte[] request) {
        byte[] nonce = field(field(request, 4), 2);
        String used = new String(field(request, 3), StandardCharsets.UTF_8);
        byte[] plain = sealed(Cipher.DECRYPT_MODE, used, nonce, field(request, 1));
        if (fault == Fault.FORGETS) {
            plain[0] ^= 1;
        }
        WireOut out = new WireOut(64);
        out.bytes(1, fault == Fault.CUTS ? Arrays.copyOf(plain, 7) : plain);
        return sent(out);
    }

    private byte[] sent(WireOut out) {
        return switch (fault) {
            case TALKS -> new byte[TOO_MUCH];
            case STAMMERS -> new byte[] {(byte) 0xff, (byte) 0xff};
            default -> out.bytes();
        };
    }

    private static byte[] field(byte[] message, int wanted) {
        WireIn in = new WireIn(message);
        for (int field = in.next(); field != 0; field = in.next()) {
            if (field == wanted) {
                return in.raw();
            }
            in.skip();
        }
        return new byte[0];
    }

    /// What a plug-in makes of a text.
    ///
    /// @param nonce twelve bytes, which lie beside it as the annotation `nonce.kms.example.com`
    public static byte[] encrypted(String keyId, byte[] nonce, byte[] plain) {
        return sealed(Cipher.ENCRYPT_MODE, keyId, nonce, plain);
    }

    /// By the key that an id stands for.
    private static byte[] sealed(int mode, String keyId, byte[] nonce, byte[] input) {
        try {
            byte[] key = MessageDigest.getInstance("SHA-256").digest(keyId.getBytes(StandardCharsets.UTF_8));
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
            return cipher.doFinal(input);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
