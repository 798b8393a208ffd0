package io.k3j.netfilter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NftTableTest {
    private final NftTable table = new NftTable("ip", "t").base("in", "type filter hook input priority 0;", "jump a")
            .chain("a", "accept")
            .set("s", "type ipv4_addr;", List.of("10.0.0.1", "10.0.0.2"))
            .dynamicSet("seen", "type ipv4_addr; flags dynamic,timeout; timeout 10s;")
            .map("m", "type ipv4_addr : verdict;", Map.of("10.0.0.1", "goto a"));

    @Test
    void makesEverythingOnAnEmptyKernel() {
        assertThat(table.restated(Set.of())).startsWith("add table ip t\n")
                .contains("add chain ip t in { type filter hook input priority 0; }\n")
                .contains("add element ip t s { 10.0.0.1, 10.0.0.2 }\n")
                .contains("add element ip t m { 10.0.0.1 : goto a }\n")
                .contains("add rule ip t in jump a\n").doesNotContain("flush set").doesNotContain("delete");
    }

    @Test
    void fillsAnewWhatIsThereAndRemovesWhatIsNotWanted() {
        String script = table.restated(Set.of("chain in", "chain old", "set s", "set seen", "map gone"));
        assertThat(script).contains("flush chain ip t in\n").contains("flush set ip t s\n")
                .contains("delete chain ip t old\n")
                .contains("delete map ip t gone\n");
        assertThat(script).as("what packets have put in stays").doesNotContain("flush set ip t seen");
    }

    @Test
    void removesRulesBeforeTheChainsTheyLeadTo() {
        List<String> lines = table.restated(Set.of("chain old")).lines().toList();
        assertThat(lines.indexOf("flush chain ip t in")).isLessThan(lines.indexOf("delete chain ip t old"));
        assertThat(lines.indexOf("add rule ip t in jump a")).isGreaterThan(lines.indexOf("add chain ip t a"));
    }

    @Test
    void tellsWhatItHolds() {
        assertThat(table.objects()).containsExactlyInAnyOrder("chain in", "chain a", "set s", "set seen", "map m",
                "rules 2");
    }
}
