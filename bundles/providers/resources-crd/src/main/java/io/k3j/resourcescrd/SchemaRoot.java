package io.k3j.resourcescrd;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What may stand at the root of a schema. Where `/status` is written on its own, `properties.status` alone is followed
/// there, so that nothing beside the properties may say anything of the whole. Pure.
final class SchemaRoot {
    /// As upstream lists them, by the names of its Go fields.
    private static final List<String> ALLOWED = List.of("Description", "Type", "Format", "Title", "Maximum",
            "ExclusiveMaximum", "Minimum", "ExclusiveMinimum", "MaxLength", "MinLength", "Pattern", "MaxItems",
            "MinItems", "UniqueItems", "MultipleOf", "Required", "Items", "Properties", "ExternalDocs", "Example",
            "XPreserveUnknownFields", "XValidations");
    private static final Set<String> NAMES = ALLOWED.stream().map(SchemaRoot::name).collect(Collectors.toSet());

    private SchemaRoot() {
    }

    private static String name(String go) {
        return switch (go) {
            case "XPreserveUnknownFields" -> "x-kubernetes-preserve-unknown-fields";
            case "XValidations" -> "x-kubernetes-validations";
            default -> go.substring(0, 1).toLowerCase(Locale.ROOT) + go.substring(1);
        };
    }

    /// @param status whether the version has `/status`
    /// @param p the schema's place
    static void check(Struct schema, boolean status, Problems p) {
        String type = schema.text("type");
        boolean other = schema.names().stream()
                .anyMatch(name -> !NAMES.contains(name) && says(name, schema.get(name)));
        if (status && !type.isEmpty() && !type.equals("object")) {
            p.at("type").invalid(type, "only \"object\" is allowed as the type at the root of the schema if the status"
                    + " subresource is enabled");
        } else if (status && other) {
            p.invalid(schema, "only [" + String.join(" ", ALLOWED) + "] fields are allowed at the root of the schema if"
                    + " the status subresource is enabled");
        }
        if (schema.flag("nullable")) {
            p.at("nullable").forbidden("nullable cannot be true at the root");
        }
    }

    private static boolean says(String name, @Nullable Object value) {
        if (value == null || value == Null.NULL || value.equals("") || value.equals(Seq.EMPTY)) {
            return false;
        }
        return switch (name) {
            case "additionalProperties", "not" -> true;
            default -> !value.equals(false) && !value.equals(Struct.EMPTY);
        };
    }
}
