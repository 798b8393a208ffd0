package io.k3j.features;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.osgi.framework.Bundle;

/// What a bundle says of its configurations, in `OSGI-INF/metatype` (OSGi Compendium, chapter 105). What cannot be read
/// says nothing. No document type, no entity and nothing outside of the bundle is looked at.
final class Metatype {
    private static final System.Logger LOG = System.getLogger("io.k3j.features");
    private static final String DIRECTORY = "OSGI-INF/metatype";
    private static final int MAX_FILES = 64;
    private static final int MAX_BYTES = 256 << 10;
    private static final int MAX_ATTRIBUTES = 256;

    /// One attribute definition.
    ///
    /// @param id the property's name
    /// @param type as it is called there, with `[]` when there may be several
    /// @param preset its default, empty when there is none
    /// @param description in a line, empty when it is kept in another file, by language
    record Attribute(String id, String type, String preset, String description) {
        /// Whether nobody is to see its value.
        boolean isPassword() {
            return type.startsWith("Password");
        }
    }

    private final Map<String, List<Attribute>> classes = new LinkedHashMap<>();
    private final Map<String, String> designated = new LinkedHashMap<>();

    private Metatype() {
    }

    /// The attributes by configuration PID.
    static Map<String, List<Attribute>> of(Bundle bundle) {
        Metatype read = new Metatype();
        Enumeration<URL> files = bundle.findEntries(DIRECTORY, "*.xml", false);
        List<URL> all = files == null ? List.of() : Collections.list(files);
        for (URL file : all.subList(0, Math.min(all.size(), MAX_FILES))) {
            try (InputStream in = file.openStream()) {
                read.add(in.readNBytes(MAX_BYTES + 1));
            } catch (IOException | XMLStreamException e) {
                LOG.log(System.Logger.Level.DEBUG, "Cannot read metatype bundle={0} path={1} error={2}",
                        bundle.getSymbolicName(), file.getPath(), e.getMessage());
            }
        }
        return read.byPid();
    }

    /// The same of one document.
    static Map<String, List<Attribute>> of(byte[] document) throws XMLStreamException {
        Metatype read = new Metatype();
        read.add(document);
        return read.byPid();
    }

    private Map<String, List<Attribute>> byPid() {
        Map<String, List<Attribute>> byPid = new LinkedHashMap<>();
        designated.forEach((pid, id) -> byPid.put(pid, classes.getOrDefault(id, List.of())));
        return byPid;
    }

    private void add(byte[] document) throws XMLStreamException {
        if (document.length > MAX_BYTES) {
            throw new XMLStreamException("more than " + MAX_BYTES + " bytes");
        }
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        XMLStreamReader reader = factory.createXMLStreamReader(new ByteArrayInputStream(document));
        String ocd = "";
        String pid = "";
        while (reader.hasNext()) {
            if (reader.next() == XMLStreamConstants.START_ELEMENT) {
                switch (reader.getLocalName()) {
                    case "OCD" -> ocd = value(reader, "id");
                    case "AD" -> attribute(ocd, reader);
                    case "Designate" -> pid = value(reader, "pid");
                    case "Object" -> designated.putIfAbsent(pid, value(reader, "ocdref"));
                    default -> {
                        // icons and options say nothing of a value
                    }
                }
            }
        }
        // factories have configurations of names that nobody knows beforehand
        designated.remove("");
    }

    private void attribute(String ocd, XMLStreamReader reader) {
        List<Attribute> attributes = classes.computeIfAbsent(ocd, any -> new ArrayList<>());
        String id = value(reader, "id");
        if (attributes.size() < MAX_ATTRIBUTES && !id.isEmpty()) {
            String cardinality = value(reader, "cardinality");
            boolean several = !cardinality.isEmpty() && !cardinality.equals("0");
            attributes.add(new Attribute(id, value(reader, "type") + (several ? "[]" : ""), value(reader, "default"),
                    description(reader)));
        }
    }

    /// Texts by language are named with a percent sign.
    private static String description(XMLStreamReader reader) {
        String text = value(reader, "description");
        return text.startsWith("%") ? "" : text.strip();
    }

    /// In one line, since each of them is shown in one: a character reference may be the end of a line.
    private static String value(XMLStreamReader reader, String attribute) {
        return Objects.requireNonNullElse(reader.getAttributeValue(null, attribute), "").replace('\n', ' ')
                .replace('\r', ' ');
    }
}
