package io.k3j.pki;

import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;

/// Names of subjects as Go writes them: all organizations in one set, then the common name. Pure.
final class DistinguishedName {
    private DistinguishedName() {
    }

    /// @param organizations none leaves the set out
    static X500Name of(String commonName, List<String> organizations) {
        List<RDN> sets = new ArrayList<>();
        if (!organizations.isEmpty()) {
            sets.add(new RDN(organizations.stream().map(group -> value(BCStyle.O, group))
                    .toArray(AttributeTypeAndValue[]::new)));
        }
        sets.add(new RDN(value(BCStyle.CN, commonName)));
        return new X500Name(sets.toArray(RDN[]::new));
    }

    private static AttributeTypeAndValue value(ASN1ObjectIdentifier type, String value) {
        return new AttributeTypeAndValue(type, text(value));
    }

    /// Text as Go writes it: printable when its characters allow, else UTF-8. The choice matters,
    /// because names of issuers are compared as bytes.
    private static ASN1Encodable text(String value) {
        return DERPrintableString.isPrintableString(value) ? new DERPrintableString(value) : new DERUTF8String(value);
    }
}
