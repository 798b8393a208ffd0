package io.k3j.netfilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.k3j.nodeapi.FilterRefused;
import io.k3j.nodeapi.PacketFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TableWriterTest {
    private final Kernel kernel = new Kernel();
    private final TableWriter writer = new TableWriter(kernel, "ip", "t");

    /// Holds what it is told to hold, and refuses when told so.
    private static final class Kernel implements PacketFilter {
        final List<String> scripts = new ArrayList<>();
        Set<String> present = Set.of();
        int refusals;

        @Override
        public void apply(String script) {
            if (refusals > 0) {
                refusals--;
                throw new FilterRefused("told to");
            }
            scripts.add(script);
        }

        @Override
        public Set<String> objects(String family, String table) {
            return present;
        }

        @Override
        public void forgetFlows(String address, int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public AutoCloseable onForeignChange(Runnable changed) {
            throw new UnsupportedOperationException();
        }
    }

    private static NftTable table(String... addresses) {
        return new NftTable("ip", "t").chain("c", "accept").set("s", "type ipv4_addr;", List.of(addresses));
    }

    @Test
    void statesTheWholeFirstAndThenTheDifferenceOnly() {
        assertThat(writer.write(table("10.0.0.1"))).isTrue();
        assertThat(writer.write(table("10.0.0.1", "10.0.0.2"))).isTrue();
        assertThat(writer.write(table("10.0.0.1", "10.0.0.2"))).isFalse();
        assertThat(kernel.scripts).hasSize(2);
        assertThat(kernel.scripts.getFirst()).startsWith("add table ip t\n");
        assertThat(kernel.scripts.getLast()).isEqualTo("add element ip t s { 10.0.0.2 }\n");
    }

    @Test
    void statesTheWholeAfterARefusal() {
        writer.write(table("10.0.0.1"));
        kernel.refusals = 1;
        assertThatExceptionOfType(FilterRefused.class).isThrownBy(() -> writer.write(table("10.0.0.2")));
        assertThat(writer.write(table("10.0.0.2"))).isTrue();
        assertThat(kernel.scripts.getLast()).startsWith("add table ip t\n").contains("10.0.0.2");
    }

    @Test
    void statesTheWholeWhenSomethingIsMissingAfterAForeignChange() {
        NftTable wanted = table("10.0.0.1");
        writer.write(wanted);
        kernel.present = wanted.objects();
        writer.suspect();
        assertThat(writer.write(wanted)).as("all there").isFalse();
        kernel.present = Set.of("chain c", "set s", "rules 0");
        writer.suspect();
        assertThat(writer.write(wanted)).as("rules flushed").isTrue();
        kernel.present = Set.of();
        writer.suspect();
        assertThat(writer.write(wanted)).as("table gone").isTrue();
        assertThat(writer.write(wanted)).isFalse();
    }

    @Test
    void makesATableAnewThatCannotBecomeWhatIsWanted() {
        kernel.present = Set.of("map s");
        kernel.refusals = 1;
        writer.write(table("10.0.0.1"));
        assertThat(kernel.scripts).hasSize(1);
        assertThat(kernel.scripts.getFirst()).startsWith("add table ip t\ndelete table ip t\nadd table ip t\n");
    }

    @Test
    void takesOnlyItsOwnTable() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> writer.write(new NftTable("ip6", "t"))).withMessageContaining("table ip6 t");
    }

    @Test
    void changesOfEqualTablesAreNone() {
        NftTable one = new NftTable("inet", "t").base("in", "type filter hook input priority 0;", "accept")
                .map("m", "type ipv4_addr : verdict;", Map.of("10.0.0.1", "accept"));
        NftTable other = new NftTable("inet", "t").base("in", "type filter hook input priority 0;", "accept")
                .map("m", "type ipv4_addr : verdict;", Map.of("10.0.0.1", "accept"));
        assertThat(one.changesFrom(other)).isEmpty();
    }
}
