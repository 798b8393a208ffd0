package io.k3j.corefile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A Corefile as words and blocks.
class CorefileTest {
    /// The one that K3s brings.
    private static final String PACKAGED = """
            .:53 {
                errors
                health
                ready
                kubernetes cluster.local in-addr.arpa ip6.arpa {
                  pods insecure
                  fallthrough in-addr.arpa ip6.arpa
                }
                hosts /etc/coredns/NodeHosts {
                  ttl 60
                  reload 15s
                  fallthrough
                }
                prometheus :9153
                cache 30
                loop
                reload
                loadbalance
                import /etc/coredns/custom/*.override
                forward . /etc/resolv.conf
            }
            import /etc/coredns/custom/*.server
            """;

    private static List<Corefile.Block> parse(String text, String... files) {
        Map<String, String> all = new TreeMap<>(Map.of("/etc/coredns/Corefile", text));
        for (int i = 0; i < files.length; i += 2) {
            all.put("/etc/coredns/" + files[i], files[i + 1]);
        }
        return Corefile.parse("/etc/coredns/Corefile", new ConfigFiles(all), Map.of("HOSTNAME", "n1"));
    }

    private static List<String> keys(Corefile.Block block) {
        return block.keys().stream().map(CorefileTokens.Token::text).toList();
    }

    private static List<String> names(Corefile.Block block) {
        return block.directives().stream().map(d -> d.name().text()).toList();
    }

    /// Ten files that import the next one ten times each, and hold no word.
    @Test
    void boundsImportsThatPutNothingInPlace() {
        String[] files = new String[20];
        for (int i = 0; i < files.length; i += 2) {
            files[i] = "f" + i / 2;
            files[i + 1] = i + 2 == files.length ? "" : ("import f" + (i / 2 + 1) + "\n").repeat(10);
        }
        assertThatThrownBy(() -> parse("import f0\n", files)).isInstanceOf(CorefileProblem.class)
                .hasMessageContaining("MOST_IMPORTS");
    }

    @Test
    void readsThePackagedCorefileWithItsImports() {
        List<Corefile.Block> blocks = parse(PACKAGED, "custom/a.override", "log\n",
                "custom/b.override", "rewrite name a.example b.example\n", "custom/c.server",
                "example.org:53 example.net {\n  forward . 10.0.0.1\n}\n");
        assertThat(blocks).hasSize(2);
        assertThat(names(blocks.getFirst())).containsExactly("errors", "health", "ready", "kubernetes", "hosts",
                "prometheus", "cache", "loop", "reload", "loadbalance", "log", "rewrite", "forward");
        assertThat(keys(blocks.getLast())).containsExactly("example.org:53", "example.net");
        Corefile.Directive kubernetes = blocks.getFirst().directives().get(3);
        assertThat(kubernetes.arguments()).containsExactly("cluster.local", "in-addr.arpa", "ip6.arpa");
        assertThat(kubernetes.lines().getLast().arguments()).containsExactly("in-addr.arpa", "ip6.arpa");
    }

    @Test
    void replacesSnippetsAlsoTwiceAndWithinAnother() {
        List<Corefile.Block> blocks = parse("""
                (one) {
                    log
                }
                (two) {
                    import one
                    errors
                }
                a. {
                    import two
                    import one
                }
                b. { # a comment
                    import one
                }
                """);
        assertThat(blocks).extracting(CorefileTest::names).containsExactly(List.of("log", "errors", "log"),
                List.of("log"));
    }

    @Test
    void readsQuotesCommentsCommasAndTheEnvironment() {
        Corefile.Block block = parse("""
                a.example, b.example,
                c.example {
                    template IN A { # not "this
                        answer "{{ .Name }} 60 IN TXT \\"x#y\\""
                    }
                    log {$HOSTNAME} {%NONE%}x
                }
                """).getFirst();
        assertThat(keys(block)).containsExactly("a.example", "b.example", "c.example");
        assertThat(block.directives().getFirst().lines().getFirst().arguments())
                .containsExactly("{{ .Name }} 60 IN TXT \"x#y\"");
        assertThat(block.directives().getLast().arguments()).containsExactly("n1", "x");
    }

    @Test
    void neverShowsTheEnvironmentOfTheProcess() {
        assertThat(parse(". {\n log {$PATH}\n}\n").getFirst().directives().getFirst().arguments()).containsExactly("");
    }

    @Test
    void takesOneBlockWithoutBraces() {
        assertThat(names(parse(".\nlog\nerrors\n").getFirst())).containsExactly("log", "errors");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {"'. {\\n log'|the file ends before the }",
            "'. {\\n log \"x\\n}'|a quote", "'import none'|there is no snippet or file none",
            "'import /etc/passwd'|there is no snippet or file /etc/passwd", "'import Corefile'|leads to itself",
            "'{\\n log\\n}'|without a zone"})
    void saysWhereItIsWrong(String text, String why) {
        assertThatThrownBy(() -> parse(text.replace("\\n", "\n"))).isInstanceOf(CorefileProblem.class)
                .hasMessageMatching("/etc/coredns/Corefile:\\d+: .*").hasMessageContaining(why);
    }

    @Test
    void boundsWhatImportsMakeOfIt() {
        String doubled = "log ".repeat(400) + "\n";
        StringBuilder all = new StringBuilder("(s0) {\n" + doubled + "}\n");
        for (int i = 1; i < 14; i++) {
            all.append("(s").append(i).append(") {\n").append(("import s" + (i - 1) + "\n").repeat(4)).append("}\n");
        }
        assertThatThrownBy(() -> parse(all + ". {\n import s13\n}\n")).isInstanceOf(CorefileProblem.class)
                .hasMessageContaining("MOST_TOKENS");
    }
}
