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
            String[] words = rule.split(" ", 2);
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

    /// A request is routed by the form in which nothing is escaped that need not be: a rule that is written otherwise
    /// must not let it pass to the next one.
    @Test
    void aPathMayBeWrittenAsAClientWritesIt() {
        PathTable table = table("Prefix /", "Prefix /%61dmin", "Exact /group%2fx", "Prefix /caf\u00e9",
                "ImplementationSpecific /two words", "Exact /what?");
        assertThat(found(table, path("/admin/x"))).isEqualTo("Prefix /%61dmin");
        assertThat(found(table, path("/%61dmin/x"))).isEqualTo("Prefix /%61dmin");
        assertThat(found(table, path("/group%2Fx"))).isEqualTo("Exact /group%2fx");
        assertThat(found(table, path("/caf%c3%a9/x"))).isEqualTo("Prefix /caf\u00e9");
        assertThat(found(table, path("/two%20wordsmiths"))).startsWith("ImplementationSpecific");
        assertThat(found(table, path("/what%3f"))).isEqualTo("Exact /what?");
    }

    @Test
    void ofTwoWaysToWriteAPathTheFirstCounts() {
        assertThat(found(table("Exact /admin", "Exact /%61dmin"), "/admin")).isEqualTo("Exact /admin");
    }

    @Test
    void whatNoRequestCanAskForIsLeftOut() {
        assertThat(PathTable.canonical("Prefix", "/a/%2E%2E/b")).isEmpty();
        assertThat(PathTable.canonical("Exact", "/100%")).isEmpty();
        assertThat(found(table("ImplementationSpecific /%zz"), "/%zz")).isEmpty();
        assertThat(found(table("ImplementationSpecific /."), "/.well-known")).isEqualTo("ImplementationSpecific /.");
    }

    private static String path(String uri) {
        return RequestTarget.of(uri, "a.test").orElseThrow().path();
    }
}
