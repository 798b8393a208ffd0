package io.k3j.features;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.function.UnaryOperator;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.osgi.framework.Bundle;

/// What a bundle says of its configurations, in `OSGI-INF/metatype` (OSGi Compendium, chapter 105). What cannot be read
/// says nothing. No document type, no entity and nothing outside of the bundle is looked at. Texts that are kept by
/// language are taken in English, as everything that the program says is, or where there are none in the bundle's own
/// default.
final class Metatype {
    private static final System.Logger LOG = System.getLogger("io.k3j.features");
    private static final String DIRECTORY = "OSGI-INF/metatype";
    private static final int MAX_FILES = 64;
    private static final int MAX_BYTES = 256 << 10;
    private static final int MAX_ATTRIBUTES = 256;
    /// Stands behind the PID of a factory, which is no configuration itself.
    static final String FACTORY = "~";
    /// Where texts are when a document does not say.
    private static final String TEXTS = "OSGI-INF/l10n/bundle";
    private static final String ENGLISH = "_en";

    /// One attribute definition.
    ///
    /// @param id the property's name
    /// @param type as it is called there, with `[]` when there may be several
    /// @param preset its default, empty when there is none
    /// @param description in a line, or the name where it says no more than that; empty when there is neither, or it
    ///        is kept in a file that is not there
    record Attribute(String id, String type, String preset, String description) {
        /// Whether nobody is to see its value.
        boolean isPassword() {
            return type.startsWith("Password");
        }
    }

    private final Map<String, List<Attribute>> classes = new LinkedHashMap<>();
    private final Map<String, String> designated = new LinkedHashMap<>();
    private final UnaryOperator<String> files;
    private Map<String, String> texts = Map.of();

    private Metatype(UnaryOperator<String> files) {
        this.files = files;
    }

    /// The attributes by configuration PID; those of a factory's configurations by its PID and [#FACTORY].
    static Map<String, List<Attribute>> of(Bundle bundle) {
        Metatype read = new Metatype(path -> text(bundle, path));
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

    /// A file of properties; empty when there is none.
    private static String text(Bundle bundle, String path) {
        URL file = bundle.getEntry(path);
        if (file == null) {
            return "";
        }
        try (InputStream in = file.openStream()) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            return bytes.length > MAX_BYTES ? "" : new String(bytes, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot read texts bundle={0} path={1} error={2}",
                    bundle.getSymbolicName(), path, e.getMessage());
            return "";
        }
    }

    /// The same of one document.
    ///
    /// @param files the content of a file of properties, by its path; empty when there is none
    static Map<String, List<Attribute>> of(byte[] document, UnaryOperator<String> files) throws XMLStreamException {
        Metatype read = new Metatype(files);
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
                    case "MetaData" -> texts = texts(value(reader, "localization"));
                    case "OCD" -> ocd = value(reader, "id");
                    case "AD" -> attribute(ocd, reader);
                    case "Designate" -> pid = designation(reader);
                    case "Object" -> designated.putIfAbsent(pid, value(reader, "ocdref"));
                    default -> {
                        // icons and options say nothing of a value
                    }
                }
            }
        }
        designated.remove("");
    }

    /// Configurations of a factory have names that nobody knows beforehand.
    private static String designation(XMLStreamReader reader) {
        String factory = value(reader, "factoryPid");
        return factory.isEmpty() ? value(reader, "pid") : factory + FACTORY;
    }

    /// Those in English take the place of the others.
    private Map<String, String> texts(String localization) {
        String base = localization.isEmpty() ? TEXTS : localization;
        Map<String, String> all = new HashMap<>();
        for (String file : List.of(base + ".properties", base + ENGLISH + ".properties")) {
            Properties read = new Properties();
            try {
                read.load(new StringReader(files.apply(file)));
                read.stringPropertyNames().forEach(name -> all.put(name, read.getProperty(name)));
            } catch (IOException | IllegalArgumentException e) {
                LOG.log(System.Logger.Level.DEBUG, "Cannot read texts path={0} error={1}", file, e.getMessage());
            }
        }
        return all;
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

    private String description(XMLStreamReader reader) {
        String text = translated(value(reader, "description"));
        String name = translated(value(reader, "name"));
        return !text.isEmpty() || letters(name).equals(letters(value(reader, "id"))) ? text : name;
    }

    /// A name that a tool has made of an identifier, as `Cluster cidr`, says nothing more.
    private static String letters(String text) {
        StringBuilder letters = new StringBuilder(text.length());
        text.chars().filter(Character::isLetterOrDigit).map(Character::toLowerCase).forEach(letters::appendCodePoint);
        return letters.toString();
    }

    /// Texts by language are named with a percent sign.
    private String translated(String text) {
        String found = text.startsWith("%") ? texts.getOrDefault(text.substring(1), "") : text;
        return line(found).strip();
    }

    /// In one line, since each of them is shown in one: a character reference may be the end of a line.
    private static String value(XMLStreamReader reader, String attribute) {
        return line(Objects.requireNonNullElse(reader.getAttributeValue(null, attribute), ""));
    }

    private static String line(String text) {
        return text.replace('\n', ' ').replace('\r', ' ');
    }
}
