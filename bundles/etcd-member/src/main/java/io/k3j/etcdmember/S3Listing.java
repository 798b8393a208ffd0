package io.k3j.etcdmember;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/// What S3 answers in XML: the pages of a list, and errors.
final class S3Listing {
    private final List<Entry> entries = new ArrayList<>();
    private String next = "";
    private boolean more = true;

    /// One object.
    record Entry(String key, long size, Instant modified) {
    }

    /// Takes one more page.
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

    private static Entry entry(Map<String, String> object) {
        try {
            return new Entry(object.getOrDefault("Key", ""), Long.parseLong(object.getOrDefault("Size", "0")),
                    Instant.parse(object.getOrDefault("LastModified", "")));
        } catch (DateTimeException | NumberFormatException odd) {
            return new Entry(object.getOrDefault("Key", ""), 0, Instant.EPOCH);
        }
    }

    /// Whether there are no further pages.
    boolean complete() {
        return !more;
    }

    /// What asks for the next page.
    Optional<String> next() {
        return next.isEmpty() ? Optional.empty() : Optional.of(next);
    }

    List<Entry> entries() {
        return entries;
    }

    /// Code and message of an error, empty when it is none.
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
        } catch (XMLStreamException e) {
            throw new IOException("S3 answered something that is no XML: " + e.getMessage(), e);
        }
    }
}
