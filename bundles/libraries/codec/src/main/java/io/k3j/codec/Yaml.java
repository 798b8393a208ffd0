package io.k3j.codec;

import io.k3j.model.Null;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// YAML to trees and back, by the rules of `sigs.k8s.io/yaml`: JSON's types only, tags of languages refused,
/// aliases shared and counted. Stateless: safe for any number of threads.
///
/// The rules differ from YAML 1.2 where go-yaml's do: `yes` and `on` are flags, `0644` is octal, `<<` merges. What is
/// read is a tree as JSON would have given it; comments and styles are gone. Nothing of a document names a type to be
/// made: tags but a few of YAML's own are refused.
public final class Yaml {
    /// How many characters one document of a stream may have; how long the stream is, its reader bounds.
    public static final int MAX_CHARACTERS = 16 << 20;
    /// How many values one document may have once its aliases are written out.
    public static final int MAX_VALUES = 1_000_000;
    /// How many levels the values of a stream may be deep, all of them together: twenty each, were there as many as one
    /// document may have.
    public static final int MAX_LEVELS = 20 * MAX_VALUES;

    private static final byte DELETE = 0x7f;

    private Yaml() {
    }

    /// The one object in the bytes. JSON, which is what programs send as YAML, is read as such.
    /// @param bytes UTF-8, unless a byte order mark says otherwise
    /// @throws MalformedInput when it is not one YAML mapping, or too big
    public static Document document(byte[] bytes) {
        Document json = bytes.length > 0 && bytes[0] == '{' && plain(bytes) ? json(bytes) : null;
        if (json != null) {
            return json;
        }
        List<Document> all = documents(bytes);
        if (all.size() != 1) {
            throw new MalformedInput("error converting YAML to JSON: one document is expected, found " + all.size());
        }
        return all.getFirst();
    }

    /// Whether all is ASCII that YAML takes. Of the rest it reads some as line breaks, also inside quotes, and refuses
    /// some.
    private static boolean plain(byte[] bytes) {
        for (byte b : bytes) {
            if (b < ' ' && b != '\t' && b != '\n' && b != '\r' || b == DELETE) {
                return false;
            }
        }
        return true;
    }

    /// Null where YAML has to say what it is, or what is wrong with it.
    private static @Nullable Document json(byte[] bytes) {
        try {
            Document document = Json.document(bytes, 0, bytes.length);
            return document.duplicates().isEmpty() ? document : null;
        } catch (MalformedInput e) {
            return null;
        }
    }

    /// Every object of a stream of documents, empty documents left out. Of a stream of manifests, separated by `---`.
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
    /// @return `Null.NULL` for an empty text
    /// @throws MalformedInput when it is not one YAML document, or too big
    public static Object value(byte[] bytes) {
        return one(YamlReader.read(bytes));
    }

    /// The same, with numbers and flags as the text they are written as: `0470112` is not a number in octal. For files
    /// whose fields upstream reads into text.
    /// @return `Null.NULL` for an empty text
    /// @throws MalformedInput when it is not one YAML document, or too big
    public static Object written(byte[] bytes) {
        return one(YamlReader.read(bytes, YamlScalars::written));
    }

    private static Object one(List<JsonReader.Read> all) {
        if (all.size() > 1) {
            throw new MalformedInput("error converting YAML to JSON: one document is expected, found " + all.size());
        }
        return all.isEmpty() ? Null.NULL : all.getFirst().value();
    }

    /// A value as YAML, as `kubectl -o yaml` writes it: names sorted, lists not indented. Ends with a line break.
    /// Strings are read back as the same strings.
    public static String text(Object value) {
        return new YamlWriter().text(value);
    }
}
