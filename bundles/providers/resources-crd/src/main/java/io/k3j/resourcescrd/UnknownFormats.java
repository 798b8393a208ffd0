package io.k3j.resourcescrd;

import io.k3j.model.Struct;
import io.k3j.schema.SchemaNodes;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The values of `format` that no value is checked for, of which who writes a definition is told: upstream's
/// `GetUnrecognizedFormats`. Pure.
final class UnknownFormats {
    /// Without their dashes, which make no difference.
    private static final Set<String> TEXTS = Set.of("bsonobjectid", "uri", "email", "hostname", "ipv4", "ipv6", "cidr",
            "mac", "uuid", "uuid3", "uuid4", "uuid5", "isbn", "isbn10", "isbn13", "creditcard", "ssn", "hexcolor",
            "rgbcolor", "byte", "password", "date", "duration", "datetime", "k8sshortname", "k8slongname");

    private UnknownFormats() {
    }

    /// Warnings of those in a definition that were not in it before.
    static List<String> warnings(Struct before, Struct spec) {
        Set<String> now = of(spec);
        if (!now.isEmpty()) {
            now.removeAll(of(before));
        }
        return now.stream().map(format -> "unrecognized format \"" + format + "\"").toList();
    }

    private static Set<String> of(Struct spec) {
        Set<String> unknown = new LinkedHashSet<>();
        SchemaNodes.anyOf(spec, s -> {
            String format = s.text("format");
            if (!format.isEmpty() && !known(s.text("type"), format)) {
                unknown.add(format);
            }
            return false;
        });
        return unknown;
    }

    private static boolean known(String type, String format) {
        return switch (type) {
            case "", "string" -> TEXTS.contains(format.replace("-", ""));
            case "integer" -> format.equals("int32") || format.equals("int64");
            case "number" -> format.equals("float") || format.equals("double");
            default -> false;
        };
    }
}
