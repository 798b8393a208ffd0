package io.k3j.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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

    /// Of a bundle without other files.
    private static Map<String, List<Metatype.Attribute>> read(String document) throws XMLStreamException {
        return Metatype.of(bytes(document), path -> "");
    }

    private static List<String> descriptions(String document, Map<String, String> files) throws XMLStreamException {
        return Metatype.of(bytes(document), path -> files.getOrDefault(path, "")).get("com.acme.labels").stream()
                .map(Metatype.Attribute::description).toList();
    }

    @Test
    void readsWhichPropertiesAConfigurationHas() throws XMLStreamException {
        assertThat(read(DOCUMENT)).containsOnlyKeys("com.acme.labels");
        assertThat(read(DOCUMENT).get("com.acme.labels")).containsExactly(
                new Metatype.Attribute("labels", "String[]", "team", "Wanted labels"),
                new Metatype.Attribute("seconds", "Integer", "30", ""),
                new Metatype.Attribute("key", "Password", "", ""));
        assertThat(read(DOCUMENT).get("com.acme.labels").getLast().isPassword()).isTrue();
    }

    @Test
    void aFactoryIsToldFromAConfiguration() throws XMLStreamException {
        String document = DOCUMENT.replace("<Designate pid=", "<Designate factoryPid=");
        assertThat(read(document)).containsOnlyKeys("com.acme.labels~");
        assertThat(read(document).get("com.acme.labels~")).extracting(Metatype.Attribute::id)
                .containsExactly("labels", "seconds", "key");
    }

    @Test
    void textsByLanguageAreTakenInEnglishElseInTheDefault() throws XMLStreamException {
        assertThat(descriptions(DOCUMENT, Map.of("l10n.properties", "seconds=Sekunden", "l10n_en.properties",
                "seconds = How long it waits,\\n seconds", "l10n_de.properties", "seconds=Dauer")))
                .containsExactly("Wanted labels", "How long it waits,  seconds", "");
        assertThat(descriptions(DOCUMENT, Map.of("l10n.properties", "seconds=Sekunden"))).contains("Sekunden");
        assertThat(descriptions(DOCUMENT.replace(" localization=\"l10n\"", ""),
                Map.of("OSGI-INF/l10n/bundle.properties", "seconds=Its default place"))).contains("Its default place");
        assertThat(descriptions(DOCUMENT, Map.of("l10n.properties", "seconds=\\u12"))).as("no file of properties")
                .containsExactly("Wanted labels", "", "");
    }

    @Test
    void aNameDescribesWhatNothingElseDoes() throws XMLStreamException {
        String document = DOCUMENT.replace("id=\"key\"", "id=\"key\" name=\"%key\"").replace("id=\"seconds\"",
                "id=\"seconds\" name=\"Seconds\"");
        assertThat(descriptions(document, Map.of("l10n.properties", "key=Key of the API")))
                .containsExactly("Wanted labels", "", "Key of the API");
    }

    @Test
    void anAttributeIsOneLine() throws XMLStreamException {
        String document = DOCUMENT.replace("id=\"seconds\"", "id=\"a&#10;=0\"").replace("team", "b&#13;&#10;c");
        assertThat(read(document).get("com.acme.labels"))
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
            read = read(document).toString();
        } catch (XMLStreamException refused) {
            read = "";
        }
        assertThat(read).doesNotContain("from outside");
    }

    @Test
    void refusesWhatIsTooLarge() {
        assertThatThrownBy(() -> Metatype.of(new byte[300_000], path -> "")).isInstanceOf(XMLStreamException.class)
                .hasMessageContaining("bytes");
    }
}
