package io.k3j.authoidc;

import static io.k3j.validation.FieldTypes.Type.ANY;
import static io.k3j.validation.FieldTypes.Type.FLAG;
import static io.k3j.validation.FieldTypes.Type.TEXT;
import static io.k3j.validation.FieldTypes.Type.TEXTS;
import static io.k3j.validation.FieldTypes.Type.object;
import static io.k3j.validation.FieldTypes.Type.objects;

import io.k3j.model.Struct;
import io.k3j.validation.FieldTypes;
import io.k3j.validation.FieldTypes.Type;
import java.util.Map;

/// Which fields an AuthenticationConfiguration has.
final class ConfigurationTypes {
    private static final Map<String, Type> CLAIM = Map.of("claim", TEXT, "expression", TEXT);
    private static final Map<String, Type> PREFIXED = Map.of("claim", TEXT, "prefix", TEXT, "expression", TEXT);
    private static final Map<String, Type> MAPPINGS = Map.of("username", object(PREFIXED), "groups",
            object(PREFIXED), "uid", object(CLAIM), "extra", objects(Map.of("key", TEXT, "valueExpression", TEXT)));
    private static final Map<String, Type> ISSUER = Map.of("url", TEXT, "discoveryURL", TEXT, "certificateAuthority",
            TEXT, "audiences", TEXTS, "audienceMatchPolicy", TEXT, "egressSelectorType", TEXT);
    private static final Map<String, Type> JWT = Map.of("issuer", object(ISSUER), "claimValidationRules",
            objects(Map.of("claim", TEXT, "requiredValue", TEXT, "expression", TEXT, "message", TEXT)),
            "claimMappings", object(MAPPINGS), "userValidationRules",
            objects(Map.of("expression", TEXT, "message", TEXT)));
    private static final Map<String, Type> CONFIGURATION = Map.of("apiVersion", TEXT, "kind", TEXT, "metadata", ANY,
            "jwt", objects(JWT), "anonymous",
            object(Map.of("enabled", FLAG, "conditions", objects(Map.of("path", TEXT)))));

    private ConfigurationTypes() {
    }

    /// Compares a configuration.
    static FieldTypes of(Struct configuration) {
        return FieldTypes.of(configuration, CONFIGURATION);
    }
}
