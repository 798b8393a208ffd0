package io.k3j.apimachinery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GoRegexTest {
    @Test
    void repetitionsWithinRepetitionsAreMultiplied() {
        assertThat(GoRegex.of("(a{900}){100}").repeat()).isEqualTo("{100}");
        assertThat(GoRegex.of("(a{10}){100}").repeat()).isNull();
        assertThat(GoRegex.of("((a{11}){10}){10,}").repeat()).isEqualTo("{10,}");
        assertThat(GoRegex.of("(b(a{2,501})c){1,2}").repeat()).isEqualTo("{1,2}");
        assertThat(GoRegex.of("a{1001}").repeat()).isEqualTo("{1001}");
        assertThat(GoRegex.of("a{99999999999999999999}").repeat()).isEqualTo("{99999999999999999999}");
    }

    @Test
    void repetitionsBesideEachOtherAreNot() {
        assertThat(GoRegex.of("a{900}b{900}(c{900}|d{900})e{2}").repeat()).isNull();
        assertThat(GoRegex.of("(a{900}){0}").repeat()).isNull();
        assertThat(GoRegex.of("(a{900})*").repeat()).isNull();
    }

    @Test
    void bracesThatRepeatNothingAreCharacters() {
        assertThat(GoRegex.of("[{900}]{900}").repeat()).isNull();
        assertThat(GoRegex.of("(\\x{900}){900}").repeat()).isNull();
        assertThat(GoRegex.of("(\\p{Greek}){900}").repeat()).isNull();
        assertThat(GoRegex.of("(a{,900}){900}").repeat()).isNull();
        assertThat(GoRegex.of("(a{900){900}").repeat()).isNull();
    }

    @Test
    void statesAreThoseOfWhatIsWrittenOut() {
        assertThat(GoRegex.of("abc").states()).isEqualTo(3);
        assertThat(GoRegex.of("(ab){100}c{1,50}").states()).isEqualTo(250);
        assertThat(GoRegex.of("[a-z]([-a-z0-9]{0,61}[a-z])?").states()).isBetween(63L, 66L);
        assertThat(GoRegex.of("(((a{900}){900}){900}").states()).isGreaterThan(700_000_000L);
    }

    @Test
    void whatIsCopiedWhileItIsReadCountsToo() {
        assertThat(GoRegex.of("[[:" + "alp".repeat(5_000)).states()).isGreaterThan(100_000);
        assertThat(GoRegex.of("(a)".repeat(20_000)).states()).isGreaterThan(250_000);
        assertThat(GoRegex.of("\\p".repeat(20_000)).states()).isGreaterThan(500_000);
        assertThat(GoRegex.of("a|".repeat(5_000)).states()).isEqualTo(10_000);
        assertThat(GoRegex.of("^(" + "Etc/[a-z]+|".repeat(500) + ")$").states()).isLessThan(20_000);
    }
}
