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

    @Test
    void labelsAndKeysOfLabelsAreCountedInBytes() {
        assertThat(Names.labelValue("a".repeat(64))).containsExactly("must be no more than 63 bytes");
        assertThat(Names.qualified("a".repeat(64))).containsExactly("name part must be no more than 63 bytes");
        assertThat(Names.qualified("a".repeat(254) + "/a"))
                .containsExactly("prefix part must be no more than 253 bytes");
        assertThat(Names.qualified("a/b/c")).singleElement().asString().startsWith("a valid label key must consist of");
    }

    @Test
    void aLabelIsToldThatItHasDots() {
        assertThat(Names.label("a.b")).containsExactly("must not contain dots");
        assertThat(Names.label("A.b")).singleElement().asString().startsWith("a lowercase RFC 1123 label must");
        assertThat(Names.label1035("a.b")).singleElement().asString().startsWith("a DNS-1035 label must");
    }

    @Test
    void aPrefixMayEndInAHyphen() {
        assertThat(Names.completed("web-")).isEqualTo("wea");
        assertThat(Names.completed("web")).isEqualTo("web");
        assertThat(Names.label(Names.completed("-"))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "_tcp.example.com", "a_b._c-d"})
    void searchDomainsMayHaveUnderscores(String name) {
        assertThat(Names.subdomainWithUnderscore(name)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "__a", "a_", "-a", "a..b", "A"})
    void underscoresEndNoPartOfASearchDomain(String name) {
        assertThat(Names.subdomainWithUnderscore(name)).singleElement().asString().startsWith("a lowercase RFC 1123"
                + " subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and");
    }

    @Test
    void aSegmentOfAPathIsNoWayUp() {
        assertThat(Names.pathSegment("..")).containsExactly("may not be '..'");
        assertThat(Names.pathSegment("a/b%")).containsExactly("may not contain '/'", "may not contain '%'");
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
        assertThat(Names.portName("")).containsExactly(
                "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
                "must contain at least one letter (a-z)");
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
