package io.k3j.codec;

import java.util.List;

/// YAML to trees and back, by the rules of `sigs.k8s.io/yaml`: types of JSON, no anchors' bombs, no tags of
/// languages.
public final class Yaml {
    private Yaml() {
    }

    /// The one object in the bytes.
    /// @throws MalformedInput when it is not one YAML mapping, or too big
    public static Document document(byte[] bytes) {
        throw new UnsupportedOperationException();
    }

    /// Every object of a stream of documents, empty documents left out.
    /// @throws MalformedInput when one is not a YAML mapping, or too big
    public static List<Document> documents(byte[] bytes) {
        throw new UnsupportedOperationException();
    }

    /// A value as YAML, as `kubectl -o yaml` writes it.
    public static String text(Object value) {
        throw new UnsupportedOperationException();
    }
}
