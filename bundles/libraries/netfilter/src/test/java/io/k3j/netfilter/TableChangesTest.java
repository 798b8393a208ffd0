package io.k3j.netfilter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

class TableChangesTest {
    private static final String VERDICTS = "type ipv4_addr : verdict;";
    private static final String DYNAMIC = "type ipv4_addr; flags dynamic,timeout; timeout %ds;";

    private static NftTable table(Function<NftTable, NftTable> more) {
        return more.apply(new NftTable("ip", "t").base("in", "type filter hook input priority 0;", "jump a")
                .chain("a", "ip saddr @s accept"));
    }

    @Test
    void aNewElementIsAllThatIsWritten() {
        NftTable before = table(t -> t.set("s", "type ipv4_addr;", List.of("10.0.0.1")));
        NftTable after = table(t -> t.set("s", "type ipv4_addr;", List.of("10.0.0.1", "10.0.0.2")));
        assertThat(after.changesFrom(before)).isEqualTo("add element ip t s { 10.0.0.2 }\n");
        assertThat(before.changesFrom(after)).isEqualTo("delete element ip t s { 10.0.0.2 }\n");
    }

    @Test
    void aChangedVerdictIsTakenOutByItsKey() {
        NftTable before = table(t -> t.set("s", "type ipv4_addr;", List.of())
                .map("m", VERDICTS, Map.of("10.0.0.1", "accept")));
        NftTable after = table(t -> t.set("s", "type ipv4_addr;", List.of())
                .map("m", VERDICTS, Map.of("10.0.0.1", "drop")));
        assertThat(after.changesFrom(before))
                .isEqualTo("delete element ip t m { 10.0.0.1 }\nadd element ip t m { 10.0.0.1 : drop }\n");
    }

    @Test
    void countersComeBeforeTheRulesThatNameThemAndGoAfterThem() {
        NftTable without = new NftTable("ip", "t").chain("a", "accept");
        NftTable with = new NftTable("ip", "t").chain("a", "counter name \"x\" accept").counter("x");
        assertThat(with.changesFrom(without)).isEqualTo("""
                flush chain ip t a
                add counter ip t x
                add rule ip t a counter name "x" accept
                """);
        assertThat(without.changesFrom(with)).isEqualTo("""
                flush chain ip t a
                add rule ip t a accept
                delete counter ip t x
                """);
        assertThat(with.restated(Set.of("chain a", "counter y"))).contains("add counter ip t x\n")
                .endsWith("delete counter ip t y\n");
        assertThat(with.objects()).contains("counter x");
    }

    static boolean possible() {
        return Files.isExecutable(Path.of("/usr/sbin/nft")) && System.getProperty("user.name").equals("root");
    }

    /// Any table leads to any other, and the kernel's listing is the same as that of the table written at once.
    @Test
    @EnabledIf(value = "possible", disabledReason = "needs root and the package nftables")
    void leadsTheKernelFromAnyTableToAnyOther() throws IOException, InterruptedException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<NftTable> tables = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            tables.add(some(random));
        }
        StringBuilder commands = new StringBuilder("set -e\n");
        commands.append(step(tables.getFirst().restated(Set.of())));
        for (int i = 1; i < tables.size(); i++) {
            commands.append(step(tables.get(i).changesFrom(tables.get(i - 1))))
                    .append("nft list table ip t > changed\n")
                    .append(step(NftTable.removal("ip", "t") + tables.get(i).restated(Set.of())))
                    .append("nft list table ip t > stated\n")
                    .append("for f in changed stated; do tr -s ' ,\\n\\t' '\\n' < $f | sort > $f.words; done\n")
                    .append("cmp changed.words stated.words\n");
        }
        Process run = new ProcessBuilder("unshare", "--net", "--mount", "sh", "-c",
                "mount -t tmpfs none /mnt; cd /mnt; exec sh").redirectErrorStream(true).start();
        try (var in = run.getOutputStream()) {
            in.write(commands.toString().getBytes(StandardCharsets.UTF_8));
        }
        String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(run.waitFor()).as("seed %d: %s", seed, said).isZero();
    }

    private static String step(String script) {
        return "nft -f - <<'END'\n" + script + "END\n";
    }

    private static NftTable some(Random random) {
        NftTable table = new NftTable("ip", "t");
        table.base("in", "type filter hook input priority " + random.nextInt(2) + ";", "jump a", "ip saddr @s accept");
        table.chain("a", random.nextBoolean() ? List.of("ip saddr @s drop") : List.of("ip saddr vmap @m", "accept"));
        table.set("s", random.nextInt(4) == 0 ? "type ipv4_addr; flags interval;" : "type ipv4_addr;",
                addresses(random).keySet());
        Map<String, String> verdicts = new HashMap<>();
        addresses(random).keySet().forEach(a -> {
            String chain = "c" + random.nextInt(4);
            table.chain(chain, "ip daddr 10.0.0." + random.nextInt(3) + " accept");
            verdicts.put(a, random.nextInt(4) == 0 ? "drop" : "goto " + chain);
        });
        table.map("m", VERDICTS, verdicts);
        if (random.nextBoolean()) {
            table.dynamicSet("d", DYNAMIC.formatted(10 + random.nextInt(2)));
            table.chain("b", "update @d { ip saddr }");
        }
        return table;
    }

    private static Map<String, String> addresses(Random random) {
        Map<String, String> some = new HashMap<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            some.put("10.0.0." + (1 + random.nextInt(9)), "");
        }
        return some;
    }
}
