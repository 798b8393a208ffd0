package io.k3j.cel;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.celapi.CelDeclarations;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Costs as upstream's tests have them, less the ten of each list literal (one is in each `map` and `filter`), which
/// the API server computes beforehand.
class CostsTest {
    private static final String COSTS = """
            1 + 1 => 1
            '12345678901234567890' == '123456789012345678901234567890' => 2
            '123'.matches('[0-9]') => 2
            true || false => 0
            true ? 1 : 2 => 0
            size('123') => 1
            1 < 2 => 1
            [1, 2, 3, 4, 5].map(x, x) => 66
            [1, 2, 3, 4, 5].filter(x, x % 2 == 0) => 42
            'ABCDEFGHIJ abcdefghij'.lowerAscii() => 3
            'ABCDEFGHIJ abcdefghij'.lowerAscii() == 'abcdefghij ABCDEFGHIJ'.lowerAscii() => 9
            strings.quote('ABCDEFGHIJ abcdefghij') => 3
            'abc 123 def 123'.replace('123', '456') => 3
            'abc 123 def 123'.split(' ') => 3
            'abc 123 def 123'.substring(5) => 2
            ['aa', 'bb', 'cc', 'd', 'e', 'f', 'g', 'h', 'i', 'j'].join(' ') => 5
            ['aa', 'bb', 'cc', 'd', 'e', 'f', 'g', 'h', 'i', 'j'].join() => 3
            'abc 123 def 123'.findAll('123') => 2
            jsonpatch.escapeKey('abc/def~ abc/def~') => 2
            quantity("12Mi") => 1
            quantity("200M") == quantity("200M") => 3
            quantity("200M") == quantity("0.2G") && quantity("0.2G") == quantity("200M") => 6
            quantity("50k").add(20).sub(quantity("100k")).sub(-50000).asInteger() > 0 => 7
            quantity("50.703k").asApproximateFloat() > 0.0 => 3
            format.named("dns1123subdomain") => 1
            format.named("dns1123Subdomain").value().validate("my-name") => 17
            format.named("dns1123Label").value().validate("my-name") => 10
            format.named("dns1123Label").value() == format.named("dns1123Label").value() => 5
            sets.contains([1], [1, 1]) => 3
            [1, 2, 3, 4, 5].slice(1, 3) => 13
            [[1], [2, 3]].flatten() => 13
            dyn([[1], [2, 3]]).flatten(3) => 18
            [1, 2, 3].distinct() => 29
            ['a', 'b'].sort() => 19
            [3, 1, 2].sortBy(e, e) => 71
            lists.range(4) => 15
            [1, 2, 3].reverse() => 14
            [1, 2, 3].first() => 1
            """;

    static List<String> costs() {
        return COSTS.lines().toList();
    }

    @ParameterizedTest
    @MethodSource("costs")
    void anExpressionCostsWhatItCostsUpstream(String line) {
        String[] parts = line.split(" => ", 2);
        assertThat(Tried.cost(parts[0], CelDeclarations.of(Map.of()), Map.of())).isEqualTo(Long.parseLong(parts[1]));
    }
}
