package io.k3j.apimachinery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DomainPathsTest {
    private static List<String> told(String name) {
        List<String> all = new ArrayList<>();
        DomainPaths.check(name, (part, why) -> all.add(part + ": " + why));
        return all;
    }

    @ParameterizedTest
    @ValueSource(strings = {"acme.io/foo", "a/b/c", "a.b/A-._~%!$&'()*+,;=:9"})
    void soundNames(String name) {
        assertThat(told(name)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"foo", "/foo", "a.b/", "/"})
    void aNameHasADomainAndAPath(String name) {
        assertThat(told(name))
                .containsExactly(name + ": must be a domain-prefixed path (such as \"acme.io/foo\")");
    }

    @Test
    void eachPartIsToldWhatIsWrongWithIt() {
        assertThat(told("A.b/ä")).hasSize(2).satisfiesExactly(
                domain -> assertThat(domain).startsWith("A.b: a lowercase RFC 1123 subdomain must consist of"),
                path -> assertThat(path).isEqualTo("ä: Invalid path (regex used for validation is"
                        + " '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')"));
    }
}
