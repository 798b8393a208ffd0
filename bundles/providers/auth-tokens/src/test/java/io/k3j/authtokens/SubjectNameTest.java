package io.k3j.authtokens;

import static org.assertj.core.api.Assertions.assertThat;

import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;

class SubjectNameTest {
    @Test
    void valuesComeInTheOrderOfTheCertificate() {
        X500Principal name = new X500Principal("CN=system:node:a, O=system:nodes, O=other");
        assertThat(SubjectName.values(name, "CN")).containsExactly("system:node:a");
        assertThat(SubjectName.values(name, "O")).containsExactly("other", "system:nodes");
    }

    @Test
    void escapedCharactersAreDecoded() {
        X500Principal name = new X500Principal("CN=\"Müller, Jo+hn\"");
        assertThat(SubjectName.values(name, "CN")).containsExactly("Müller, Jo+hn");
        assertThat(SubjectName.values(name, "O")).isEmpty();
    }

    /// Such a character is two of Java's.
    @Test
    void charactersBeyondSixteenBitsAreRead() {
        X500Principal name = new X500Principal("CN=\"\uD83D\uDE00, a\", O=\uD840\uDC00");
        assertThat(SubjectName.values(name, "CN")).containsExactly("\uD83D\uDE00, a");
        assertThat(SubjectName.values(name, "O")).containsExactly("\uD840\uDC00");
    }
}
