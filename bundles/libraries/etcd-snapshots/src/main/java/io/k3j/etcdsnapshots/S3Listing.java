package io.k3j.etcdsnapshots;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.MissingResourceException;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/// What S3 answers in XML: the pages of a list (`ListObjectsV2`), and errors. Hostile until shown otherwise: no
/// document types and no entities are read, and whoever hands bytes over bounds them. For one thread.
final class S3Listing {
    private final List<Entry> entries = new ArrayList<>();
    private String next = "";
    /// Before the first page there may be any number.
    private boolean more = true;

    /// One object.
    ///
    /// @param key with the folder
    /// @param size in bytes
    /// @param modified long ago when S3 does not tell
    record Entry(String key, long size, Instant modified) {
    }

    /// Takes one more page; what it says about further pages replaces what the last one said.
    /// @throws IOException when it is no XML
    void add(byte[] page) throws IOException {
        more = false;
        next = "";
        Map<String, String> object = new HashMap<>();
        each(page, (name, text) -> {
            switch (name) {
                case "Key", "Size", "LastModified" -> object.put(name, text);
                case "Contents" -> entries.add(entry(object));
                case "IsTruncated" -> more = text.equals("true");
                case "NextContinuationToken" -> next = text;
                default -> {
                    // of no interest
                }
            }
        });
    }

    /// What is no size or no time is none: a list with one odd object is still a list.
    private static Entry entry(Map<String, String> object) {
        try {
            return new Entry(object.getOrDefault("Key", ""), Long.parseLong(object.getOrDefault("Size", "0")),
                    Instant.parse(object.getOrDefault("LastModified", "")));
        } catch (DateTimeException | NumberFormatException odd) {
            return new Entry(object.getOrDefault("Key", ""), 0, Instant.EPOCH);
        }
    }

    /// Whether there are no further pages; there are some before the first.
    boolean complete() {
        return !more;
    }

    /// What asks for the next page.
    Optional<String> next() {
        return next.isEmpty() ? Optional.empty() : Optional.of(next);
    }

    /// Of all pages so far, in the order of their keys, which S3 keeps to.
    List<Entry> entries() {
        return entries;
    }

    /// Code and message of an error, empty when it is none: `NoSuchBucket: The specified bucket does not exist`.
    static String error(byte[] body) {
        Map<String, String> found = new HashMap<>();
        try {
            each(body, found::putIfAbsent);
        } catch (IOException notXml) {
            return "";
        }
        String code = found.getOrDefault("Code", "");
        return code.isEmpty() ? "" : code + ": " + found.getOrDefault("Message", "");
    }

    private interface Element {
        void ended(String name, String text);
    }

    /// Calls for each element at its end, with the text before that; order and nesting are not looked at.
    private static void each(byte[] xml, Element element) throws IOException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        try {
            XMLStreamReader reader = factory.createXMLStreamReader(new ByteArrayInputStream(xml));
            StringBuilder text = new StringBuilder();
            while (reader.hasNext()) {
                switch (reader.next()) {
                    case XMLStreamConstants.START_ELEMENT -> text.setLength(0);
                    case XMLStreamConstants.CHARACTERS -> text.append(reader.getText());
                    case XMLStreamConstants.END_ELEMENT -> {
                        element.ended(reader.getLocalName(), text.toString());
                        text.setLength(0);
                    }
                    default -> {
                        // comments and the like
                    }
                }
            }
        } catch (XMLStreamException | MissingResourceException e) {
            // the JDK's parser has no sentence for some mistakes in a document type
            throw new IOException("S3 answered something that is no XML: " + e.getMessage(), e);
        }
    }
}
