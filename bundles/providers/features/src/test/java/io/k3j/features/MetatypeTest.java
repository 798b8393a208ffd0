package io.k3j.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.stream.XMLStreamException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetatypeTest {
    private static final String DOCUMENT = """
            <?xml version="1.0" encoding="UTF-8"?>
            <metatype:MetaData xmlns:metatype="http://www.osgi.org/xmlns/metatype/v1.4.0" localization="l10n">
              <OCD id="com.acme.Labels" name="Labels">
                <AD id="labels" type="String" cardinality="2147483647" default="team" description="Wanted labels"/>
                <AD id="seconds" type="Integer" default="30" description="%seconds"/>
                <AD id="key" type="Password" required="false"/>
              </OCD>
              <Designate pid="com.acme.labels"><Object ocdref="com.acme.Labels"/></Designate>
            </metatype:MetaData>
            """;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void readsWhichPropertiesAConfigurationHas() throws XMLStreamException {
        assertThat(Metatype.of(bytes(DOCUMENT))).containsOnlyKeys("com.acme.labels");
        assertThat(Metatype.of(bytes(DOCUMENT)).get("com.acme.labels")).containsExactly(
                new Metatype.Attribute("labels", "String[]", "team", "Wanted labels"),
                new Metatype.Attribute("seconds", "Integer", "30", ""),
                new Metatype.Attribute("key", "Password", "", ""));
        assertThat(Metatype.of(bytes(DOCUMENT)).get("com.acme.labels").getLast().isPassword()).isTrue();
    }

    @Test
    void anAttributeIsOneLine() throws XMLStreamException {
        String document = DOCUMENT.replace("id=\"seconds\"", "id=\"a&#10;=0\"").replace("team", "b&#13;&#10;c");
        assertThat(Metatype.of(bytes(document)).get("com.acme.labels"))
                .extracting(Metatype.Attribute::id, Metatype.Attribute::preset)
                .containsExactly(tuple("labels", "b  c"), tuple("a =0", "30"), tuple("key", ""));
    }

    @Test
    void readsNothingFromOutsideTheDocument(@TempDir Path dir) throws IOException {
        Path file = Files.writeString(dir.resolve("outside"), "from outside");
        String document = DOCUMENT.replace("?>\n", "?>\n<!DOCTYPE x [<!ENTITY e SYSTEM \"" + file.toUri() + "\">]>\n")
                .replace("Wanted labels", "&e;");
        String read;
        try {
            read = Metatype.of(bytes(document)).toString();
        } catch (XMLStreamException refused) {
            read = "";
        }
        assertThat(read).doesNotContain("from outside");
    }

    @Test
    void refusesWhatIsTooLarge() {
        assertThatThrownBy(() -> Metatype.of(new byte[300_000])).isInstanceOf(XMLStreamException.class)
                .hasMessageContaining("bytes");
    }
}
