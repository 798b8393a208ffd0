package io.k3j.kindrules;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.junit.jupiter.api.Test;

class FillTest {
    private static final Struct FULL = Struct.of("text", "x", "number", 3L, "inner", Struct.of("text", "y"), "list",
            Seq.of(Struct.of("text", "z")));

    @Test
    void whatIsMissingNullOrEmptyIsFilledIn() {
        assertThat(Fill.in(Struct.EMPTY, "text", "d").text("text")).isEqualTo("d");
        assertThat(Fill.in(Struct.of("text", null), "text", "d").text("text")).isEqualTo("d");
        assertThat(Fill.in(Struct.of("text", ""), "text", "d").text("text")).isEqualTo("d");
        assertThat(Fill.in(Struct.of("text", "x"), "text", "d", "more", "e"))
                .isEqualTo(Struct.of("text", "x", "more", "e"));
        assertThat(Fill.zero(Struct.of("number", 0L), "number", 7)).isEqualTo(Struct.of("number", 7L));
    }

    @Test
    void withinAFieldAndEachElementOfAListToo() {
        assertThat(Fill.inside(FULL, "inner", s -> Fill.in(s, "more", "d")).at("inner", "more")).isEqualTo("d");
        assertThat(Fill.each(FULL, "list", s -> Fill.in(s, "more", "d")).seq("list").struct(0).text("more"))
                .isEqualTo("d");
    }

    /// Each write passes here, and most objects have their defaults.
    @Test
    void anObjectThatHasItsDefaultsIsNotCopied() {
        assertThat(Fill.in(FULL, "text", "d")).isSameAs(FULL);
        assertThat(Fill.zero(FULL, "number", 7)).isSameAs(FULL);
        assertThat(Fill.inside(FULL, "inner", s -> Fill.in(s, "text", "d"))).isSameAs(FULL);
        assertThat(Fill.each(FULL, "list", s -> Fill.in(s, "text", "d"))).isSameAs(FULL);
    }

    @Test
    void whatIsMissingOrOfAnotherTypeIsNotEntered() {
        for (String field : new String[] {"missing", "text"}) {
            assertThat(Fill.inside(FULL, field, _ -> Struct.EMPTY)).isSameAs(FULL);
            assertThat(Fill.each(FULL, field, _ -> Struct.EMPTY)).isSameAs(FULL);
        }
    }
}
