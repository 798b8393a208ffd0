package io.k3j.pki;

import java.util.ArrayList;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/// What a certificate's subject says to Kubernetes: the common name is the user, organizations are groups.
///
/// @param commonName the first one, empty without one
public record SubjectNames(String commonName, List<String> organizations) {
    /// Copies the list.
    public SubjectNames {
        organizations = List.copyOf(organizations);
    }

    /// Reads a subject as it is encoded, so that no character in a name can be mistaken for a separator.
    public static SubjectNames of(X500Principal subject) {
        return of(subject.getEncoded());
    }

    static SubjectNames of(byte[] encoded) {
        List<String> organizations = new ArrayList<>();
        String commonName = "";
        DerReader sets = new DerReader(encoded).enter(Der.SEQUENCE);
        while (sets.more()) {
            DerReader set = sets.enter(Der.SET);
            while (set.more()) {
                DerReader pair = set.enter(Der.SEQUENCE);
                String attribute = pair.oid();
                if (attribute.equals(DistinguishedName.ORGANIZATION)) {
                    organizations.add(pair.text());
                } else if (attribute.equals(DistinguishedName.COMMON_NAME) && commonName.isEmpty()) {
                    commonName = pair.text();
                }
            }
        }
        return new SubjectNames(commonName, organizations);
    }
}
