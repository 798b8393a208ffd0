package io.k3j.servicelb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortReportTest {
    private static BalancedPort tcp(int number) {
        return new BalancedPort("tcp", number);
    }

    @Test
    void isReadAsItWasWritten() {
        Set<BalancedPort> looked = new TreeSet<>(Set.of(tcp(80), tcp(81), tcp(82), tcp(443), tcp(65_535)));
        looked.add(new BalancedPort("udp", 53));
        String text = PortReport.of(looked, Map.of(tcp(82), "nginx", new BalancedPort("udp", 53), "")).toString();
        assertThat(text).isEqualTo("tcp/80-81 tcp/82=nginx tcp/443 tcp/65535 udp/53=");
        PortReport read = PortReport.parse(text);
        assertThat(looked).allMatch(read::seen);
        assertThat(read.seen(tcp(83))).isFalse();
        assertThat(read.taken()).containsExactly(Map.entry(tcp(82), "nginx"),
                Map.entry(new BalancedPort("udp", 53), ""));
        assertThat(read.toString()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "tcp/", "tcp/0", "tcp/65536", "tcp/9-8", "icmp/8", "tcp/-80", "=x", "tcp/80-",
            "tcp/99999999999"})
    void saysNothingByWhatIsNotUnderstood(String text) {
        PortReport read = PortReport.parse(text);
        assertThat(IntStream.rangeClosed(1, 65_535).mapToObj(PortReportTest::tcp)).noneMatch(read::seen);
        assertThat(read.taken()).isEmpty();
    }

    /// The name of a process is its own choice, and is shown in Events.
    @Test
    void namesAreShortAndPlain() {
        String name = PortReport.of(Set.of(tcp(80)), Map.of(tcp(80), "a b\nc=" + "x".repeat(100))).taken().get(tcp(80));
        assertThat(name).startsWith("a_b_c_xx").hasSize(40);
    }

    @Test
    void isNeverLongerThanAnAnnotationMayBe() {
        Set<BalancedPort> all = new TreeSet<>();
        IntStream.range(1, 30_000).forEach(i -> all.add(tcp(2 * i)));
        String text = PortReport.of(all, Map.of()).toString();
        assertThat(text.length()).isLessThanOrEqualTo(PortReport.MOST_CHARS);
        assertThat(PortReport.parse(text).seen(tcp(2))).isTrue();
        assertThat(PortReport.parse(text).seen(tcp(59_998))).isFalse();
    }

    @Test
    void differsInThePortsThatItSaysSomethingElseOf() {
        assertThat(PortReport.parse("tcp/80 tcp/81=a tcp/82").differing(PortReport.parse("tcp/80 tcp/81=b tcp/83")))
                .containsExactly(tcp(81), tcp(82), tcp(83));
    }
}
