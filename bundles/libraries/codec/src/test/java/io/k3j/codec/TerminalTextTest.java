package io.k3j.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TerminalTextTest {
    /// ESC, bell, carriage return, DEL, and CSI as one character.
    private static final String EVIL = "a\u001b[2J\u0007\r\u007f\u009b1A\u0085";

    @Test
    void noControlCharacterReachesATerminal() {
        assertThat(TerminalText.escaped(EVIL)).isEqualTo("a\\u001b[2J\\u0007\\u000d\\u007f\\u009b1A\\u0085");
        assertThat(TerminalText.escaped("two\tcolumns\nand \u00e9\u00a0\u4e16")).isEqualTo(
                "two\tcolumns\nand \u00e9\u00a0\u4e16");
    }

    @Test
    void jsonAndYamlAreReadAsTheSameAsBefore() {
        Struct object = Struct.of("data", Struct.of(EVIL, EVIL));
        String json = TerminalText.escaped(new String(Json.pretty(object), StandardCharsets.UTF_8));
        assertThat(json.chars()).noneMatch(TerminalText::isControl);
        assertThat(Json.object(json.getBytes(StandardCharsets.UTF_8))).isEqualTo(object);
        assertThat(Yaml.text(object).chars()).noneMatch(TerminalText::isControl);
        assertThat(Yaml.value(Yaml.text(object).getBytes(StandardCharsets.UTF_8))).isEqualTo(object);
    }
}
