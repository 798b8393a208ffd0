package io.k3j.authoidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The keys of one issuer (RFC 7517), ready to verify with. Only public RSA and elliptic keys that are not for
/// encryption count; which algorithms fit a key follows from the key. Immutable; any thread.
final class VerificationKeys {
    /// Keys of one issuer; a token that names none is tried with each.
    static final int MOST_KEYS = 100;
    /// Modulus of RSA keys, in bits: below it they are broken, above it a signature takes long.
    private static final int LEAST_BITS = 1024;
    private static final int MOST_BITS = 16_384;
    /// Before any is known.
    static final VerificationKeys NONE = new VerificationKeys(List.of());
    private final List<Key> keys;

    /// One key.
    /// @param id empty for none
    private record Key(String id, @Nullable JWSAlgorithm algorithm, JWSVerifier verifier) {
        boolean fits(String wanted, JWSAlgorithm by) {
            return (wanted.isEmpty() || wanted.equals(id)) && (algorithm == null || algorithm.equals(by))
                    && verifier.supportedJWSAlgorithms().contains(by);
        }
    }

    private VerificationKeys(List<Key> keys) {
        this.keys = keys;
    }

    /// Reads a key set.
    /// @throws IllegalArgumentException for what is none, or holds more than [#MOST_KEYS]
    static VerificationKeys parse(byte[] json) {
        List<JWK> all;
        try {
            all = JWKSet.parse(new String(json, StandardCharsets.UTF_8)).getKeys();
        } catch (ParseException | IllegalArgumentException e) {
            throw new IllegalArgumentException("oidc: failed to decode keys: it is no JSON Web Key Set", e);
        }
        if (all.size() > MOST_KEYS) {
            throw new IllegalArgumentException("oidc: failed to decode keys: " + all.size() + " keys, more than "
                    + MOST_KEYS);
        }
        List<Key> usable = new ArrayList<>();
        for (JWK one : all) {
            JWSVerifier verifier = verifier(one);
            if (verifier != null) {
                usable.add(new Key(one.getKeyID() == null ? "" : one.getKeyID(),
                        one.getAlgorithm() == null ? null : JWSAlgorithm.parse(one.getAlgorithm().getName()),
                        verifier));
            }
        }
        return new VerificationKeys(List.copyOf(usable));
    }

    private static @Nullable JWSVerifier verifier(JWK key) {
        if (KeyUse.ENCRYPTION.equals(key.getKeyUse())) {
            return null;
        }
        try {
            return switch (key) {
                case RSAKey rsa when rsa.size() >= LEAST_BITS && rsa.size() <= MOST_BITS ->
                    new RSASSAVerifier(rsa.toRSAPublicKey());
                case ECKey ec -> new ECDSAVerifier(ec.toECPublicKey());
                default -> null;
            };
        } catch (JOSEException | RuntimeException unusable) {
            return null;
        }
    }

    /// How many can be used.
    int size() {
        return keys.size();
    }

    /// Whether one of them has signed a token.
    /// @param header its algorithm is one of [SigningAlgorithms]
    boolean verify(SignedToken token, JWSHeader header) {
        String id = header.getKeyID() == null ? "" : header.getKeyID();
        byte[] signed = token.signed().getBytes(StandardCharsets.US_ASCII);
        for (Key key : keys) {
            if (key.fits(id, header.getAlgorithm()) && verifies(key, header, signed, token)) {
                return true;
            }
        }
        return false;
    }

    private static boolean verifies(Key key, JWSHeader header, byte[] signed, SignedToken token) {
        try {
            return key.verifier.verify(header, signed, token.signature());
        } catch (JOSEException | RuntimeException wrong) {
            return false;
        }
    }
}
