package io.k3j.pki;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Names of subjects as Go writes them: all organizations in one set, then the common name.
final class DistinguishedName {
    static final String COMMON_NAME = "2.5.4.3";
    static final String ORGANIZATION = "2.5.4.10";

    private DistinguishedName() {
    }

    static byte[] encode(String commonName, List<String> organizations) {
        List<byte[]> sets = new ArrayList<>();
        if (!organizations.isEmpty()) {
            byte[][] values = new byte[organizations.size()][];
            for (int i = 0; i < values.length; i++) {
                values[i] = Der.sequence(Der.oid(ORGANIZATION), Der.text(organizations.get(i)));
            }
            Arrays.sort(values, Arrays::compareUnsigned);
            sets.add(Der.tagged(Der.SET, values));
        }
        sets.add(Der.tagged(Der.SET, Der.sequence(Der.oid(COMMON_NAME), Der.text(commonName))));
        return Der.sequence(sets.toArray(byte[][]::new));
    }
}
