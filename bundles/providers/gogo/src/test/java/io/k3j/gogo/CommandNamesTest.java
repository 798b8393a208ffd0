package io.k3j.gogo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CommandNamesTest {
    @Test
    void namesCommandsWithoutTheirArguments() {
        assertThat(CommandNames.of("acme:login --password hunter2")).isEqualTo("acme:login");
        assertThat(CommandNames.of("felix:lb | acme:count; acme:greet world"))
                .isEqualTo("felix:lb,acme:count,acme:greet");
        assertThat(CommandNames.of("acme:greet (acme:secret hunter2)")).isEqualTo("acme:greet,acme:secret");
    }

    @Test
    void namesNothingThatMayBeAValue() {
        assertThat(CommandNames.of("password = hunter2")).isEqualTo("(expression)");
        assertThat(CommandNames.of("'hunter2'")).isEqualTo("(expression)");
        assertThat(CommandNames.of("$hunter2 call")).isEqualTo("(expression)");
        assertThat(CommandNames.of("a".repeat(65))).isEqualTo("(expression)");
    }

    @Test
    void saysWhenALineCannotBeRead() {
        assertThat(CommandNames.of("acme:greet (")).isEqualTo("(unreadable)");
        assertThat(CommandNames.of("")).isEmpty();
    }

    @Test
    void namesAFewOfMany() {
        assertThat(CommandNames.of("a;".repeat(20))).isEqualTo("a,a,a,a,a,a,a,a,…");
    }
}
