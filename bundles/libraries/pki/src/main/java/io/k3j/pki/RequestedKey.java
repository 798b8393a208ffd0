package io.k3j.pki;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The key that a PodCertificateRequest asks to have certified, and the proof that its maker has it: by a PKCS #10
/// request without a subject, or by a signature of the pod's uid. Pure; any thread. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#pod-certificate-requests>.
///
/// @param key of any kind that the JDK knows
public record RequestedKey(PublicKey key) {
    private static final Set<Integer> CURVES = Set.of(256, 384, 521);
    private static final Set<Integer> MODULI = Set.of(3072, 4096);
    private static final int HASH_BYTES = 32;

    /// Why a key is not certified.
    ///
    /// @param shown what of it; empty for the whole key
    /// @param why upstream's sentence
    public record Unfit(String shown, String why) {
    }

    /// The key of a request in DER, which has signed it.
    ///
    /// @throws IllegalArgumentException when it is no such request
    public static RequestedKey ofRequest(byte[] der) {
        return new RequestedKey(CertificateRequest.parse(der).key());
    }

    /// A key in its PKIX form.
    ///
    /// @throws IllegalArgumentException when it is none
    public static RequestedKey ofPkix(byte[] der) {
        try {
            return new RequestedKey(Keys.readPublic(der));
        } catch (GeneralSecurityException unreadable) {
            throw new IllegalArgumentException("unreadable public key", unreadable);
        }
    }

    /// Why a key is none of those that may be certified; empty for those that may. A modulus counts in whole bytes.
    public Optional<Unfit> problem() {
        return switch (key) {
            case RSAPublicKey rsa when MODULI.contains(bits(rsa)) -> Optional.empty();
            case RSAPublicKey rsa -> Optional.of(new Unfit(bits(rsa) + "-bit modulus",
                    "RSA keys must have modulus size 3072 or 4096"));
            case ECPublicKey ec when CURVES.contains(ec.getParams().getCurve().getField().getFieldSize()) ->
                Optional.empty();
            case ECPublicKey _ -> Optional.of(new Unfit("", "elliptic public keys must use curve P256, P384, or P521"));
            case EdECPublicKey edwards when edwards.getParams().getName().equals("Ed25519") -> Optional.empty();
            default -> Optional.of(new Unfit("",
                    "unknown public key type; supported types are Ed25519, ECDSA, and RSA"));
        };
    }

    private static int bits(RSAPublicKey key) {
        return (key.getModulus().bitLength() + 7) / 8 * 8;
    }

    /// Whether a signature of a message is the key's: RSASSA-PSS with SHA-256 and a salt as long as it can be or as the
    /// hash, ECDSA with SHA-256, or Ed25519, as Go's.
    public boolean signed(byte[] message, byte[] signature) {
        return switch (key) {
            case RSAPublicKey rsa -> List.of((rsa.getModulus().bitLength() + 6) / 8 - HASH_BYTES - 2, HASH_BYTES)
                    .stream().anyMatch(salt -> verified("RSASSA-PSS", salt, message, signature));
            case ECPublicKey _ -> verified("SHA256withECDSA", 0, message, signature);
            case EdECPublicKey _ -> verified("Ed25519", 0, message, signature);
            default -> false;
        };
    }

    /// @param salt bytes of it; 0 for an algorithm without
    private boolean verified(String algorithm, int salt, byte[] message, byte[] signature) {
        try {
            Signature check = Signature.getInstance(algorithm);
            if (salt > 0) {
                check.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, salt, 1));
            }
            check.initVerify(key);
            check.update(message);
            return check.verify(signature);
        } catch (GeneralSecurityException wrong) {
            return false;
        }
    }
}
