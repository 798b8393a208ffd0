package io.k3j.ingressrouting;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Key;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The table of <https://kubernetes.io/docs/concepts/services-networking/ingress/#examples>, and what is ours.
class PathTableTest {
    private static Route route(String name) {
        return new Route(Key.of(name), new BackendPort(Key.of(name), "80"), Set.of(EntryPoint.WEB));
    }

    /// @param rules `Type path`, each the name of its own route
    private static PathTable table(String... rules) {
        PathTable.Builder builder = new PathTable.Builder();
        for (String rule : rules) {
            String[] words = rule.split(" ", -1);
            builder.add(words[0], words[1], route(rule));
        }
        return builder.build();
    }

    private static String found(PathTable table, String path) {
        return table.find(path).map(r -> r.ingress().name()).orElse("");
    }

    @Test
    void anExactPathIsItselfOnly() {
        PathTable table = table("Exact /foo");
        assertThat(found(table, "/foo")).isEqualTo("Exact /foo");
        assertThat(found(table, "/foo/")).isEmpty();
        assertThat(found(table, "/bar")).isEmpty();
        assertThat(found(table("Exact /foo/"), "/foo")).isEmpty();
    }

    @Test
    void aPrefixIsComparedByElements() {
        assertThat(found(table("Prefix /"), "/any/path")).isEqualTo("Prefix /");
        assertThat(found(table("Prefix /foo"), "/foo")).isNotEmpty();
        assertThat(found(table("Prefix /foo"), "/foo/")).isNotEmpty();
        assertThat(found(table("Prefix /foo/"), "/foo")).isNotEmpty();
        assertThat(found(table("Prefix /aaa/bb"), "/aaa/bbb")).isEmpty();
        assertThat(found(table("Prefix /aaa/bbb"), "/aaa/bbb/ccc")).isNotEmpty();
        assertThat(found(table("Prefix /aaa/bbb"), "/aaa/bbbxyz")).isEmpty();
    }

    @Test
    void theLongestPathWinsThenTheExactOneThenTheFirst() {
        PathTable table = table("Prefix /", "Prefix /aaa", "Prefix /aaa/bbb", "Exact /aaa", "Prefix /aaa/bbb/");
        assertThat(found(table, "/aaa/bbb/c")).isEqualTo("Prefix /aaa/bbb");
        assertThat(found(table, "/aaa/ccc")).isEqualTo("Prefix /aaa");
        assertThat(found(table, "/aaa")).isEqualTo("Exact /aaa");
        assertThat(found(table, "/ccc")).isEqualTo("Prefix /");
    }

    @Test
    void whatIsLeftToTheImplementationIsTheBeginningOfAPath() {
        PathTable table = table("ImplementationSpecific /ab", "ImplementationSpecific ");
        assertThat(found(table, "/abc")).isEqualTo("ImplementationSpecific /ab");
        assertThat(found(table, "/x")).isEqualTo("ImplementationSpecific ");
    }

    @Test
    void findsThroughPrefixesThatLieBetween() {
        PathTable table = table("ImplementationSpecific /a", "ImplementationSpecific /ab/c",
                "ImplementationSpecific /ab/cd", "ImplementationSpecific /aa");
        assertThat(found(table, "/ab/ce")).isEqualTo("ImplementationSpecific /ab/c");
        assertThat(found(table, "/ab/b")).isEqualTo("ImplementationSpecific /a");
        assertThat(found(table, "/")).isEmpty();
    }
}
