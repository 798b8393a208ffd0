package io.k3j.ha;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PageTest {
    private static final Set<String> OUTPUT = Set.of("text", "");

    @ParameterizedTest
    @CsvSource({"haproxy.cfg,lb-2,/etc/haproxy/haproxy.cfg",
            "keepalived-lb-1.conf,lb-1,/etc/keepalived/keepalived.conf",
            "keepalived-lb-2.conf,lb-2,/etc/keepalived/keepalived.conf", "nginx.conf,lb-1,nginx.conf"})
    void showsTheFilesThatLieBesideIt(String file, String host, String path) throws IOException {
        String shown = Page.of("cluster-load-balancer.md").blocks(host, "").stream().filter(b -> b.path().equals(path))
                .map(Page.Block::text).findFirst().orElseThrow();
        assertThat(shown).isEqualTo(Files.readString(Page.docs().resolve("cluster-load-balancer").resolve(file)));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void hasNoCommandThatNobodyRuns(String name) throws Exception {
        Set<String> followed = new TreeSet<>();
        for (Follows each : follows()) {
            if (each.page().equals(name)) {
                followed.addAll(List.of(each.blocks()));
            }
        }
        assertThat(Page.of(name).blocks().stream()
                .filter(b -> !b.marker().isEmpty() || !OUTPUT.contains(b.language()))
                .filter(b -> !followed.contains(b.marker())).map(b -> b.place() + " (" + b.marker() + ")"))
                .as("blocks that no test names in @Follows").isEmpty();
    }

    @Test
    void everyBlockThatATestNamesIsOnItsPage() throws Exception {
        for (Follows each : follows()) {
            Page page = Page.of(each.page());
            assertThat(each.blocks()).as("@Follows of " + each.page()).isNotEmpty()
                    .allSatisfy(marker -> assertThat(page.marked(marker)).as(marker).isNotEmpty());
        }
    }

    @Test
    void aTestThatLeavesOutABlockItNamesIsTold() throws IOException {
        Page page = Page.of("ha-external-datastore.md");
        List<Page.Block> named = Stream.of("run on db-1 for mariadb", "run on db-1 for postgresql", "run on server-1")
                .flatMap(marker -> page.marked(marker).stream()).toList();
        List<String> places = named.stream().map(Page.Block::place).toList();
        assertThat(FollowedBlocks.missing(named, Set.of(places.get(0), places.get(2)))).isEmpty();
        assertThat(FollowedBlocks.missing(named, Set.of(places.get(0)))).containsExactly(places.get(2));
        assertThat(FollowedBlocks.missing(named.subList(0, 2), Set.of()))
                .containsExactlyElementsOf(places.subList(0, 2));
    }

    @Test
    void tellsVariantsApart() throws IOException {
        Page page = Page.of("ha-external-datastore.md");
        assertThat(page.blocks("server-1", "mariadb").getFirst().text()).contains("mysql://");
        assertThat(page.blocks("server-1", "postgresql").getFirst().text()).contains("postgres://");
    }

    /// Every page with blocks that no test of another module reads; decisions, rules and tables of acceptance are none.
    static List<String> pages() throws IOException {
        String elsewhere = testsOfOtherModules();
        try (Stream<Path> files = Files.list(Page.docs())) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".md"))
                    .filter(name -> !elsewhere.contains("docs/" + name)).sorted().toList();
        }
    }

    private static String testsOfOtherModules() throws IOException {
        StringBuilder all = new StringBuilder();
        for (String suite : List.of("agent-itest", "boot-itest", "e2e")) {
            try (Stream<Path> files = Files.walk(Path.of("..", suite, "src", "test"))) {
                for (Path file : files.filter(f -> f.toString().endsWith("Itest.java")).toList()) {
                    all.append(Files.readString(file));
                }
            }
        }
        return all.toString();
    }

    /// What the tests of this module say they follow.
    private static List<Follows> follows() throws Exception {
        Path classes = Path.of(PageTest.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                .resolve("io/k3j/ha");
        List<Follows> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(classes)) {
            for (String file : files.map(f -> f.getFileName().toString()).filter(f -> f.endsWith("Itest.class"))
                    .toList()) {
                for (Method method : Class.forName("io.k3j.ha." + file.replace(".class", "")).getDeclaredMethods()) {
                    all.addAll(Arrays.asList(method.getAnnotationsByType(Follows.class)));
                }
            }
        }
        return all;
    }
}
