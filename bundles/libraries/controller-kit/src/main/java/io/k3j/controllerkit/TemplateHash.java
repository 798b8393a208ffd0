package io.k3j.controllerkit;

import io.k3j.apimachinery.Fnv;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.TreeMap;

/// Computes `pod-template-hash` and `controller-revision-hash`: FNV-1a of a template's canonical form, encoded with
/// upstream's alphabet, which avoids words. The number differs from upstream's, which hashes Go's memory layout;
/// clients must not depend on it. Pure; any thread.
public final class TemplateHash {
    /// The label of ReplicaSets and their pods.
    public static final String LABEL = "pod-template-hash";
    private static final String LETTERS = "bcdfghjklmnpqrstvwxz2456789";

    private TemplateHash() {
    }

    /// The hash of a template; the collision count changes it.
    public static String of(Struct template, long collisions) {
        StringBuilder text = new StringBuilder();
        write(template, text);
        if (collisions > 0) {
            text.append('#').append(collisions);
        }
        return safe(Long.toString(Fnv.hash32(text.toString())));
    }

    /// Encodes like upstream's `SafeEncodeString`.
    static String safe(String text) {
        StringBuilder b = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            b.append(LETTERS.charAt(text.charAt(i) % LETTERS.length()));
        }
        return b.toString();
    }

    private static void write(Object value, StringBuilder out) {
        switch (value) {
            case Struct s -> {
                TreeMap<String, Object> sorted = new TreeMap<>();
                s.forEach(sorted::put);
                out.append('{');
                sorted.forEach((name, v) -> {
                    out.append(name).append(':');
                    write(v, out);
                    out.append(',');
                });
                out.append('}');
            }
            case Seq s -> {
                out.append('[');
                s.forEach(v -> {
                    write(v, out);
                    out.append(',');
                });
                out.append(']');
            }
            case String s -> out.append('"').append(s.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
            default -> out.append(value);
        }
    }
}
