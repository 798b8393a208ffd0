package io.k3j.audit;

import static io.k3j.validation.FieldTypes.Type.FLAG;
import static io.k3j.validation.FieldTypes.Type.STRUCT;
import static io.k3j.validation.FieldTypes.Type.TEXT;
import static io.k3j.validation.FieldTypes.Type.TEXTS;
import static io.k3j.validation.FieldTypes.Type.objects;

import io.k3j.model.Struct;
import io.k3j.validation.FieldTypes;
import io.k3j.validation.FieldTypes.Type;
import java.util.Map;

/// Which fields a policy has. A list in a rule that is not there is about everything, and what is of another type must
/// not be read as nothing.
final class PolicyTypes {
    private static final Map<String, Type> RESOURCES = Map.of("group", TEXT, "resources", TEXTS, "resourceNames",
            TEXTS);
    private static final Map<String, Type> RULE = Map.of("level", TEXT, "users", TEXTS, "userGroups", TEXTS, "verbs",
            TEXTS, "resources", objects(RESOURCES), "namespaces", TEXTS, "nonResourceURLs", TEXTS, "omitStages", TEXTS,
            "omitManagedFields", FLAG);
    private static final Map<String, Type> POLICY = Map.of("apiVersion", TEXT, "kind", TEXT, "metadata", STRUCT,
            "rules", objects(RULE), "omitStages", TEXTS, "omitManagedFields", FLAG);

    private PolicyTypes() {
    }

    /// Compares a policy.
    static FieldTypes of(Struct policy) {
        return FieldTypes.of(policy, POLICY);
    }
}
