package io.k3j.cel;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.celapi.CelDeclarations;
import io.k3j.celapi.CelEstimate;
import io.k3j.celapi.CelType;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Costs that are estimated, with the figures of upstream's `TestCostEstimation`: of a schema without limits, and of
/// one whose texts, lists and maps are limited.
class EstimatesTest {
    private static final String ESTIMATES = """
            array of number => self.all(x, true) => 4718591 => 10 => 32
            array of string => self.all(x, true) => 3145727 => 20 => 62
            array of boolean => self.all(x, true) => 1887437 => 5 => 17
            array of numbers => self.all(x, true) => 3145727 => 100 => 302
            array of object => self.all(x, true) => 555128 => 50 => 152
            map of number => self.all(x, true) => 1348169 => 10 => 32
            map of number => has(self.x) => 1 => 100 => 1
            map of string => self.all(x, true) => 1179647 => 3 => 11
            map of boolean => self.all(x, true) => 943718 => 100 => 302
            string => self.contains('test') => 314574 => 10 => 5
            string => self.startsWith('test') => 2 => 15 => 2
            string => self.endsWith('test') => 2 => 30 => 2
            string => size(self + "hello") > size("hello") => 314578 => 4 => 7
            array of number => self[1] == 0.0 => 2 => 5000 => 2
            array of string => self[1] == self[1] => 314577 => 8 => 314577
            array of number => self.all(x, self.all(y, true)) => 7421701914624 => 10 => 352
            array of number => self.all(x, self.all(y, self.all(z, true))) => MAX => 10 => 3552
            string => self.matches("x") => 314574 => 50 => 22
            string => "".matches("(((((((((())))))))))[0-9]") => 7 => 10 => 7
            string => self.matches("") => 1 => 100 => 1
            texts => self.all(x, x.contains(self[x])) => 2752507 => 10 => 72
            array of number => self[3] == 0.0 => 2 => 0 => 2
            map of number => self["x"] == 0.0 => 2 => 0 => 2
            string => self == "x" => 2 => 0 => 1
            byte => self == b"x" => 2 => 0 => 1
            array of number => self.all(x, x == 0.0) => 6291454 => 6291456 => 25165826
            array of map of object => self.all(x, x["y"].required == "z") => 7340027 => 10 => 72
            array of int-or-string => self.all(x, true) => 4718591 => 10 => 32
            array of int-or-string => self[0] == 5 => 3 => 10 => 3
            array of boolean => self[0] == false => 2 => 25 => 2
            array of object => self[0] == null => 2 => 422 => 2
            array of numbers => self[0][0] == -1.0 => 3 => 51 => 3
            array of map of number => self.all(x, x.y == 25.2) => 6291452 => 12 => 74
            array of map of number => self[0].x > 2.0 => 4 => 3000 => 4
            array of duration => self.all(x, true) => 2359295 => 5 => 17
            array of duration => self[0].getHours() == 2 => 4 => 525 => 4
            array of date => self.all(x, true) => 725936 => 15 => 47
            array of date => self[2].getDayOfMonth() == 13 => 4 => 42 => 4
            array of date-time => self.all(x, true) => 428963 => 25 => 77
            array of date-time => self[2].getMinutes() == 45 => 4 => 99 => 4
            map of int-or-string => self.all(x, true) => 1348169 => 15 => 47
            map of object => self.all(x, true) => 428963 => 20 => 62
            map of map of number => self.all(x, true) => 1179647 => 10 => 32
            map of numbers => self.all(x, true) => 1179647 => 25 => 77
            map of duration => self.all(x, true) => 1048577 => 5 => 17
            map of date => self.all(x, true) => 524288 => 10 => 32
            map of date-time => self.all(x, true) => 349526 => 25 => 77
            string => self.find('[0-9]+') == '' => 629147 => 10 => 11
            array of text => self.join(' ') == 'aa bb' => 329853068905 => 10 => 43
            array of text => self.isSorted() == true => 329854432052 => 10 => 52
            replaced => self.str.replace(self.before, self.after) == 'does not matter' => 629154 => 4 => 12
            split => self.str.split(self.separator) == [] => 629160 => 10 => 22
            string => self.lowerAscii() == 'lower!' => 314575 => 10 => 6
            map of integer => oldSelf.size() == self.size() => 5 => 10 => 5
            map of date-time => self["a"] == self["b"] => 8 => 7 => 8
            map of duration => self["c"] == self["d"] => 8 => 42 => 8
            chosen => self.contains('A') => 2 => 1000 => 401
            int-or-string => isQuantity(self) => 314574 => 20 => 9
            """;

    static List<String> estimates() {
        return ESTIMATES.lines().toList();
    }

    @ParameterizedTest
    @MethodSource("estimates")
    void aRuleIsEstimatedToCostWhatItDoesUpstream(String line) {
        String[] parts = line.split(" => ");
        assertThat(estimate(Ruled.schema(parts[0], null), parts[1]).cost())
                .isEqualTo(parts[2].equals("MAX") ? Long.MAX_VALUE : Long.parseLong(parts[2]));
        assertThat(estimate(Ruled.schema(parts[0], Long.valueOf(parts[3])), parts[1]).cost())
                .isEqualTo(Long.parseLong(parts[4]));
    }

    private static CelEstimate estimate(Struct schema, String rule) {
        return Tried.program(rule, Ruled.declared(schema)).estimate();
    }

    @Test
    void libraryFunctionsAreEstimatedByTheSizesOfTheirArguments() {
        Struct text = Ruled.schema("string", 10L);
        assertThat(List.of("isIP(self)", "ip(self) == ip(self)", "cidr('10.0.0.0/8').containsIP(self)",
                "cidr('10.0.0.0/8').containsCIDR(cidr(self))", "ip.isCanonical(self)", "url(self) == url(self)",
                "format.dns1123Label().validate(self).hasValue()", "sets.contains([self], [self, self])",
                "self in ['a', 'b']", "semver(self) == semver(self)", "self.split(',', 2).size() == 1",
                "[self].distinct().size() == 1", "lists.range(5).size() == 5", "dyn(self) == self")
                .stream().map(rule -> estimate(text, rule).cost()).toList()).containsExactly(5L, 11L, 10L, 13L, 9L,
                        14L, 131L, 26L, 13L, 11L, 11L, 26L, 18L, 7L);
    }

    @Test
    void whatCannotBeCountedIsNotExceeded() {
        String deep = "self.all(x, ".repeat(20) + "true" + ")".repeat(20);
        assertThat(estimate(Ruled.schema("array of number", null), deep).cost()).isEqualTo(Long.MAX_VALUE);
        assertThat(estimate(Ruled.schema("array of number", Long.MAX_VALUE), deep).cost()).isEqualTo(Long.MAX_VALUE);
        assertThat(estimate(Ruled.schema("string", -1L), "self == 'a'").cost()).isEqualTo(1);
    }

    @Test
    void aRequestHoldsSoManyValuesOfAShape() {
        assertThat(List.of("string", "boolean", "object", "array of string", "date-time").stream()
                .map(k -> estimate(Ruled.schema(k, null), "true").places()).toList())
                .containsExactly(1048576L, 629145L, 185042L, 1048576L, 142987L);
    }

    @Test
    void onlyRulesAreEstimated() {
        assertThat(Tried.program("1 == 1", CelDeclarations.of(Map.of())).estimate()).isEqualTo(CelEstimate.UNKNOWN);
        assertThat(Tried.program("a", CelDeclarations.of(Map.of("a", CelType.Simple.BOOL))).estimate())
                .isEqualTo(CelEstimate.UNKNOWN);
    }
}
