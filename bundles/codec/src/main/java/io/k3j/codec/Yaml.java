package io.k3j.codec;

import io.k3j.model.Null;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;

/// YAML to trees and back, by the rules of `sigs.k8s.io/yaml`: JSON's types only, tags of languages refused,
/// aliases shared and counted. Stateless: safe for any number of threads.
public final class Yaml {
    /// How many characters one stream may have.
    public static final int MAX_CHARACTERS = 16 << 20;
    /// How many values one document may have once its aliases are written out.
    public static final int MAX_VALUES = 1_000_000;

    private Yaml() {
    }

    /// The one object in the bytes.
    /// @throws MalformedInput when it is not one YAML mapping, or too big
    public static Document document(byte[] bytes) {
        List<Document> all = documents(bytes);
        if (all.size() != 1) {
            throw new MalformedInput("error converting YAML to JSON: one document is expected, found " + all.size());
        }
        return all.getFirst();
    }

    /// Every object of a stream of documents, empty documents left out.
    /// @throws MalformedInput when one is not a YAML mapping, or too big
    public static List<Document> documents(byte[] bytes) {
        List<Document> documents = new ArrayList<>();
        for (JsonReader.Read read : YamlReader.read(bytes)) {
            if (read.value() instanceof Struct s) {
                documents.add(new Document(s, read.duplicates()));
            } else if (read.value() != Null.NULL) {
                throw new MalformedInput("error converting YAML to JSON: a mapping is expected at the top");
            }
        }
        return documents;
    }

    /// The one value in the bytes, of any type; null for an empty text.
    /// @throws MalformedInput when it is not one YAML document, or too big
    public static Object value(byte[] bytes) {
        List<JsonReader.Read> all = YamlReader.read(bytes);
        if (all.size() > 1) {
            throw new MalformedInput("error converting YAML to JSON: one document is expected, found " + all.size());
        }
        return all.isEmpty() ? Null.NULL : all.getFirst().value();
    }

    /// A value as YAML, as `kubectl -o yaml` writes it: names sorted, lists not indented.
    public static String text(Object value) {
        return new YamlWriter().text(value);
    }
}
