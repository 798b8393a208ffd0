package io.k3j.pki;

import java.util.ArrayList;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;

/// What a certificate's subject says to Kubernetes: the common name is the user, organizations are groups. See
/// "Authenticating", "X509 client certificates". Immutable.
///
/// @param commonName the first one, empty without one
/// @param organizations in the order of the subject; may be empty
public record SubjectNames(String commonName, List<String> organizations) {
    /// Copies the list.
    public SubjectNames {
        organizations = List.copyOf(organizations);
    }

    /// Reads a subject as it is encoded, so that no character in a name can be mistaken for a separator.
    /// @throws IllegalArgumentException when a name is no text
    public static SubjectNames of(X500Principal subject) {
        X500Name name = Asn1.read(subject.getEncoded(), X500Name::getInstance);
        return of(name);
    }

    /// @throws IllegalArgumentException when a name is no text
    static SubjectNames of(X500Name subject) {
        List<String> organizations = new ArrayList<>();
        String commonName = "";
        for (RDN set : subject.getRDNs()) {
            for (AttributeTypeAndValue pair : set.getTypesAndValues()) {
                if (BCStyle.O.equals(pair.getType())) {
                    organizations.add(text(pair.getValue()));
                } else if (BCStyle.CN.equals(pair.getType()) && commonName.isEmpty()) {
                    commonName = text(pair.getValue());
                }
            }
        }
        return new SubjectNames(commonName, organizations);
    }

    /// Of any kind of text ASN.1 has, since authorities of operators choose others.
    private static String text(ASN1Encodable value) {
        if (value.toASN1Primitive() instanceof ASN1String text) {
            return text.getString();
        }
        throw new IllegalArgumentException("a name of the subject is no text");
    }
}
