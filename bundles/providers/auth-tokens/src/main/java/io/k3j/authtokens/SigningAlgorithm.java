package io.k3j.authtokens;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Optional;

/// How a key signs tokens of service accounts (RFC 7518, section 3.1), as upstream chooses it: RS256 for RSA, else what
/// goes with the key's curve.
enum SigningAlgorithm {
    /// RSA.
    RS256("SHA256withRSA", "", 0),
    /// P-256.
    ES256("SHA256withECDSAinP1363Format", "P-256", 32),
    /// P-384.
    ES384("SHA384withECDSAinP1363Format", "P-384", 48),
    /// P-521.
    ES512("SHA512withECDSAinP1363Format", "P-521", 66);

    private final String signature;
    private final String curve;
    private final int coordinate;

    SigningAlgorithm(String signature, String curve, int coordinate) {
        this.signature = signature;
        this.curve = curve;
        this.coordinate = coordinate;
    }

    /// That of a key; empty for a kind of key, or a curve, of which upstream signs no tokens either.
    static Optional<SigningAlgorithm> of(PublicKey key) {
        return switch (key) {
            case RSAPublicKey _ -> Optional.of(RS256);
            case ECPublicKey elliptic -> switch (elliptic.getParams().getOrder().bitLength()) {
                case 256 -> Optional.of(ES256);
                case 384 -> Optional.of(ES384);
                case 521 -> Optional.of(ES512);
                default -> Optional.empty();
            };
            default -> Optional.empty();
        };
    }

    /// A new one of the JDK's, for one signature.
    Signature signature() throws GeneralSecurityException {
        return Signature.getInstance(signature);
    }

    /// The curve by its name in RFC 7518; empty for RSA.
    String curve() {
        return curve;
    }

    /// How many bytes a coordinate of the curve has.
    int coordinate() {
        return coordinate;
    }
}
