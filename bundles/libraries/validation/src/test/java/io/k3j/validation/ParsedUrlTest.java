package io.k3j.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// URLs as Go's `net/url` takes and refuses them.
class ParsedUrlTest {
    @Test
    void aUrlHasParts() {
        assertThat(ParsedUrl.parse("HTTPS://u:p@h:1/p?q?r#f#g"))
                .isEqualTo(new ParsedUrl("https", true, "h:1", "q?r", "f#g"));
        assertThat(ParsedUrl.parse("https://h")).isEqualTo(new ParsedUrl("https", false, "h", "", ""));
        assertThat(ParsedUrl.parse("https://h?")).isEqualTo(ParsedUrl.parse("https://h#"));
        assertThat(ParsedUrl.parse("https:///p").host()).isEmpty();
        assertThat(ParsedUrl.parse("https:h").host()).as("opaque").isEmpty();
        assertThat(ParsedUrl.parse("//h/p").host()).isEqualTo("h");
        assertThat(ParsedUrl.parse("///p").host()).isEmpty();
        assertThat(ParsedUrl.parse("1h/x")).as("a path").isEqualTo(new ParsedUrl("", false, "", "", ""));
        assertThat(ParsedUrl.parse("")).isEqualTo(ParsedUrl.parse("*"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://my_host", "https://h/a b\\{}|", "https://h/\u00fc", "https://\u00fc",
            "https://h:", "https://h:99999999999/", "https://a!$&'()*+,;=<>\"~b/", "https://h/%41",
            "https://%c3%bc/", "https://[::1]", "https://[::ffff:1.2.3.4]:443", "https://[fe80::1%25eth0]",
            "https://[fe80::1%25a%20b]", "https://h/:x", "https://h?%zz", "https://a@b@h"})
    void takesWhatGoTakes(String url) {
        assertThat(ParsedUrl.parse(url).scheme()).isEqualTo("https");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
            "https://a b|parse \"https://a b\": invalid character \" \" in host name",
            "https://a{b|parse \"https://a{b\": invalid character \"{\" in host name",
            "https://a\\b|parse \"https://a\\\\b\": invalid character \"\\\\\" in host name",
            "https://h:x|parse \"https://h:x\": invalid port \":x\" after host",
            "https://h:1:2|parse \"https://h:1:2\": invalid port \":1:2\" after host",
            "https://::1|parse \"https://::1\": invalid port \"::1\" after host",
            "https://h/%zz|parse \"https://h/%zz\": invalid URL escape \"%zz\"",
            "https://h/%a|parse \"https://h/%a\": invalid URL escape \"%a\"",
            "https://%41|parse \"https://%41\": invalid URL escape \"%41\"",
            "https://h/#%zz|parse \"https://h/#%zz\": invalid URL escape \"%zz\"",
            "https://u v@h|parse \"https://xxxxx@h\": net/url: invalid userinfo",
            "https://u%zz@h|parse \"https://xxxxx@h\": invalid URL escape \"%zz\"",
            "https://[::1|parse \"https://[::1\": missing ']' in host",
            "https://a[::1]|parse \"https://a[::1]\": invalid IP-literal",
            "https://[1.2.3.4]|parse \"https://[1.2.3.4]\": invalid IP-literal",
            "https://[a]|parse \"https://[a]\": invalid host: ParseAddr(\"a\"): unable to parse IP",
            "https://[fe80::1%25]|parse \"https://[fe80::1%25]\": invalid host: ParseAddr(\"fe80::1%25\"): unable to"
                    + " parse IP",
            "https://[fe80::1%25%00]|parse \"https://[fe80::1%25%00]\": invalid URL escape \"%00\"",
            "https://[::1]x|parse \"https://[::1]x\": invalid port \"x\" after host",
            ":h|parse \":h\": missing protocol scheme",
            "1h:x/|parse \"1h:x/\": first path segment in URL cannot contain colon"})
    void refusesInGosWords(String url, String told) {
        assertThatThrownBy(() -> ParsedUrl.parse(url)).isInstanceOf(IllegalArgumentException.class).hasMessage(told);
    }

    @Test
    void characersOfControlAreRefusedAndShownAsGoShowsThem() {
        assertThatThrownBy(() -> ParsedUrl.parse("https://h/\n\u0001\u007f"))
                .hasMessage("parse \"https://h/\\n\\x01\\x7f\": net/url: invalid control character in URL");
    }
}
