package io.k3j.authtokens;

import static org.assertj.core.api.Assertions.assertThat;

import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;

class DistinguishedNameTest {
    @Test
    void valuesComeInTheOrderOfTheCertificate() {
        X500Principal name = new X500Principal("CN=system:node:a, O=system:nodes, O=other");
        assertThat(DistinguishedName.values(name, "CN")).containsExactly("system:node:a");
        assertThat(DistinguishedName.values(name, "O")).containsExactly("other", "system:nodes");
    }

    @Test
    void commasAndUmlautsAreReadBack() {
        X500Principal name = new X500Principal("CN=\"Müller, Jo+hn\"");
        assertThat(DistinguishedName.values(name, "CN")).containsExactly("Müller, Jo+hn");
        assertThat(DistinguishedName.values(name, "O")).isEmpty();
    }
}
