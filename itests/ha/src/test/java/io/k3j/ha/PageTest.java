package io.k3j.ha;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PageTest {
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
    @ValueSource(strings = {"cluster-load-balancer.md", "ha-external-datastore.md", "ha-embedded-etcd.md",
            "architecture.md", "server-roles.md"})
    void hasNoCommandThatNobodyRuns(String name) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("../../docs").resolve(name));
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith("```bash") || lines.get(i).startsWith("```yaml")) {
                assertThat(lines.get(i - 1)).as(name + ":" + (i + 1)).startsWith("<!-- ");
            }
        }
    }

    @Test
    void tellsVariantsApart() throws IOException {
        Page page = Page.of("ha-external-datastore.md");
        assertThat(page.blocks("server-1", "mariadb").getFirst().text()).contains("mysql://");
        assertThat(page.blocks("server-1", "postgresql").getFirst().text()).contains("postgres://");
    }
}
