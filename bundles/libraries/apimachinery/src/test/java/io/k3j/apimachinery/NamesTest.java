package io.k3j.apimachinery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "a-b", "a.b", "0", "a-1.b-2"})
    void soundSubdomains(String name) {
        assertThat(Names.subdomain(name)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A", "a_b", "-a", "a-", "a..b", ".a", "a.", "a/b", "ä"})
    void wrongSubdomains(String name) {
        assertThat(Names.subdomain(name)).singleElement().asString().startsWith("a lowercase RFC 1123 subdomain must");
    }

    @Test
    void lengthsAreBounded() {
        assertThat(Names.label("a".repeat(63))).isEmpty();
        assertThat(Names.label("a".repeat(64))).containsExactly("must be no more than 63 characters");
        assertThat(Names.subdomain("a".repeat(254))).containsExactly("must be no more than 253 characters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"app", "example.com/app", "A_b.c-d", "kubernetes.io/metadata.name"})
    void soundLabelKeys(String key) {
        assertThat(Names.qualified(key)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/a", "a/", "a/b/c", "-a", "exa_mple/a", "a b"})
    void wrongLabelKeys(String key) {
        assertThat(Names.qualified(key)).isNotEmpty();
    }

    @Test
    void aServiceNameBeginsWithALetter() {
        assertThat(Names.label1035("a1")).isEmpty();
        assertThat(Names.label1035("1a")).isNotEmpty();
        assertThat(Names.label("1a")).isEmpty();
    }

    @Test
    void portNamesHaveALetterAndNoDoubleHyphen() {
        assertThat(Names.portName("http")).isEmpty();
        assertThat(Names.portName("80")).containsExactly("must contain at least one letter (a-z)");
        assertThat(Names.portName("a--b")).containsExactly("must not contain consecutive hyphens");
        assertThat(Names.portNumber(0)).containsExactly("must be between 1 and 65535, inclusive");
    }

    @Test
    void configKeysMayBeHiddenButNotAPath() {
        assertThat(Names.configKey(".dockerconfigjson")).isEmpty();
        assertThat(Names.configKey("a/b")).isNotEmpty();
        assertThat(Names.configKey("..")).containsExactly("must not be '..'");
        assertThat(Names.configKey("..a")).containsExactly("must not start with '..'");
    }
}
