package io.k3j.pki;

import java.io.IOException;
import java.util.function.Function;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Primitive;

/// Reads and writes ASN.1 structures of Bouncy Castle with one kind of failure: what is malformed is an
/// [IllegalArgumentException], whichever of its many exceptions the parser throws. Pure. What is read may come from
/// anybody; who reads it bounds its length.
final class Asn1 {
    private Asn1() {
    }

    /// A structure from its encoding, for instance `Asn1.read(der, PrivateKeyInfo::getInstance)`.
    /// @throws IllegalArgumentException when the bytes are no such structure, or something follows it
    static <T> T read(byte[] der, Function<ASN1Primitive, T> structure) {
        try {
            ASN1Primitive value = ASN1Primitive.fromByteArray(der);
            T read = value == null ? null : structure.apply(value);
            if (read == null) {
                throw new IllegalArgumentException("nothing to read");
            }
            return read;
        } catch (IOException | RuntimeException malformed) {
            throw new IllegalArgumentException("malformed encoding: " + malformed.getMessage(), malformed);
        } catch (StackOverflowError nested) {
            // the parser descends into every level, and a few kilobytes hold thousands of them
            throw new IllegalArgumentException("malformed encoding: nested too deeply");
        }
    }

    /// The distinguished encoding: one for each value, so that bytes can be compared and signed.
    static byte[] der(ASN1Encodable structure) {
        try {
            return structure.toASN1Primitive().getEncoded(ASN1Encoding.DER);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
